"""Read the reply of a server that speaks /v1/audio/transcriptions, whatever of the published form it leaves out.

Servers differ (seen in their issues): words stand at the top, within segments, or nowhere; segments may be missing or
empty; times may be null, or nanoseconds; language is a code or an English name, or missing.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, ConfigDict, Field, ValidationError

from aam.foundation.errors import AppError
from aam.foundation.schemas import IfPlausible, Storable, Value
from aam.transcription.errors import EngineReplyForeign
from aam.transcription.schemas import Word
from aam.transcription.whisper.languages import code_of_name
from aam.transcription.windows import Window

Timed = Literal["word", "segment", "piece"]
"""How fine the times of a reply are."""

LATE_S = 2.0
"""How far times may lie behind the end of their piece: models round, and pad the last words."""
BACK_S: Mapping[Timed, float] = {"word": 0.5, "segment": 1.0, "piece": 0.0}
"""How far a time may lie before the one before it: segments may overlap a little."""
COVERED = 0.8
"""Times of words or segments are taken if they have at least this share of the text's letters."""
NANOSECONDS = 1e6
"""Times so many times longer than their piece are no seconds."""


class EngineTimesNotSeconds(AppError):
    """The server counts times in another unit than seconds."""

    code: ClassVar[str] = "engine_times_not_seconds"
    http_status: ClassVar[int] = 502
    sentence: ClassVar[str] = (
        "The speech server counts times in nanoseconds instead of seconds; an operator has to update that server, or "
        "choose another engine."
    )


class _Loose(Value):
    model_config = ConfigDict(extra="ignore")


_Time = Annotated[float | None, IfPlausible]
_Text = Annotated[Storable, Field(max_length=1_000_000), BeforeValidator(lambda text: "" if text is None else text)]


class _Word(_Loose):
    word: _Text = ""
    text: _Text = ""
    start: _Time = None
    end: _Time = None
    probability: Annotated[float | None, Field(ge=0, le=1), IfPlausible] = None


class _Segment(_Loose):
    text: _Text = ""
    start: _Time = None
    end: _Time = None
    speaker: Annotated[Storable | None, Field(max_length=200), IfPlausible] = None
    words: Annotated[tuple[_Word, ...] | None, IfPlausible] = None


class _Reply(_Loose):
    text: _Text = ""
    language: Annotated[str | None, IfPlausible] = None
    words: Annotated[tuple[_Word, ...] | None, IfPlausible] = None
    segments: Annotated[tuple[_Segment, ...] | None, IfPlausible] = None


class Said(Value):
    """Words of one speaker in a row; ``speaker`` is the server's label, None where it tells none."""

    speaker: str | None
    words: tuple[Word, ...]


class HeardPiece(Value):
    """A piece's speech, times in milliseconds from the start of the recording; stored as one JSON object.

    ``timed`` says how fine the times are.  ``own_server`` is one other than OpenAI's.
    """

    window: Window
    said: tuple[Said, ...] = ()
    language: str | None = None
    timed: Timed = "word"
    model: str = ""
    own_server: bool = False


