"""Long meetings: windows, what is too much for one, putting parts together, and messages that come back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from aam.artifacts import errors
from aam.artifacts.minutes import NOT_MERGED
from aam.artifacts.schemas import DraftArtifacts
from aam.evidence.verify import verify
from aam.transcription.schemas import Transcript
from aam.vendor_limits.errors import VendorBusy
from aam_fakes.openai import Fault, prompt_of, tokens_in
from aam_fakes.openai_replies import completion, failure
from aam_fakes.scripted_server import Reply
from tests.support.drafts import faults
from tests.support.limiters import OpenLimiter, OpenPermit
from tests.support.minutes import HELD, Desk, desk, long_meeting, transcript_of

HOURS = long_meeting(240)
LIMIT = 1.3


@pytest.fixture
def at() -> Iterator[Desk]:
    with desk(window_tokens=2000) as made:
        yield made


def texts(draft: DraftArtifacts) -> list[tuple[str, str]]:
    return [(section.kind, item.text) for section in draft.sections for item in section.items]


def talk(count: int = 400) -> Transcript:
    """About three windows of two thousand tokens."""
    whole = long_meeting(60)
    return whole.model_copy(update={"utterances": whole.utterances[:count]})


@pytest.mark.parametrize("scenario", ["general", "client-meeting", "stand-up"])
@pytest.mark.parametrize("meeting", [long_meeting(60), HOURS], ids=["one hour", "four hours"])
def test_what_is_read_is_little_more_than_the_transcript(meeting: Transcript, scenario: str) -> None:
    with desk() as at:
        draft = at.draft(meeting, scenario=scenario)
        read = sum(tokens_in(prompt_of(body)) for body in at.bodies)
    said = sum(len(u.text.encode()) for u in meeting.utterances) / 4
    assert read / said <= LIMIT
    assert draft.label is None
    assert at.outcomes == ([("map", "ok")] if len(at.calls) == 1 else [("map", "ok")] * 2 + [("reduce", "ok")])


def test_four_hours_become_minutes_that_hold_from_beginning_to_end() -> None:
    with desk() as at:
        draft = at.draft(HOURS, scenario="general")
    checked = verify(draft, transcript=HOURS, people=(), meeting_date=HELD)
    assert faults(checked) == set()
    cited = [quote.utterance_id for section in checked.sections for item in section.items for quote in item.quotes]
    quarters = {cite * 4 // (len(HOURS.utterances) + 1) for cite in cited}
    assert quarters == {0, 1, 2, 3}
    assert len(checked.sections[0].items) <= 7, "the summary of the whole is short"
    cached = [call.cached_tokens or 0 for call in at.calls if call.purpose == "map"]
    assert cached[0] == 0
    assert all(count >= 1024 for count in cached[1:]), "windows share their beginning"


def test_all_windows_and_meetings_of_a_scenario_begin_alike(at: Desk) -> None:
    at.draft(talk())
    at.store.objects.clear()
    at.draft(long_meeting(20, seed=7), people=("Zoe",))
    beginnings = {
        json.dumps([body["response_format"], body["messages"][0]])
        for body in at.bodies
        if body["response_format"]["json_schema"]["name"] == "minutes"
    }
    assert len(at.bodies) > 4
    assert len(beginnings) == 1


def test_what_the_parts_say_twice_is_said_once_with_all_quotes(at: Desk) -> None:
    decided = "We decided to move the release to the tenth."
    transcript = transcript_of(("Anna", decided), *[("Boris", "Yes, absolutely, right.")] * 400, ("Anna", decided))
    draft = at.draft(transcript)
    found = [item for s in draft.sections if s.kind == "decisions" for item in s.items if "release" in item.text]
    assert [[quote.utterance_id for quote in item.quotes] for item in found] == [[1, 402]]
    assert faults(verify(draft, transcript=transcript, people=())) == set()
    assert ("reduce", "ok") in at.outcomes


def test_the_model_that_puts_parts_together_sees_no_quote_and_writes_no_text(at: Desk) -> None:
    at.fake.temper.denials_dropped = 1.0
    draft = at.draft(talk())
    form = at.bodies[-1]["response_format"]["json_schema"]
    assert form["name"] == "groups"
    assert set(form["schema"]["properties"]) == {"groups"}
    shown = at.bodies[-1]["messages"][1]["content"]
    doubted = set(at.fake.temper.lies) & {item.text for section in draft.sections for item in section.items}
    assert doubted
    assert not any(lie in shown for lie in doubted), "what does not hold by itself is not put together with anything"


@pytest.mark.parametrize(
    ("groups", "kept"),
    [
        ([], "all"),
        ([[10**6], [-1], [0]], "all"),
        ([[1, 1, 1]], "all"),
        ([[25], [45, 46]], "all but one"),
        ([list(range(n, 10_000)) for n in (1, 45)], "fewer"),
    ],
)
def test_whatever_groups_are_answered_no_item_changes_or_gets_lost(at: Desk, groups: list[Any], kept: str) -> None:
    plain = at.draft(talk())
    at.store.objects.clear()

    def answered(asked: Any) -> Reply:
        body = asked.json()
        if body["response_format"]["json_schema"]["name"] == "groups":
            return completion({"groups": groups}, usage=(2500, 0, 300))
        return original(asked)

    original: Callable[[Any], Reply] = at.fake.reply_to
    at.fake.reply_to = answered  # type: ignore[method-assign]
    draft = at.draft(talk())
    condensed = {"summary"}
    known = {pair for pair in texts(plain) if pair[0] not in condensed}
    got = {pair for pair in texts(draft) if pair[0] not in condensed}
    assert got <= known
    assert (len(known) - len(got) > 1) == (kept == "fewer")
    assert (got == known) == (kept == "all")
    assert faults(verify(draft, transcript=talk(), people=())) == set()


@pytest.mark.parametrize(
    "fault",
    [Fault.REFUSAL, Fault.CONTENT_FILTER, Fault.TRUNCATION, failure(400, "context_length_exceeded")],
)
def test_parts_that_cannot_be_put_together_are_handed_out_side_by_side_and_labelled(
    at: Desk, fault: Fault | Reply
) -> None:
    at.draft(talk())
    windows = at.outcomes.count(("map", "ok"))
    last = max(at.store.objects)
    del at.store.objects[last]
    at.fake.coming.append(fault)
    draft = at.draft(talk())
    assert draft.label == NOT_MERGED
    assert len(draft.sections[0].items) == windows * at.fake.temper.items


def test_a_window_that_is_cut_off_is_halved_and_nothing_is_lost(at: Desk) -> None:
    at.fake.coming.append(Fault.TRUNCATION)
    draft = at.draft(talk())
    whole = len([None for purpose, outcome in at.outcomes if (purpose, outcome) == ("map", "ok")])
    assert at.outcomes[0] == ("map", "model_reply_truncated")
    numbers = [json.loads(call.prompt)[1]["content"].count("\n") - 2 for call in at.calls if call.purpose == "map"]
    assert numbers[1] + numbers[2] == numbers[0]
    assert whole == len(numbers) - 1
    assert draft.label is None


def test_a_model_that_never_ends_is_paid_four_times_and_not_for_ever(at: Desk) -> None:
    at.fake.answer_tokens, at.settings["window_tokens"] = 10, 30_000
    with pytest.raises(errors.ModelReplyTruncated):
        at.draft(long_meeting(60))
    assert at.outcomes == [("map", "model_reply_truncated")] * 4


def test_a_smaller_context_means_smaller_windows(at: Desk) -> None:
    at.fake.context_tokens = 2600
    draft = at.draft(talk())
    assert ("map", "meeting_too_long") in at.outcomes
    assert faults(verify(draft, transcript=talk(), people=())) == set()
    assert sum(len(section.items) for section in draft.sections) > 0


def test_a_model_with_hardly_any_context_is_told_so(at: Desk) -> None:
    at.fake.context_tokens = 100
    with pytest.raises(errors.MeetingTooLong):
        at.draft(talk())


def test_days_of_talk_are_refused_before_anything_is_paid(at: Desk) -> None:
    at.settings["window_tokens"] = 500
    with pytest.raises(errors.MeetingTooLong):
        at.draft(HOURS)
    assert not at.fake.asked


class Turnstile(OpenLimiter):
    """Lets so many requests pass, then is busy."""

    def __init__(self, passes: int) -> None:
        super().__init__()
        self.passes = passes

    def request(self) -> Any:
        if not self.passes:
            raise VendorBusy(wait_s=7.0)
        self.passes -= 1
        return super().request()


def test_a_message_that_comes_back_pays_nothing_twice(at: Desk) -> None:
    once = at.draft(talk())
    asked = len(at.fake.asked)
    at.store.objects.clear()
    at.fake.asked.clear()
    deliveries = 0
    while deliveries < 20:
        deliveries += 1
        at.limiter = Turnstile(1)
        try:
            again = at.draft(talk())
            break
        except VendorBusy:
            continue
    assert deliveries == asked == len(at.fake.asked)
    assert again == once
    assert at.draft(talk()) == once
    assert len(at.fake.asked) == asked


def test_a_worker_without_time_for_another_call_hands_its_message_back(at: Desk) -> None:
    at.seconds_left = 79.0  # enough for the first call of a delivery, which always goes out
    for calls in (1, 2):
        with pytest.raises(VendorBusy) as caught:
            at.draft(talk())
        assert caught.value.wait_s == 0.0
        assert len(at.fake.asked) == calls
    at.seconds_left = 600.0
    assert at.draft(talk()).label is None
    assert len({asked.sha256 for asked in at.fake.asked}) == len(at.fake.asked)


def test_a_worker_that_dies_between_two_calls_has_noted_the_first(at: Desk) -> None:
    def full(_key: str) -> None:
        if len(at.store.objects) == 2:
            raise KeyboardInterrupt

    at.store.on_write = full
    with pytest.raises(KeyboardInterrupt):
        at.draft(talk())
    at.store.on_write = None
    at.draft(talk())
    repeated = len(at.fake.asked) - len({asked.sha256 for asked in at.fake.asked})
    assert repeated == 1, "only the answer that was never written is paid again"


def test_faults_in_the_middle_cost_only_themselves(at: Desk) -> None:
    at.fake.coming.extend([completion_of_map(at), failure(503)])
    with pytest.raises(errors.ModelUnavailable):
        at.draft(talk())
    at.draft(talk())
    assert [outcome for _, outcome in at.outcomes].count("model_unavailable") == 1
    assert len({asked.sha256 for asked in at.fake.asked}) == len(at.fake.asked) - 1


def completion_of_map(at: Desk) -> Reply:
    """Nothing to report, in the right form."""
    kinds = ["summary", "decisions", "action_items", "progress", "blockers", "risks", "open_questions"]
    return completion({kind: [] for kind in kinds})


def test_a_gate_lets_each_call_pass_by_itself(at: Desk) -> None:
    at.draft(talk())
    assert isinstance(at.limiter.leases[0], OpenPermit)
    assert len(at.limiter.leases) == len(at.fake.asked) == len(at.calls)
