"""One window: what is asked, what is made of the answer, and every way in which it can go wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from aam.artifacts import errors
from aam.artifacts.catalogue import load_catalogue
from aam.evidence.verify import verify
from aam.foundation.errors import AppError
from aam.foundation.state_table import StateUnavailable
from aam.vendor_limits.errors import VendorFault
from aam_fakes.openai import Fault
from aam_fakes.openai_replies import completion, failure
from aam_fakes.scripted_server import Reply
from tests.support.drafts import faults
from tests.support.minutes import KEY, Desk, desk, transcript_of
from tests.support.specs import judge, need_spec

SPEC = "openai.openapi.yaml"
SCENARIO = load_catalogue().scenario("stand-up")
TRANSCRIPT = transcript_of(
    ("Anna", "We decided to move the release to December tenth."),
    ("Boris", "I am not sure about that."),
    ("Anna", "Boris will send the report by Friday."),
)


def answer(**sections: Any) -> dict[str, Any]:
    return {spec.kind: sections.get(spec.kind, []) for spec in SCENARIO.sections}


def item(text: str, quote: str, utterance: int, **fields: Any) -> dict[str, Any]:
    return {"text": text, "priority": "high", **fields, "quotes": [{"quote": quote, "utterance": utterance}]}


DECISION = item("The release moves to December tenth.", "decided to move the release to December tenth", 1)
TASK = item("Send the report.", "Boris will send the report", 3, owner="Boris", due_date=None)
GOOD = answer(decisions=[DECISION], action_items=[TASK])
FORM = errors.ModelReplyMismatch


@pytest.fixture
def at() -> Iterator[Desk]:
    with desk() as made:
        yield made


def test_one_call_fills_every_section_and_numbers_become_ids(at: Desk) -> None:
    at.fake.script = [completion(GOOD)]
    moved = TRANSCRIPT.model_copy(
        update={"utterances": tuple(u.model_copy(update={"id": u.id * 10}) for u in TRANSCRIPT.utterances)}
    )
    draft = at.draft(moved, people=("Anna", "Boris"))
    assert [s.kind for s in draft.sections] == [spec.kind for spec in SCENARIO.sections]
    sections = {s.kind: s for s in draft.sections}
    assert sections["decisions"].items[0].quotes[0].utterance_id == 10
    assert sections["action_items"].items[0].quotes[0].utterance_id == 30
    assert [f.value for f in sections["action_items"].items[0].fields] == ["Boris", None]
    assert (draft.engine, draft.model, draft.prompt_version) == ("openai", "gpt-test-2026", "minutes-v2")
    assert draft.label is None
    assert faults(verify(draft, transcript=moved, people=())) == set()
    (call,) = at.calls
    assert (call.purpose.value, call.outcome, call.attempt, call.request_id) == ("map", "ok", 2, "req_1")
    assert (call.input_tokens, call.cached_tokens, call.output_tokens) == (1200, 1024, 300)
    assert call.prompt_version == "minutes-v2"
    assert json.loads(call.response or "")["choices"]
    assert KEY not in call.model_dump_json()
    assert [lease.owner for lease in at.limiter.leases] == ["owner-1"], "the call went through the limiter"


def test_the_request_and_the_fake_are_what_openai_publishes(at: Desk) -> None:
    need_spec(SPEC)
    at.settings["effort"] = "low"
    at.draft(TRANSCRIPT)
    (body,) = at.bodies
    judge(SPEC, "/components/schemas/CreateChatCompletionRequest", body)
    judge(SPEC, "/components/schemas/CreateChatCompletionResponse", completion(GOOD).body)
    assert at.fake.asked[0].path == "/v1/chat/completions"
    assert body["reasoning_effort"] == "low"
    assert body["response_format"]["json_schema"]["strict"] is True
    assert body["max_tokens"] == 16_000


def test_a_number_that_was_never_given_cites_nothing(at: Desk) -> None:
    for number in (0, -1, 4, 10**12):
        at.store.objects.clear()
        at.fake.script = [completion(answer(decisions=[item("The release moves.", "decided to move", number)]))]
        checked = verify(at.draft(TRANSCRIPT), transcript=TRANSCRIPT, people=())
        problems = [p.code for s in checked.sections for i in s.unsupported for p in i.problems]
        assert problems == ["quote_unknown_utterance"]


@pytest.mark.parametrize(
    ("reply", "leaf"),
    [
        (failure(401, "invalid_api_key"), errors.ModelCredentialsRefused),
        (failure(403), errors.ModelCredentialsRefused),
        (failure(402), errors.ModelQuotaExhausted),
        (failure(429, "insufficient_quota"), errors.ModelQuotaExhausted),
        (failure(429, "insufficient_quota", **{"retry-after": "1"}), errors.ModelQuotaExhausted),
        (failure(429, "rate_limit_exceeded"), errors.ModelRateLimited),
        (failure(400, "context_length_exceeded"), errors.MeetingTooLong),
        (failure(413), errors.MeetingTooLong),
        (failure(400, "content_filter"), errors.ModelContentFiltered),
        (failure(404, "model_not_found"), errors.ModelRequestRefused),
        (failure(408), errors.ModelTimedOut),
        (failure(504), errors.ModelTimedOut),
        (failure(503), errors.ModelUnavailable),
        (Reply(502, raw=b"<html>"), errors.ModelUnavailable),
        (Reply(hang_up=True), errors.ModelUnavailable),
        (Reply(200, completion(GOOD).body, cut_at=40), errors.ModelUnavailable),
        (Reply(200, raw=b""), errors.ModelUnavailable),
        (Reply(200, raw=b"<html>"), errors.ModelUnavailable),
        (Reply(200, raw=b"\xff\xfe"), errors.ModelUnavailable),
        (Reply(200, {"hello": 1}), errors.ModelUnavailable),
        (Reply(200, {"model": "m", "choices": []}), errors.ModelUnavailable),
        (completion(None, refusal="I cannot"), errors.ModelRefused),
        (completion('{"summary": [', finish_reason="length"), errors.ModelReplyTruncated),
        (completion(GOOD, finish_reason="length"), errors.ModelReplyTruncated),
        (completion(None, finish_reason="content_filter"), errors.ModelContentFiltered),
    ],
)
def test_every_failure_is_a_leaf_with_the_record_of_its_one_call(at: Desk, reply: Reply, leaf: type[AppError]) -> None:
    at.fake.script = [reply]
    with pytest.raises(leaf) as caught:
        at.draft(TRANSCRIPT)
    assert type(caught.value) is leaf
    (call,) = at.calls
    assert call.outcome == leaf.code
    assert "I am not sure about that." in call.prompt
    assert KEY not in str(caught.value) + call.model_dump_json()
    assert "Anna" not in str(caught.value)
    assert len(at.fake.asked) == 1, "the SDK retries nothing"


@pytest.mark.parametrize(
    "given",
    [
        completion(None),
        completion("not json"),
        completion([1]),
        completion({}),
        completion({**GOOD, "gossip": []}),
        completion(answer(decisions=[{**DECISION, "mood": "x"}])),
        completion(answer(decisions=[{**DECISION, "priority": "urgent"}])),
        completion(answer(action_items=[{**TASK, "owner": 7}])),
        completion(answer(action_items=[{"text": "Send the report."}, "Send it."])),
        completion(answer(progress=[item("x", "y", 1, owner=None, status="so so")])),
    ],
)
def test_an_answer_of_another_form_is_mended_once(at: Desk, given: Reply) -> None:
    at.fake.script = [given, completion(GOOD)]
    draft = at.draft(TRANSCRIPT)
    assert sum(len(s.items) for s in draft.sections) == 2
    assert at.outcomes == [("map", "model_reply_mismatch"), ("repair", "ok")]
    first, second = at.bodies
    assert second["messages"][:2] == first["messages"], "what was asked stays the prefix"
    assert second["messages"][-1]["role"] == "user"
    assert "cannot be used" in second["messages"][-1]["content"]

    at.store.objects.clear()
    at.fake.asked.clear()
    at.fake.script = [given]
    with pytest.raises(FORM) as caught:
        at.draft(TRANSCRIPT)
    assert not caught.value.retryable
    assert at.outcomes == [("map", FORM.code), ("repair", FORM.code)]
    with pytest.raises(FORM):
        at.draft(TRANSCRIPT)
    assert len(at.fake.asked) == 2, "what has been paid for is not asked again"


@pytest.mark.parametrize("before", ["Here it is:\n", "<think>Well, {} or {x}?</think>\n"])
def test_a_fenced_answer_needs_no_mending(at: Desk, before: str) -> None:
    at.fake.script = [completion(f"{before}```json\n{json.dumps(GOOD)}\n```\nDone.")]
    assert at.draft(TRANSCRIPT).sections
    assert at.outcomes == [("map", "ok")]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120.0), ("0.5", 0.5), ("soon", None), ("-1", None), ("inf", None), ("9" * 400, None), ("", None)],
)
def test_the_wait_that_the_service_asks_for_is_passed_on_and_not_slept(
    at: Desk, header: str, seconds: float | None
) -> None:
    at.fake.script = [failure(429, "rate_limit_exceeded", **({"retry-after": header} if header else {}))]
    with pytest.raises(errors.ModelRateLimited) as caught:
        at.draft(TRANSCRIPT)
    assert caught.value.retry_after_s == seconds


@pytest.mark.parametrize("reply", [Reply(silent=True), Reply(200, completion(GOOD).body, pause_s=5)])
def test_a_slow_service_times_out(at: Desk, reply: Reply) -> None:
    at.fake.script = [reply]
    at.settings["timeout_s"] = 0.3
    with pytest.raises(errors.ModelTimedOut) as caught:
        at.draft(TRANSCRIPT)
    assert isinstance(caught.value, VendorFault)
    assert caught.value.may_be_paid


def test_a_call_never_outlives_its_worker(at: Desk) -> None:
    at.fake.script = [Reply(silent=True)]
    at.settings["timeout_s"], at.seconds_left = 500.0, 21.0
    with pytest.raises(errors.ModelTimedOut):
        at.draft(TRANSCRIPT)
    assert at.calls[0].duration_ms < 5000


def test_passing_faults_are_asked_again_and_standing_ones_are_not(at: Desk) -> None:
    at.fake.coming.extend([failure(503), failure(429), Fault.REFUSAL])
    for leaf in (errors.ModelUnavailable, errors.ModelRateLimited, errors.ModelRefused, errors.ModelRefused):
        with pytest.raises(leaf):
            at.draft(TRANSCRIPT)
    assert [outcome for _, outcome in at.outcomes] == ["model_unavailable", "model_rate_limited", "model_refused"]
    assert len(at.fake.asked) == 3


def test_a_rate_limiter_that_fails_counts_no_call(at: Desk) -> None:
    class Broken:
        def request(self) -> Any:
            raise StateUnavailable

    at.limiter = Broken()
    with pytest.raises(StateUnavailable):
        at.draft(TRANSCRIPT)
    assert at.calls == []


def test_silence_is_not_sent_to_the_model(at: Desk) -> None:
    draft = at.draft(TRANSCRIPT.model_copy(update={"utterances": ()}))
    assert [(section.kind, section.items) for section in draft.sections] == [(s.kind, ()) for s in SCENARIO.sections]
    assert at.fake.asked == []


def test_without_a_script_the_fake_writes_minutes_that_hold(at: Desk) -> None:
    checked = verify(at.draft(TRANSCRIPT), transcript=TRANSCRIPT, people=())
    assert checked.supported_count + checked.quoted_count > 0
    assert faults(checked) == set()
    (call,) = at.calls
    shown = len(call.prompt) + len(json.dumps(at.bodies[0]["response_format"]))
    assert shown / 4 * 0.8 < (call.input_tokens or 0) < shown / 4
