"""The small files in ../shared/data/transcripts: each shows one kind of fault in transcripts as people have them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from aam.transcription.imports import read_transcript
from aam.transcription.schemas import Transcript
from tests.support.recordings import SHARED

FOLDER = SHARED / "transcripts"
NOBODY = "Speaker 1"
"""What a voice is called that the file does not name."""

LAUNCH = "Thanks for joining. We agreed that the price is 900 euros a month."
YEARLY = (
    "So after all of that we agreed that the yearly price for the whole support package including weekends stays at "
    "9 000 euros until the end of March."
)
ROLLED = "we agreed that the budget is forty thousand dollars and I will send the contract on Friday"
DEEPGRAM = [("Speaker 1", "Who will call the bank?"), ("Speaker 2", "I will call it on Monday.")]

RIGHT: dict[str, list[tuple[str, str]]] = {
    "anonymous-voice.vtt": [
        (NOBODY, "The refund policy was discussed and nobody objected to it."),
        ("Dana", "We decided to refund within ten days."),
    ],
    "bare-angle.vtt": [("Dana", "The latency is < 5 ms and the error rate > 2 percent.")],
    "blank-first-line.vtt": [
        (NOBODY, "Our launch moves to the ninth of May."),
        ("Dana", "Legal has to sign first."),
        ("Oleh", "Fine with me."),
    ],
    "blank-line-inside.srt": [
        ("Dana", "We pay 900 euros a month, but only if the audit passes."),
        ("Oleh", "Agreed."),
    ],
    "bracketed-speakers.srt": [
        ("SPEAKER_00", "Who owns the migration?"),
        ("SPEAKER_01", "I will run the migration on Monday."),
    ],
    "bracketed-times.txt": [
        ("SPEAKER_00", "Who owns the migration?"),
        ("SPEAKER_01", "I will run the migration on Monday."),
    ],
    "captions-named.txt": [
        ("Dana", "We agreed that the price is 900 euros."),
        ("Oleh", "I will send the contract on Friday."),
    ],
    "colon-is-no-speaker.vtt": [
        ("Dana Reyes", "Decision: we ship on Friday."),
        (NOBODY, "Decision: we ship on Friday."),
        (NOBODY, "Budget: 40 000 dollars."),
        (NOBODY, "So the split is as follows: half now, half later."),
    ],
    "cp1252.txt": [("Dana", "I’ll send the contract on Friday – no later."), ("Oleh", "That’s fine.")],
    "deepgram-two-speakers-in-one-utterance.json": DEEPGRAM,
    "deepgram-wrapped.json": DEEPGRAM,
    "denied.en.txt": [
        ("Dana", "We have not agreed that the price stays at 900 euros."),
        ("Oleh", "I will not send the contract before Friday."),
        ("Dana", "Nobody said that we decided to hire a second vendor."),
        ("Oleh", "It is not that we decided anything about the office."),
        ("Dana", "I don't think we agreed that Oleh pays for the licence."),
    ],
    "denied.ru.txt": [
        ("Дана", "Мы так и не решили, кто поедет на выставку."),
        ("Олег", "Ещё не договорились о цене, вернёмся в среду."),
        ("Дана", "Олег не должен отправлять договор до проверки."),
        ("Олег", "Ничего не согласовали с юристами."),
    ],
    "dialogue-dashes.srt": [
        (NOBODY, "Will you send the offer?"),
        (NOBODY, "No, Oleh will send it tomorrow."),
        ("DANA", "Good. I will tell the client."),
    ],
    "guid-ids-without-blank.vtt": [
        ("Dana", "The launch has number"),
        ("Oleh", "Which number?"),
        (NOBODY, "42"),
        ("Dana", "Forty two."),
    ],
    "microseconds.srt": [
        ("Dana", "Microseconds here, the price is nine hundred."),
        ("Dana", "Short fields here."),
        ("Dana", "Frames here, the deadline is Monday."),
        ("Dana", "Short fractions."),
    ],
    "names-as-people-have-them.vtt": [
        ("Dana Reyes (Northwind)", "One."),
        ("dana.reyes", "Two."),
        ("Dana Reyes | Northwind", "Three."),
        ("Reyes, Dana", "Four."),
    ],
    "otter.txt": [("Dana Reyes", LAUNCH), ("Oleh Bondar", "I will send the contract on Friday.")],
    "reversed-cue.srt": [
        ("Dana", "We start with the budget."),
        ("Oleh", "Yes."),
        ("Dana", "We agreed that it stays at 40 000 euros."),
    ],
    "rolling-captions.vtt": [(NOBODY, ROLLED)],
    "sentence-over-cues.vtt": [
        ("Dana Reyes", YEARLY),
        ("Oleh Bondar", "And I will send the signed contract to your lawyers by Friday."),
    ],
    "speaker-in-cue-id.vtt": [
        ("Speaker 1", "Please send the offer today."),
        ("Speaker 2", "I will send the offer today."),
    ],
    "speaker-only-on-change.srt": [
        ("Dana", "Good morning."),
        ("Dana", "The first point is the budget."),
        ("Oleh", "It was approved yesterday."),
        ("Oleh", "I will write the report by Friday."),
    ],
    "zoom.txt": [("Dana Reyes", LAUNCH), ("Oleh Bondar", "I will send the contract on Friday.")],
}


def sample(name: str, participants: Sequence[str] = ()) -> Transcript:
    path = FOLDER / name
    if not path.is_file():
        pytest.skip("../shared/data/transcripts is not on this machine")
    return read_transcript(path.read_bytes(), filename=name, language="en", participants=participants)


@pytest.mark.parametrize("name", RIGHT)
def test_each_sample_has_its_words_and_its_speakers(name: str) -> None:
    assert [(u.speaker, u.text) for u in sample(name).utterances] == RIGHT[name]


def test_no_sample_is_left_out() -> None:
    if not FOLDER.is_dir():
        pytest.skip("../shared/data/transcripts is not on this machine")
    assert {path.name for path in FOLDER.iterdir()} - {"README.md"} == set(RIGHT)


@pytest.mark.parametrize(
    ("name", "times"),
    [
        ("bracketed-times.txt", [(500, 2000), (2200, 4000)]),
        ("microseconds.srt", [(1000, 3250), (4000, 6350), (7480, 9000), (3_723_500, 3_724_500)]),
        ("otter.txt", [(3000, 12_000), (12_000, 12_000)]),
        ("zoom.txt", [(0, 8000), (8000, 8000)]),
        ("reversed-cue.srt", [(1000, 3000), (3200, 3200), (3400, 6000)]),
        ("speaker-in-cue-id.vtt", [(120_000, 123_000), (124_000, 126_000)]),
    ],
)
def test_samples_have_their_times(name: str, times: list[tuple[int, int]]) -> None:
    assert [(u.start_ms, u.end_ms) for u in sample(name).utterances] == times


def test_a_sentence_over_cues_keeps_the_times_of_each_cue() -> None:
    first = sample("sentence-over-cues.vtt").utterances[0]
    assert [(word.start_ms, word.end_ms) for word in first.words] == [
        (1000, 3000), (3000, 5000), (5000, 7000), (7000, 9000), (9000, 10_000)
    ]  # fmt: skip
    rolled = sample("rolling-captions.vtt").utterances[0]
    assert [word.start_ms for word in rolled.words] == [240, 2320, 4520, 7010]


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("reversed-cue.srt", "1 cue ended before it started; its end was put right."),
        ("cp1252.txt", "The file was read as Windows-1252."),
        ("zoom.txt", "The file has times of day; they are counted from the first one."),
        (
            "otter.txt",
            "1 line that the exporting program added, such as a title or a closing remark, was left out.",
        ),
    ],
)
def test_what_was_put_right_is_told(name: str, note: str) -> None:
    assert sample(name).notes == (note,)
