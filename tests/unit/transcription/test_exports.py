from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aam.transcription.errors import NoTiming
from aam.transcription.exports import to_srt, to_txt, to_vtt
from aam.transcription.imports import read_transcript
from aam.transcription.imports.markup import is_music
from aam.transcription.schemas import Transcript, Utterance

_TRAPS = [
    "-->",
    "<b>",
    "&amp;",
    "&",
    "<v Anna>",
    "\n\n",
    "NOTE",
    "WEBVTT",
    "\u2028",
    "1\n00:01.000 --> 00:02.000\n",
]
_TRAPS += ["Anna: ", "{\\an8}", "&#60;", "й", "’", "\u200b", "Note: not a name", "\x85", "12:30 ok", "\ufeff"]
_WORDS = st.one_of(
    st.sampled_from(_TRAPS),
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=12),
)
_TEXTS = st.lists(_WORDS, min_size=1, max_size=6).map(" ".join).filter(lambda t: t.split() and not is_music(t))
_SPEAKERS = st.sampled_from(["Anna", "О. Петренко", "Speaker 2", "anna", "<b>", "", "A: B", "Ім'я -->", "x" * 200])


@st.composite
def transcripts(draw: st.DrawFn) -> Transcript:
    spoken = draw(st.lists(st.tuples(_SPEAKERS, _TEXTS), min_size=1, max_size=5))
    return Transcript(
        language="en",
        engine="test",
        model="m",
        version="1",
        utterances=tuple(
            # A pause lies between any two: without one, an import joins what a speaker goes on to say.
            Utterance(id=n, speaker=speaker, start_ms=n * 9000, end_ms=n * 9000 + 999, text=text)
            for n, (speaker, text) in enumerate(spoken, 1)
        ),
    )


@pytest.mark.parametrize(("export", "name"), [(to_vtt, "m.vtt"), (to_srt, "m.srt"), (to_txt, "m.txt")])
@given(transcript=transcripts())
def test_what_was_exported_imports_with_the_same_texts(
    export: Callable[[Transcript], str], name: str, transcript: Transcript
) -> None:
    back = read_transcript(export(transcript).encode(), filename=name, language="en")
    assert [u.text for u in back.utterances] == [" ".join(u.text.split()) for u in transcript.utterances]
    if name != "m.txt":
        assert [(u.start_ms, u.end_ms) for u in back.utterances] == [
            (u.start_ms, u.end_ms) for u in transcript.utterances
        ]
    names = zip(transcript.utterances, back.utterances, strict=True)
    assert all(after.speaker == before.speaker for before, after in names if before.speaker in ("Anna", "Speaker 2"))


def test_the_three_formats_as_they_look() -> None:
    utterance = Utterance(id=1, speaker="Anna", start_ms=3_723_004, end_ms=3_724_000, text="a < b & c\n\n--> d")
    transcript = Transcript(language="en", engine="e", model="m", version="1", utterances=(utterance,))
    assert to_vtt(transcript) == ("WEBVTT\n\n1\n01:02:03.004 --> 01:02:04.000\n<v Anna>a &lt; b &amp; c --&gt; d\n")
    assert to_srt(transcript) == "1\n01:02:03,004 --> 01:02:04,000\nAnna: a &lt; b &amp; c --&gt; d\n"
    assert to_txt(transcript) == "Anna: a < b & c --> d\n"


@pytest.mark.parametrize("export", [to_vtt, to_srt])
def test_without_times_there_are_no_subtitles(export: Callable[[Transcript], str]) -> None:
    plain = read_transcript(b"Anna: hello", filename="m.txt", language="en")
    with pytest.raises(NoTiming):
        export(plain)
    assert to_txt(plain) == "Anna: hello\n"
