"""The fake of OpenAI: the real SDK can talk to it, and what it says is what OpenAI publishes."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from aam_fakes.judging import OPENAI
from aam_fakes.openai import Fault, OpenAIFake
from aam_fakes.openai_replies import completion, failure, response
from aam_fakes.scripted_server import served
from tests.support.specs import judge, need_spec

SCHEMA = {
    "type": "object",
    "properties": {"answer": {"type": "string"}, "sure": {"type": "boolean"}},
    "required": ["answer", "sure"],
    "additionalProperties": False,
}
ASKED: list[Any] = [{"role": "system", "content": "x" * 5000}, {"role": "user", "content": "Why?"}]


@pytest.fixture
def fake() -> Iterator[OpenAIFake]:
    with served(OpenAIFake()) as running:
        yield running


@pytest.fixture
def client(fake: OpenAIFake) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(api_key="k", base_url=f"{fake.url}/v1", max_retries=0) as made:
        yield made


def test_every_endpoint_answers_in_the_published_form(fake: OpenAIFake, client: openai.OpenAI) -> None:
    said = client.chat.completions.create(model="m", messages=ASKED)
    assert "loopback" in (said.choices[0].message.content or "")
    formed = client.responses.create(
        model="m",
        input="Why?",
        text={"format": {"type": "json_schema", "name": "a", "schema": SCHEMA, "strict": True}},
    )
    assert json.loads(formed.output_text) == {"answer": "", "sure": False}
    vectors = client.embeddings.create(model="text-embedding-3-small", input=["a", "b", "a"], encoding_format="float")
    one, two, three = (entry.embedding for entry in vectors.data)
    assert len(one) == 1536
    assert one == three != two
    assert sum(x * x for x in one) == pytest.approx(1, abs=1e-3)
    assert fake.objections == []


def test_a_repeated_beginning_counts_as_cached_from_1024_tokens_on(client: openai.OpenAI) -> None:
    def cached(*, words: str) -> int:
        usage = client.chat.completions.create(
            model="m", messages=[*ASKED[:1], {"role": "user", "content": words}]
        ).usage
        assert usage is not None
        assert usage.prompt_tokens == -(-(5000 + len(words)) // 4)
        assert usage.prompt_tokens_details is not None
        return usage.prompt_tokens_details.cached_tokens or 0

    assert cached(words="One.") == 0
    assert cached(words="Two.") == 5000 // 4 // 128 * 128
    short: list[Any] = [{"role": "user", "content": "short"}]
    for _ in range(2):
        usage = client.chat.completions.create(model="m", messages=short).usage
        assert usage is not None
        assert usage.prompt_tokens_details is not None
        assert usage.prompt_tokens_details.cached_tokens == 0


@pytest.mark.parametrize("fault", list(Fault))
def test_faults_come_once_and_in_the_published_form(fake: OpenAIFake, client: openai.OpenAI, fault: Fault) -> None:
    fake.coming.extend([fault, fault])
    choice = client.chat.completions.create(model="m", messages=ASKED).choices[0]
    other = client.responses.create(model="m", input="Why?")
    match fault:
        case Fault.REFUSAL:
            assert choice.message.refusal
            assert choice.message.content is None
        case Fault.TRUNCATION:
            assert (choice.finish_reason, other.status) == ("length", "incomplete")
        case Fault.CONTENT_FILTER:
            assert choice.finish_reason == "content_filter"
        case Fault.OTHER_FORM:
            assert "minutes" in (choice.message.content or "")
    assert client.chat.completions.create(model="m", messages=ASKED).choices[0].finish_reason == "stop"
    assert fake.objections == []


def test_what_does_not_fit_is_refused(fake: OpenAIFake, client: openai.OpenAI) -> None:
    fake.context_tokens = 100
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model="m", messages=ASKED)
    assert caught.value.code == "context_length_exceeded"
    assert fake.objections == []


def test_what_is_no_request_is_objected_to(fake: OpenAIFake) -> None:
    need_spec(OPENAI)
    for path, body in (
        ("chat/completions", {"messages": "none"}),
        ("responses", {"input": 7}),
        ("embeddings", {"model": "m"}),
    ):
        fake.objections.clear()
        request = urllib.request.Request(f"{fake.url}/v1/{path}", json.dumps(body).encode())
        try:
            urllib.request.urlopen(request, timeout=5).close()
        except (urllib.error.HTTPError, OSError) as error:
            if isinstance(error, urllib.error.HTTPError):
                error.close()
        assert "no 'Authorization: Bearer …'" in fake.objections
        assert len(fake.objections) > 1, path


def test_the_scripted_replies_are_what_openai_publishes() -> None:
    for made in (completion({"a": 1}), completion(None, refusal="no"), completion("x", finish_reason="length")):
        judge(OPENAI, "/components/schemas/CreateChatCompletionResponse", made.body)
    for said in (response({"a": 1}), response(None, refusal="no"), response("x", incomplete="max_output_tokens")):
        judge(OPENAI, "/components/schemas/Response", said.body)
    judge(OPENAI, "/components/schemas/ErrorResponse", failure(400, "x").body)
