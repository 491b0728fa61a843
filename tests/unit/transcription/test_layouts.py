"""Files of every layout, generated: each spoken line ends in exactly one utterance, with its speaker and its times."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aam.foundation.errors import Unprocessable
from aam.transcription.imports import read_transcript
from aam.transcription.imports.markup import unescaped
from aam.transcription.schemas import Transcript

NAMES = ("Dana Reyes", "Олег Бондар", "Iryna", "José van der Berg", "SPEAKER_00", "田中", "Ґалина О.")
WORDS = [
    *("price", "agreed", "900", "euros", "—", "Monday,", "yes", "no", "«договір»", "ціна", "решили", "5%", "<", "7"),
    *("a>b", "C&D", "&", "e.g.", "10:30", "42", "it's", "x_y", "naïve", "価格", "ok"),
]
"""Words as people say them, with what looks like markup, times and numbers among them."""


@dataclass(frozen=True)
class Said:
    """What one person says between two moments, in one line or more."""

    speaker: str
    start_ms: int
    end_ms: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.lines)


@st.composite
def meetings(draw: st.DrawFn, *, lines_max: int = 3) -> list[Said]:
    """A talk of two or more people, each of whom speaks at least twice, with pauses between."""
    people = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=4, unique=True))
    order = people * 2 + draw(st.lists(st.sampled_from(people), max_size=4))
    at = draw(st.integers(0, 5000))
    talk = []
    for speaker in order:
        lines = draw(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), min_size=1, max_size=lines_max))
        start = at + draw(st.integers(1000, 90_000))
        end = start + draw(st.integers(1, 20_000))
        # "Well" opens each line: a line that is only a number or begins with a time is another test's.
        talk.append(Said(speaker, start, end, tuple(" ".join(["Well", *line]) for line in lines)))
        at = end
    return talk


def clock(ms: int, mark: str = ".", *, hours: bool = True) -> str:
    seconds, rest = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    if not hours and minutes < 60:
        return f"{minutes:02}:{seconds:02}{mark}{rest:03}"
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}{mark}{rest:03}"


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def seconds_only(ms: int) -> str:
    minutes, seconds = divmod(ms // 1000, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}" if minutes >= 60 else f"{minutes}:{seconds:02}"


def voices_vtt(talk: list[Said]) -> str:
    cues = (
        f"{clock(s.start_ms, hours=False)} --> {clock(s.end_ms)} align:start\n<v.loud {escaped(s.speaker)}>"
        + "\n".join(map(escaped, s.lines))
        + "</v>\n"
        for s in talk
    )
    return "WEBVTT - a title\n\nNOTE\nnot spoken\n\n" + "\n".join(cues)


def labelled_srt(talk: list[Said]) -> str:
    cues = (
        f"{n}\n{clock(s.start_ms, ',')} --> {clock(s.end_ms, ',')}\n{s.speaker}: " + "\n".join(s.lines) + "\n"
        for n, s in enumerate(talk, 1)
    )
    return "\ufeff" + "\n".join(cues).replace("\n", "\r\n")


def bracketed_srt(talk: list[Said]) -> str:
    """Without blank lines between the cues, and with a blank one inside of each."""
    cues = (
        f"{n}\n{clock(s.start_ms, ',')} -> {clock(s.end_ms, ',')}\n[{s.speaker}]: " + "\n \n".join(s.lines)
        for n, s in enumerate(talk, 1)
    )
    return "\n".join(cues) + "\n"


def identified_vtt(talk: list[Said]) -> str:
    cues = (
        f'{n} "{s.speaker}" ({n}123)\n{clock(s.start_ms)} --> {clock(s.end_ms)}\n' + "\n".join(map(escaped, s.lines))
        for n, s in enumerate(talk, 1)
    )
    return "WEBVTT\n\n" + "\n\n".join(cues)


def timed_lines(talk: list[Said]) -> str:
    return "\n".join(f"[{clock(s.start_ms)} - {clock(s.end_ms)}] {s.speaker}: {s.text}" for s in talk)


def otter(talk: list[Said]) -> str:
    said = "\n\n".join(f"{s.speaker}  {seconds_only(s.start_ms)}  \n" + "\n".join(s.lines) for s in talk)
    return f"{said}\n\nTranscribed by https://otter.ai\n"


def zoom(talk: list[Said]) -> str:
    first = 10 * 3_600_000
    return "\n\n".join(f"[{s.speaker}] {clock(first + s.start_ms)[:8]}\n" + "\n".join(s.lines) for s in talk)


def teams(talk: list[Said]) -> str:
    said = []
    for s in talk:
        minutes, seconds = divmod(s.start_ms // 1000, 60)
        spelled = f"{minutes} minutes {seconds} seconds"
        said.append(f"{s.speaker}\n{spelled}{seconds_only(s.start_ms)}\n{s.speaker} {spelled}\n" + "\n".join(s.lines))
    return "\n\n".join(said)


def meet(talk: list[Said]) -> str:
    said = "\n".join(f"{s.speaker}: {s.text}" for s in talk)
    head = "Sync (2026-11-30)\nAttendees\n" + ", ".join({s.speaker for s in talk}) + "\nTranscript\n\n"
    return f"{head}00:00:00\n\n{said}\n\nTranscription ended after 01:42:11\n"


def labelled_text(talk: list[Said]) -> str:
    return "\n\n".join(f"{s.speaker}：" + "\n".join(s.lines) for s in talk)


LAYOUTS = {
    "voices.vtt": (voices_vtt, 1),
    "labelled.srt": (labelled_srt, 1),
    "bracketed.srt": (bracketed_srt, 1),
    "identified.vtt": (identified_vtt, 1),
    "timed.txt": (timed_lines, 1),
    "otter.txt": (otter, 1000),
    "zoom.txt": (zoom, 1000),
    "teams.txt": (teams, 1000),
    "meet.txt": (meet, None),
    "labelled.txt": (labelled_text, None),
}
"""Each layout, and to how many milliseconds it gives its times; None where it gives none to a single utterance."""


def runs(spoken: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What is said by one speaker after the other, however it is divided."""
    joined: list[tuple[str, str]] = []
    for speaker, text in spoken:
        if joined and joined[-1][0] == speaker:
            joined[-1] = (speaker, f"{joined[-1][1]} {text}")
        else:
            joined.append((speaker, text))
    return joined


