"""Put the windows of an offline engine together to the canonical transcript."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from aam.foundation.errors import Unprocessable
from aam.transcription.draft_notes import DraftNote, draft_sentence
from aam.transcription.schemas import Transcript, Utterance, Word
from aam.transcription.windows import Hearing, RecognisedWindow

PAUSE_MS = 700
"""A silence this long within a channel ends an utterance."""
LONGEST_UTTERANCE_MS = 30_000
"""Past it the next pause of `BREATH_MS` ends the utterance."""
BREATH_MS = 200
COVERED = 0.8
"""A draft whose words cover less of the speech says so."""

_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’»)\]]*$")
_ABBREVIATIONS = frozenset(
    {"mr.", "mrs.", "ms.", "dr.", "st.", "vs.", "e.g.", "i.e.", "г.", "ул.", "им.", "стр.", "вул.", "ім.", "т.", "п."}
)


@dataclass(frozen=True)
class Turn:
    """Words of one speaker that make an utterance."""

    speaker: str
    channel: int | None
    words: tuple[Word, ...]


class NoWordsRecognised(Unprocessable):
    """The engine heard no word in the whole recording."""

    code: ClassVar[str] = "no_words_recognised"
    sentence: ClassVar[str] = (
        "No words were recognised in this recording; check that speech can be heard in it and that its language is "
        "right, or bring its transcript as .vtt, .srt, .json or .txt."
    )


def assemble(windows: Iterable[RecognisedWindow], *, engine: str, model: str, language: str, label: str) -> Transcript:
    """Return the canonical transcript of all windows; raises `NoWordsRecognised` when they hold no word.

    Pauses and sentences end utterances, channels are merged by time, and channel n speaks as "Speaker n + 1".
    """
    by_channel: dict[int | None, list[Word]] = {}
    heard: list[Hearing] = []
    version = ""
    for recognised in sorted(windows, key=lambda r: r.window.start_ms):
        version = recognised.engine_version
        by_channel.setdefault(recognised.window.channel, []).extend(recognised.words)
        heard += [recognised.hearing] if recognised.hearing else []
    turns = sorted(
        (
            Turn(speaker=f"Speaker {(channel or 0) + 1}", channel=channel, words=tuple(words))
            for channel, said in by_channel.items()
            for words in parted(said)
        ),
        key=lambda turn: (turn.words[0].start_ms, turn.channel or 0),
    )
    if not turns:
        raise NoWordsRecognised
    return Transcript(
        language=language,
        engine=engine,
        model=model,
        version=version,
        label=label,
        notes=_notes(heard, channels=len(by_channel), language=language),
        utterances=numbered(turns),
    )


def numbered(turns: Iterable[Turn]) -> tuple[Utterance, ...]:
    """Return turns, in the order in which they come, as utterances."""
    return tuple(
        Utterance(
            id=number,
            speaker=turn.speaker,
            channel=turn.channel,
            start_ms=turn.words[0].start_ms,
            end_ms=max(word.end_ms for word in turn.words),
            text=" ".join(word.text for word in turn.words),
            confidence=_mean([word.confidence for word in turn.words if word.confidence is not None]),
            words=turn.words,
        )
        for number, turn in enumerate(turns, start=1)
    )


def spoken_languages(windows: Iterable[RecognisedWindow]) -> tuple[str, ...]:
    """Return the languages of all windows' speech, the most spoken first."""
    total: Counter[str] = Counter()
    for recognised in windows:
        total.update(recognised.hearing.languages if recognised.hearing else {})
    return tuple(language for language, _ in total.most_common())


def _notes(heard: Sequence[Hearing], *, channels: int, language: str) -> tuple[str, ...]:
    """Return what a reader must know of a draft whose engine told what it heard."""
    if not heard:
        return ()
    speech = sum(hearing.speech_ms for hearing in heard)
    worded = sum(hearing.worded_ms for hearing in heard)
    dropped = sum(hearing.dropped for hearing in heard)
    notes = []
    if worded < COVERED * speech:
        notes.append(
            draft_sentence(DraftNote.COVERAGE, language, worded=round(worded / 1000), speech=round(speech / 1000))
        )
    if dropped:
        notes.append(draft_sentence(DraftNote.DROPPED, language, count=dropped))
    if channels == 1:
        notes.append(draft_sentence(DraftNote.ONE_SPEAKER, language))
    return tuple(notes)


def parted(words: Iterable[Word]) -> list[list[Word]]:
    """Return one speaker's words, parted at pauses and ends of sentences."""
    turns: list[list[Word]] = []
    for word in words:
        if turns and not _parts(turns[-1], word):
            turns[-1].append(word)
        else:
            turns.append([word])
    return turns


def _parts(turn: Sequence[Word], word: Word) -> bool:
    last = turn[-1]
    pause = word.start_ms - last.end_ms
    if pause >= PAUSE_MS or (last.end_ms - turn[0].start_ms > LONGEST_UTTERANCE_MS and pause >= BREATH_MS):
        return True
    ends = _SENTENCE_END.search(last.text) is not None and last.text.casefold() not in _ABBREVIATIONS
    return ends and not word.text[:1].islower()


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 3) if values else None