def read_reply(body: bytes, *, window: Window, start_ms: int, end_ms: int) -> HeardPiece:
    """Return a piece's speech; ``start_ms`` to ``end_ms`` is the sound that was sent.

    Raises EngineReplyForeign for what is no reply of this form or has impossible times, EngineTimesNotSeconds.
    """
    try:
        reply = _Reply.model_validate_json(body)
    except ValidationError:
        raise EngineReplyForeign from None
    if not {"text", "segments", "words"} & reply.model_fields_set:
        raise EngineReplyForeign
    seconds = (end_ms - start_ms) / 1000
    parts, timed = _timed_parts(reply)
    _check(parts, seconds, back_s=BACK_S[timed])
    said: list[Said] = []
    floor = 0.0
    for text, start, end, confidence, speaker in parts:
        floor = min(seconds, max(floor, start))  # a small step back is clipped
        word = Word(
            text=text,
            start_ms=start_ms + round(floor * 1000),
            end_ms=start_ms + round(min(seconds, max(floor, end)) * 1000),
            confidence=confidence,
        )
        if said and said[-1].speaker == speaker:
            said[-1] = said[-1].model_copy(update={"words": (*said[-1].words, word)})
        else:
            said.append(Said(speaker=speaker, words=(word,)))
    text = reply.text.strip() or " ".join(segment.text.strip() for segment in reply.segments or ()).strip()
    if not parts and text:
        whole = Word(text=text, start_ms=start_ms, end_ms=end_ms)
        said, timed = [Said(speaker=None, words=(whole,))], "piece"
    return HeardPiece(window=window, said=tuple(said), language=code_of_name(reply.language or ""), timed=timed)


_Part = tuple[str, float, float, float | None, str | None]


def _timed_parts(reply: _Reply) -> tuple[list[_Part], Timed]:
    """Return text with times, as fine as the reply has them: words, else segments, else nothing.

    Finer times that lack much of the text are not taken: no spoken word is lost for them.
    """
    segments = reply.segments or ()
    told_apart = any(segment.speaker for segment in segments)
    top = [] if told_apart else list(_usable([(word, None) for word in reply.words or ()]))
    inside = list(_usable([(word, segment.speaker) for segment in segments for word in segment.words or ()]))
    whole: list[_Part] = [
        (segment.text.strip(), segment.start, segment.end, None, segment.speaker)
        for segment in segments
        if segment.text.strip() and segment.start is not None and segment.end is not None
    ]
    said = reply.text.strip() or " ".join(segment.text for segment in segments)
    found: tuple[tuple[list[_Part], Timed], ...] = ((top, "word"), (inside, "word"), (whole, "segment"))
    for parts, timed in found:
        if parts and _letters(" ".join(text for text, *_ in parts)) >= COVERED * _letters(said):
            return (_with_marks(parts, said) if parts is top else parts), timed
    return [], "piece"


def _with_marks(words: list[_Part], said: str) -> list[_Part]:
    """Return words in the spelling of the text, which has case and marks where words have none.

    A part of the text between spaces takes as many words as spell it; words that do not spell the text stay.
    """
    marked: list[_Part] = []
    left = iter(words)
    for part in said.split():
        wanted, spelled, taken = _plain(part), "", list[_Part]()
        while len(spelled) < len(wanted):
            word = next(left, None)
            if word is None:
                return words
            taken.append(word)
            spelled += _plain(word[0])
        if spelled != wanted:
            return words
        if taken:
            marked.append((part, taken[0][1], taken[-1][2], taken[0][3], None))
        elif marked:
            before = marked[-1]
            marked[-1] = (f"{before[0]} {part}", *before[1:])
    return marked if next(left, None) is None else words


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _letters(text: str) -> int:
    return len(_plain(text))


def _usable(words: Sequence[tuple[_Word, str | None]]) -> Iterator[_Part]:
    for word, speaker in words:
        text = (word.word or word.text).strip()
        if text and word.start is not None and word.end is not None:
            yield text, word.start, word.end, word.probability, speaker


def _check(parts: Sequence[_Part], seconds: float, *, back_s: float) -> None:
    """Raise unless all times are finite, in order, and within the piece."""
    times = [time for _, start, end, _, _ in parts for time in (start, end)]
    if any(math.isfinite(time) and time > max(seconds, 1.0) * NANOSECONDS for time in times):
        raise EngineTimesNotSeconds
    if any(not math.isfinite(time) or not -LATE_S <= time <= seconds + LATE_S for time in times):
        raise EngineReplyForeign
    starts = [start for _, start, _, _, _ in parts]
    if any(after < before - back_s for before, after in itertools.pairwise(starts)):
        raise EngineReplyForeign
