"""Servers of one's own that speak chat completions, but not all of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import pytest

from aam.artifacts import errors
from aam.evidence.verify import verify
from aam.foundation.errors import AppError
from aam.vendor_limits.errors import VendorBusy
from aam_fakes.openai import Fault
from aam_fakes.openai_replies import failure
from aam_fakes.own_server import OwnServer
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


@pytest.fixture
def own() -> Iterator[Desk]:
    with desk(OwnServer()) as made:
        yield made


def fake_of(own: Desk) -> OwnServer:
    assert isinstance(own.fake, OwnServer)
    return own.fake


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
        "the request exceeds the available context size, try increasing it",
    ],
)
def test_a_context_that_is_too_short_is_understood_from_the_sentence(at: Desk, message: str) -> None:
    at.fake.coming.append(failure(400, None, message))
    at.draft(LONG)
    assert at.outcomes[0] == ("map", "meeting_too_long")
    assert at.outcomes[1:3] == [("map", "ok")] * 2


def test_a_server_that_takes_no_response_format_at_all_is_asked_without_one(own: Desk) -> None:
    fake_of(own).refuses_schema = failure(422, None, "Failed to deserialize the JSON body: response_format")
    fake_of(own).refuses_json_mode = failure(422, None, "response_format: missing field `value` at line 1 column 9")
    assert own.draft(TRANSCRIPT).sections[0].items
    assert [body.get("response_format", {}).get("type") for body in own.bodies] == ["json_schema", "json_object", None]


def test_a_request_that_is_refused_without_any_form_is_refused(at: Desk) -> None:
    at.fake.script = [failure(400, None, "response_format is not supported")]
    for _ in range(2):
        with pytest.raises(errors.ModelRequestRefused):
            at.draft(TRANSCRIPT)
    assert len(at.bodies) == 4, "only the last refusal is asked for again: an operator may have mended it"


@pytest.mark.parametrize("status", [400, 422, 500])
def test_any_refusal_of_a_request_with_a_schema_starts_json_mode_once_for_the_run(own: Desk, status: int) -> None:
    fake_of(own).refuses_schema = failure(status, None, "Failed to initialize samplers: failed to parse grammar")
    own.settings["window_tokens"] = 8000
    own.draft(LONG)
    assert len(own.bodies) > 3
    assert forms(own) == ["json_schema", *["json_object"] * (len(own.bodies) - 1)]
    assert own.calls[0].outcome == "model_request_refused"
    del own.store.objects[max(own.store.objects)]
    own.draft(LONG)
    assert forms(own).count("json_schema") == 1, "the next delivery knows it too"


@pytest.mark.parametrize(
    ("reply", "leaf"),
    [(failure(400), errors.ModelRequestRefused), (failure(500), errors.ModelUnavailable)],
)
def test_what_is_refused_in_json_mode_too_was_not_about_the_schema(
    own: Desk, reply: Reply, leaf: type[AppError]
) -> None:
    own.fake.script = [reply]
    with pytest.raises(leaf):
        own.draft(TRANSCRIPT)
    assert forms(own) == ["json_schema", "json_object"]


@pytest.mark.parametrize("status", [401, 404, 429, 502, 503])
def test_what_is_no_refusal_of_the_request_is_not_asked_again_in_json_mode(own: Desk, status: int) -> None:
    own.fake.script = [failure(status)]
    with pytest.raises(AppError):
        own.draft(TRANSCRIPT)
    assert len(own.bodies) == 1


@pytest.mark.parametrize("place", ["reasoning_content", "reasoning"])
def test_an_answer_that_stands_among_the_thoughts_is_read(own: Desk, place: str) -> None:
    fake_of(own).answers_in = place
    assert own.draft(TRANSCRIPT).sections[0].items
    assert own.outcomes == [("map", "ok")]


def without_empty(value: dict[str, Any]) -> str:
    return json.dumps({kind: items for kind, items in value.items() if items})


def with_nulls(value: dict[str, Any]) -> str:
    return json.dumps({kind: items or None for kind, items in value.items()})


def in_capitals(value: dict[str, Any]) -> str:
    return re.sub(r'"(high|medium|low)"', lambda found: found.group().title(), json.dumps(value))


def numbers_as_text(value: dict[str, Any]) -> str:
    return re.sub(r'"utterance": (\d+)', r'"utterance": "\1"', json.dumps(value))


def as_shown(value: dict[str, Any]) -> str:
    return re.sub(r'"utterance": (\d+)', r'"utterance": "\1B"', json.dumps(value))


def without_unstated(value: dict[str, Any]) -> str:
    for item in chain.from_iterable(value.values()):
        for name in [name for name, held in item.items() if held is None]:
            del item[name]
    return json.dumps(value)


def with_commas(value: dict[str, Any]) -> str:
    return re.sub(r"([}\]])", r",\1", json.dumps(value)).replace("[,", "[").replace("{,", "{")


def in_prose(value: dict[str, Any]) -> str:
    return f"I fill the {{sections}} as asked.\n\n```json\n{json.dumps(value, indent=1)}\n```\nNothing {{}} is left."


@pytest.mark.parametrize(
    "writes",
    [
        without_empty,
        with_nulls,
        in_capitals,
        numbers_as_text,
        as_shown,
        without_unstated,
        with_commas,
        in_prose,
    ],
)
def test_harmless_looseness_is_read_as_it_is_meant(own: Desk, writes: Callable[[dict[str, Any]], str]) -> None:
    plain = own.draft(TRANSCRIPT)
    own.store.objects.clear()
    fake_of(own).writes = writes
    assert own.draft(TRANSCRIPT) == plain
    assert own.outcomes == [("map", "ok")]


def test_a_transcript_of_which_a_part_was_dropped_is_an_error_that_names_the_setting(own: Desk) -> None:
    fake_of(own).forgets_beyond = 4096
    with pytest.raises(errors.ModelContextTooShort, match=r"OLLAMA_CONTEXT_LENGTH.*OpenAiWindowTokens"):
        own.draft(LONG)
    (call,) = own.calls
    assert (call.outcome, call.input_tokens) == ("model_context_too_short", 4096)
    assert own.draft(TRANSCRIPT).sections, "what fits is not touched by it"


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
def test_a_whole_transcript_is_never_taken_for_a_part_of_one(own: Desk, language: str) -> None:
    """Half as many tokens as the fake counts are fewer than any tokenizer makes of Cyrillic."""
    said = {"en": "We will check the budget. ", "ru": "Мы проверим бюджет ещё раз. ", "uk": "Ми перевіримо бюджет. "}
    talk = transcript_of(*[("Anna", said[language] * 8)] * 200)
    if language != "en":
        fake_of(own).forgets_beyond = sum(len(u.text.encode()) for u in talk.utterances) // 8
    assert own.draft(talk).sections


def test_an_answer_longer_than_the_context_has_room_for_is_asked_for_with_less(own: Desk) -> None:
    fake_of(own).room = 8192
    assert own.draft(TRANSCRIPT).sections[0].items
    assert [body["max_tokens"] for body in own.bodies] == [16_000, 8000, 4000]
    assert own.outcomes[-1] == ("map", "ok")
    own.draft(TRANSCRIPT)
    assert len(own.bodies) == 3, "what was found out is found again by the message's next delivery"


def test_where_no_answer_has_room_the_window_is_halved(own: Desk) -> None:
    fake_of(own).room = 12_000
    own.draft(LONG)
    assert [body["max_tokens"] for body in own.bodies][:7] == [16_000, 8000, 4000, 2000, 1000, 500, 16_000]
    assert own.outcomes.count(("map", "ok")) > 1


def test_no_key_is_no_obstacle_and_no_header_of_openais_is_needed(at: Desk) -> None:
    at.settings["api_key"] = "none"
    at.fake.coming.append(
        Reply(200, {"model": "llama", "choices": [{"message": {"content": "{}"}, "finish_reason": None}]})
    )
    at.draft(TRANSCRIPT)
    first = at.calls[0]
    assert (first.model, first.input_tokens, first.request_id) == ("llama", None, None)
