from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from aam.artifacts import errors, openai
from aam.artifacts.drafting import DraftingSettings
from aam.artifacts.openai import OpenAISettings, _text
from aam.artifacts.prompts import Feature, Prompt, request_of
from aam.artifacts.schemas import Purpose


def dripping(pieces: int) -> Iterator[bytes]:
    for _ in range(pieces):
        yield b"x" * 1024


def test_a_body_that_only_drips_is_given_up_at_the_deadline() -> None:
    assert len(_text(dripping(5), time.monotonic() + 60)) == 5 * 1024
    with pytest.raises(errors.ModelTimedOut):
        _text(dripping(5), time.monotonic() - 1)


def test_a_body_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai, "MAX_REPLY_BYTES", 4096)
    with pytest.raises(errors.ModelUnavailable):
        _text(dripping(10**9), time.monotonic() + 60)


@pytest.mark.parametrize(
    ("url", "model", "chosen", "sent"),
    [
        ("https://api.openai.com/v1", "gpt-5-mini", "auto", "low"),
        ("https://api.openai.com/v1", "gpt-4.1", "auto", ""),
        ("http://127.0.0.1:11434/v1", "gpt-5-mini", "auto", ""),
        ("http://127.0.0.1:11434/v1", "qwen3", "high", "high"),
        ("https://api.openai.com/v1", "gpt-5-mini", "default", ""),
    ],
)
def test_reasoning_is_asked_for_where_it_is_known(url: str, model: str, chosen: str, sent: str) -> None:
    settings = DraftingSettings.model_validate(
        {"OPENAI_BASE_URL": url, "OPENAI_MODEL": model, "OPENAI_REASONING_EFFORT": chosen}
    )
    assert settings.effort(model) == sent


def test_openais_own_service_is_asked_in_its_newest_words() -> None:
    prompt = Prompt(purpose=Purpose.MAP, prompt_version="v", system="s", data="d", name="n", schema={"type": "object"})
    body = request_of(prompt, model="m", max_output_tokens=7, effort="low", without=frozenset({Feature.OLD_LIMIT})).body
    assert body["max_completion_tokens"] == 7
    assert "max_tokens" not in body
    assert OpenAISettings(api_key="k", model="m").is_openais
    assert not OpenAISettings(api_key="k", model="m", base_url="https://openai.example/v1").is_openais


def test_equal_requests_have_equal_digests_and_others_do_not() -> None:
    prompt = Prompt(purpose=Purpose.MAP, prompt_version="v", system="s", data="d", name="n", schema={})
    one, same = (request_of(prompt, model="m", max_output_tokens=7, effort="") for _ in range(2))
    others = [
        request_of(prompt, model="other", max_output_tokens=7, effort=""),
        request_of(prompt, model="m", max_output_tokens=8, effort=""),
        request_of(prompt, model="m", max_output_tokens=7, effort="low"),
        request_of(prompt, model="m", max_output_tokens=7, effort="", without=frozenset(Feature)),
        request_of(prompt.to_repair("x", "y"), model="m", max_output_tokens=7, effort=""),
    ]
    assert one.digest == same.digest
    assert len({one.digest, *(other.digest for other in others)}) == 6