@pytest.mark.parametrize("name", LAYOUTS)
@settings(max_examples=60)
@given(talk=meetings())
def test_every_line_of_every_layout_is_in_one_utterance_of_its_speaker(name: str, talk: list[Said]) -> None:
    write, exact_ms = LAYOUTS[name]
    transcript = read_transcript(write(talk).encode(), filename="any name", language="en")
    assert runs([(u.speaker, u.text) for u in transcript.utterances]) == runs([(s.speaker, s.text) for s in talk])
    if exact_ms is None:
        return
    begun = {(s.start_ms - (talk[0].start_ms if name == "zoom.txt" else 0)) // exact_ms for s in talk}
    pieces = [piece for u in transcript.utterances for piece in (u, *u.words)]
    starts = {piece.start_ms // exact_ms for piece in pieces if piece.start_ms is not None}
    if name == "zoom.txt":  # whole seconds of a clock, counted from the first
        begun = {s.start_ms // 1000 - talk[0].start_ms // 1000 for s in talk}
    assert starts == begun


_FRAGMENTS = st.one_of(
    st.sampled_from(
        [
            "WEBVTT", "NOTE x", "STYLE", "1", "42", "00:01.000 --> 00:02.000", "00:00:03,5 -> 0:0:4", "soon --> later",
            "9f1b1c1e-7a51-4d2b/13-0", "Dana: yes", "[Dana] 10:02:33", "Oleh Bondar  0:12", "<v Dana>hi</v>", "<v ->",
            "- one", "— two", ">> NAME: three", "", " ", "0:03", "0 minutes 3 seconds", "[00:05] x", "Transcript",
            "<b>bold", "{\\an8}", "&amp;", "Dana:", "(speaker 0) go", "&lt;v x&gt;", "00:00:05 - 00:00:06", "five.",
        ]
    ),
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=20),
)  # fmt: skip


@settings(max_examples=300)
@given(lines=st.lists(_FRAGMENTS, max_size=12), name=st.sampled_from(["m.vtt", "m.srt", "m.txt", "m"]))
def test_no_mixture_of_lines_invents_a_word_or_breaks_the_reader(lines: list[str], name: str) -> None:
    try:
        transcript = read_transcript("\n".join(lines).encode(), filename=name, language="en")
    except Unprocessable:
        return
    written = re.sub(r"[^\w]", "", "".join(lines)) + re.sub(r"[^\w]", "", unescaped("".join(lines)))
    for utterance in transcript.utterances:
        for word in re.findall(r"\w+", utterance.text):
            assert word in written
        assert utterance.start_ms is None or utterance.start_ms <= (utterance.end_ms or 0)
    assert_times_go_forwards(transcript)


def assert_times_go_forwards(transcript: Transcript) -> None:
    starts = [u.start_ms for u in transcript.utterances if u.start_ms is not None]
    assert starts == sorted(starts)
