"""Servers of one's own that speak chat completions, but not all of it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from aam.artifacts import errors
from aam.evidence.verify import verify
from aam.vendors.errors import VendorBusy
from aam_fakes.openai import Fault
from aam_fakes.openai_replies import failure
from aam_fakes.scripted_server import Reply
from tests.support.drafts import faults
from tests.support.minutes import Desk, desk, long_meeting, transcript_of

TRANSCRIPT = transcript_of(
    ("Anna", "We decided to move the release to December tenth."), ("Boris", "I will send the report by Friday.")
)
LONG = long_meeting(60)


@pytest.fixture
def at() -> Iterator[Desk]:
    with desk() as made:
        yield made


def forms(at: Desk) -> list[str]:
    return [body["response_format"]["type"] for body in at.bodies]


def test_without_structured_outputs_json_mode_takes_their_place_for_the_run(at: Desk) -> None:
    at.fake.lacks = frozenset({"response_format"})
    at.settings["window_tokens"] = 8000
    draft = at.draft(LONG)
    assert forms(at) == ["json_schema", *["json_object"] * (len(at.bodies) - 1)]
    assert len(at.bodies) > 3
    assert faults(verify(draft, transcript=LONG, people=())) == set()
    assert at.outcomes[:2] == [("map", "model_request_refused"), ("map", "ok")]
    assert ("reduce", "ok") in at.outcomes
    first, second = at.bodies[:2]
    added = second["messages"][0]["content"].removeprefix(first["messages"][0]["content"])
    assert json.loads(added.partition(":\n")[2]) == first["response_format"]["json_schema"]["schema"]


def test_a_message_that_comes_back_still_knows_what_the_server_lacks(at: Desk) -> None:
    at.fake.lacks = frozenset({"response_format"})
    at.settings["window_tokens"] = 8000
    at.seconds_left = 79.0
    with pytest.raises(VendorBusy):
        at.draft(LONG)
    at.seconds_left = 600.0
    at.draft(LONG)
    assert forms(at).count("json_schema") == 1


@pytest.mark.parametrize(
    "refusal",
    [
        failure(400, None, "response_format.type `json_schema` is not supported"),
        failure(400, "invalid_request_error", "Invalid value", param="response_format.json_schema"),
        failure(422, None, "structured outputs need a newer version"),
        Reply(400, {"detail": [{"loc": ["body", "response_format"], "msg": "extra fields not permitted"}]}),
        Reply(400, raw=b"unknown field: response_format"),
    ],
)
def test_the_ways_in_which_servers_say_so(at: Desk, refusal: Reply) -> None:
    at.fake.coming.append(refusal)
    at.draft(TRANSCRIPT)
    assert forms(at) == ["json_schema", "json_object"]


@pytest.mark.parametrize("fault", ["prose", Fault.OTHER_FORM])
def test_an_answer_of_another_form_is_shown_the_schema_and_mended(at: Desk, fault: Fault | str) -> None:
    at.fake.lacks = frozenset({"response_format"})
    if isinstance(fault, Fault):
        at.fake.coming.extend([failure(400, None, "no response_format"), fault])
    else:
        at.fake.ignores_schema = True
    assert at.draft(TRANSCRIPT).sections[0].items
    assert at.outcomes == [("map", "model_request_refused"), ("map", "model_reply_mismatch"), ("repair", "ok")]


def test_a_server_that_ignores_the_schema_without_a_word_is_shown_it_when_mending(at: Desk) -> None:
    at.fake.ignores_schema = True
    assert at.draft(TRANSCRIPT).sections[0].items
    assert at.outcomes == [("map", "model_reply_mismatch"), ("repair", "ok")]
    assert '"additionalProperties"' in at.bodies[-1]["messages"][-1]["content"]


def test_reasoning_effort_is_left_out_where_it_is_not_known(at: Desk) -> None:
    at.fake.lacks = frozenset({"reasoning_effort", "response_format"})
    at.settings["effort"] = "low"
    at.draft(TRANSCRIPT)
    assert ["reasoning_effort" in body for body in at.bodies] == [True, False, False]
    assert forms(at) == ["json_schema", "json_schema", "json_object"]
    at.draft(TRANSCRIPT)
    assert len(at.bodies) == 3


def test_the_successor_of_max_tokens_takes_its_place_where_that_is_refused(at: Desk) -> None:
    message = (
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    )
    at.fake.coming.append(failure(400, "unsupported_parameter", message, param="max_tokens"))
    at.draft(TRANSCRIPT)
    assert [sorted(name for name in body if name.startswith("max_")) for body in at.bodies] == [
        ["max_tokens"],
        ["max_completion_tokens"],
    ]


@pytest.mark.parametrize(
    "message",
    [
        "This model's maximum context length is 4096 tokens. However, you requested 24000 tokens in the messages.",
        "'max_tokens' is too large: 16000. This model's maximum context length is 8192 tokens.",
        "the request exceeds the available context size, try increasing it",
    ],
)
def test_a_context_that_is_too_short_is_understood_from_the_sentence(at: Desk, message: str) -> None:
    at.fake.coming.append(failure(400, None, message))
    at.draft(LONG)
    assert at.outcomes[0] == ("map", "meeting_too_long")
    assert at.outcomes[1:3] == [("map", "ok")] * 2


def test_a_server_that_lacks_json_mode_too_has_refused_the_request(at: Desk) -> None:
    at.fake.script = [failure(400, None, "response_format is not supported")]
    for _ in range(2):
        with pytest.raises(errors.ModelRequestRefused):
            at.draft(TRANSCRIPT)
    assert len(at.bodies) == 3, "only the last refusal is asked for again: an operator may have mended it"


def test_no_key_is_no_obstacle_and_no_header_of_openais_is_needed(at: Desk) -> None:
    at.settings["api_key"] = "none"
    at.fake.coming.append(
        Reply(200, {"model": "llama", "choices": [{"message": {"content": "{}"}, "finish_reason": None}]})
    )
    at.draft(TRANSCRIPT)
    first = at.calls[0]
    assert (first.model, first.input_tokens, first.request_id) == ("llama", None, None)
