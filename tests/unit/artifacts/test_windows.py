from __future__ import annotations

import json

import pytest

from aam.artifacts.windows import BYTES_PER_TOKEN, Line, Window, halves, lines_of, one_line, window_data, windows_of
from aam.transcription.schemas import Transcript, Utterance
from tests.support.minutes import long_meeting, transcript_of


def lines(*texts: str, pauses: tuple[int, ...] = ()) -> tuple[Line, ...]:
    waits = (*pauses, *[0] * len(texts))
    return tuple(Line(n, f"S{n % 3}", text, waits[n - 1]) for n, text in enumerate(texts, 1))


@pytest.mark.parametrize("size", [500, 2000, 30_000])
@pytest.mark.parametrize("minutes", [1, 60, 240])
def test_windows_hold_everything_once_and_keep_within_the_limit(minutes: int, size: int) -> None:
    whole = lines_of(long_meeting(minutes))
    windows = windows_of(whole, max_tokens=size)
    assert tuple(line for window in windows for line in window.lines) == whole
    assert all(window.tokens <= size for window in windows)
    total = sum(line.size for line in whole)
    assert len(windows) <= 1.1 * total / (size * BYTES_PER_TOKEN) + 1
    sizes = [window.tokens for window in windows]
    assert min(sizes) > 0.5 * max(sizes), "no window is a mere rest"
    assert [window.part for window in windows] == [f"{n} of {len(windows)}" for n in range(1, len(windows) + 1)]


def test_a_cut_falls_where_people_pause() -> None:
    twenty = lines(*["eight words are a hundred bytes, more or less" * 2] * 20, pauses=(*[100] * 10, 5000))
    first, second = windows_of(twenty, max_tokens=sum(line.size for line in twenty) // 4 - 100)
    assert second.lines[0].utterance_id == 11
    assert len(first.lines) == 10


def test_halving_ends_at_one_line_or_when_there_is_little_left() -> None:
    assert halves(Window(lines("x" * 9000), "1 of 1")) is None
    assert halves(Window(lines(*["short"] * 50), "1 of 1")) is None
    made = halves(Window(lines(*["a few words " * 10] * 40), "2 of 3"))
    assert made is not None
    assert [len(half.lines) for half in made] in ([18, 22], [19, 21], [20, 20], [21, 19], [22, 18])
    assert {half.part for half in made} == {"2 of 3"}


def test_a_speech_of_an_hour_becomes_lines_of_the_same_utterance() -> None:
    speech = " ".join(f"word{n}" for n in range(10_000))
    made = lines_of(transcript_of(("Anna", speech), ("Boris", "Thanks.")))
    assert {line.utterance_id for line in made} == {1, 2}
    assert " ".join(line.text for line in made if line.utterance_id == 1) == speech
    assert max(line.size for line in made) < 1100
    assert len(windows_of(made, max_tokens=5000)) > 3


def test_a_text_without_spaces_is_cut_as_well() -> None:
    made = lines_of(transcript_of(("李", "会議" * 5000)))
    assert "".join(line.text for line in made) == "会議" * 5000
    assert max(line.size for line in made) < 1100


def test_utterances_without_times_have_no_pauses() -> None:
    made = lines_of(transcript_of(("A", "one"), ("B", "two"), timed=False))
    assert [line.pause_ms for line in made] == [0, 0]
    parts = (Utterance(id=1, speaker="A", text="a", start_ms=0, end_ms=900), Utterance(id=2, speaker="A", text="b"))
    late = Utterance(id=3, speaker="A", text="c", start_ms=2000, end_ms=2100)
    told = Transcript(language="en", engine="e", model="m", version="1", utterances=(*parts, late))
    assert [line.pause_ms for line in lines_of(told)] == [0, 0, 1100]


def test_a_request_shows_people_speakers_and_short_numbers() -> None:
    shown = window_data(Window(lines("Hello.", "Hi there.", "So.", "Fine."), "1 of 2"), people=("Anna", "Boris"))
    mark, head, *said, end = shown.split("\n")
    assert mark == end
    assert mark.startswith("=== ")
    assert json.loads(head) == {
        "part": "1 of 2",
        "people": ["Anna", "Boris"],
        "speakers": {"A": "S1", "B": "S2", "C": "S0"},
    }
    assert said == ["1A Hello.", "2B Hi there.", "3C So.", "4A Fine."]


def test_more_speakers_than_letters_get_two() -> None:
    many = tuple(Line(n, f"S{n}", "Hello.") for n in range(1, 60))
    said = window_data(Window(many, "1 of 1"), people=()).split("\n")[2:-1]
    assert said[0] == "1A Hello."
    assert said[25:28] == ["26Z Hello.", "27AA Hello.", "28AB Hello."]
    assert said[-1] == "59BG Hello."


@pytest.mark.parametrize(
    "between", ["\n", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\0", "\x1b", " \t "]
)
def test_no_line_break_or_control_character_is_left(between: str) -> None:
    assert one_line(f"a{between}b") == "a b"


def test_an_empty_transcript_has_no_window() -> None:
    assert windows_of((), max_tokens=500) == ()
