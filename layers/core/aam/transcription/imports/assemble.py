"""From turns in any order to the utterances of the canonical transcript."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from aam.transcription.imports.cues import DEFAULT_SPEAKER, Turn
from aam.transcription.imports.note_sentences import Note
from aam.transcription.imports.notes import Notes
from aam.transcription.schemas import IMPORT, Transcript, Utterance, Word

PAUSE_MS = 800
JOINED_MAX = 600
"""Where captions have no full stops, an utterance ends at the first cue beyond so many characters."""

_JITTER_MS = 2000
_WRAPPED_MIN = 40
_ENDS_SENTENCE = re.compile(r"[.!?…。！？؟।։][\"'»”’)\]]*$")
_NUMBERED = re.compile(r"speaker[ _]?(\d{1,6})", re.IGNORECASE)


def assemble(turns: Iterable[Turn], *, language: str, model: str, notes: Notes) -> Transcript:
    """Put the times of the turns right, join what one voice says without a pause, and number the utterances."""
    ordered = _without_overlaps(_in_order(_with_ends(_forwards(turns, notes)), notes), notes)
    spoken = _joined(ordered)
    unknown = _label_of_unknown(spoken)
    return Transcript(
        language=language,
        engine=IMPORT,
        model=model,
        version="2",
        utterances=tuple(_utterance(number, run, unknown) for number, run in enumerate(spoken, 1)),
    )


def _forwards(turns: Iterable[Turn], notes: Notes) -> list[Turn]:
    """Return the turns, none of which ends before it starts."""
    mended: list[Turn] = []
    reversed_cues = set()
    for turn in turns:
        if turn.start_ms is not None and turn.end_ms is not None and turn.end_ms < turn.start_ms:
            reversed_cues.add(turn.cue)
            turn = replace(turn, end_ms=turn.start_ms)
        mended.append(turn)
    notes.add(Note.REVERSED, len(reversed_cues))
    return mended


def _with_ends(turns: Sequence[Turn]) -> list[Turn]:
    """Return the turns with an end each where they have a start: the next later start, or their own."""
    mended: list[Turn] = []
    following: int | None = None
    later: int | None = None
    for turn in reversed(turns):
        if turn.start_ms is not None and turn.start_ms != following:
            later, following = following, turn.start_ms
        if turn.start_ms is not None and turn.end_ms is None:
            turn = replace(turn, end_ms=max(turn.start_ms, later if later is not None else turn.start_ms))
        mended.append(turn)
    return mended[::-1]


def _in_order(turns: list[Turn], notes: Notes) -> list[Turn]:
    """Return the turns by time where the file has them in another order; a single early one keeps its place.

    A file is out of order where several turns running lie clearly before those above them, as when each speaker's cues
    stand apart.  Elsewhere an early start is a slip of the clock, and words never change their order for it.
    """
    latest = 0
    early: list[int] = []
    run = furthest = 0
    for turn in turns:
        start = turn.start_ms
        if start is None:
            continue
        if start < latest:
            early.append(turn.cue)
            run, furthest = run + 1, max(furthest, latest - start)
            if run > 1 and furthest > _JITTER_MS:
                notes.add(Note.SORTED)
                return sorted(turns, key=lambda turn: turn.start_ms or 0)
        else:
            latest, run, furthest = start, 0, 0
    notes.add(Note.BACKWARD, len(set(early)))
    return _from_their_predecessors(turns) if early else turns


def _from_their_predecessors(turns: Sequence[Turn]) -> list[Turn]:
    mended: list[Turn] = []
    latest = 0
    for turn in turns:
        if turn.start_ms is not None:
            latest = max(latest, turn.start_ms)
            turn = replace(turn, start_ms=latest, end_ms=max(latest, turn.end_ms or 0))
        mended.append(turn)
    return mended


def _without_overlaps(turns: list[Turn], notes: Notes) -> list[Turn]:
    """Return the turns with those of one speaker shortened to the start of the next."""
    mended: list[Turn] = []
    overlaps = 0
    for turn, after in pairwise(turns):
        end = turn.end_ms
        # Two voices of one cue share its times and are no overlap.
        if end is not None and after.start_ms is not None and end > after.start_ms and turn.cue != after.cue:
            overlaps += 1
            if turn.speaker == after.speaker:
                turn = replace(turn, end_ms=after.start_ms)
        mended.append(turn)
    notes.add(Note.OVERLAPS, overlaps)
    return mended + turns[-1:]


@dataclass(frozen=True)
class _Run:
    """Turns that are one utterance."""

    turns: tuple[Turn, ...]

    @property
    def speaker(self) -> str | None:
        return self.turns[0].speaker


def _joined(turns: Sequence[Turn]) -> list[_Run]:
    runs: list[list[Turn]] = []
    characters = 0
    for turn in turns:
        if runs and characters < JOINED_MAX and _goes_on(runs[-1][-1], turn):
            runs[-1].append(turn)
            characters += len(turn.text)
        else:
            runs.append([turn])
            characters = len(turn.text)
    return [_Run(tuple(run)) for run in runs]


def _goes_on(turn: Turn, after: Turn) -> bool:
    """Return whether a turn ends in mid-sentence and the next one, by the same voice and without pause, goes on."""
    if after.speaker != turn.speaker or after.begins or _ENDS_SENTENCE.search(turn.text[-8:]):
        return False
    if turn.end_ms is None or after.start_ms is None:
        # Without times only a line that was wrapped goes on.
        wrapped = len(turn.text) >= _WRAPPED_MIN and after.text[:1].islower() and not after.labelled
        return wrapped and turn.end_ms is after.start_ms
    return turn.cue != after.cue and after.start_ms - turn.end_ms < PAUSE_MS


def _label_of_unknown(runs: Sequence[_Run]) -> str:
    """Return the label for voices without a name: the first "Speaker N" that the file does not use."""
    named = {run.speaker for run in runs if run.speaker}
    taken = [int(found.group(1)) for name in named if (found := _NUMBERED.fullmatch(name))]
    return f"Speaker {max(taken) + 1}" if taken else DEFAULT_SPEAKER


def _utterance(number: int, run: _Run, unknown: str) -> Utterance:
    first, last = run.turns[0], run.turns[-1]
    parts = run.turns if len(run.turns) > 1 else ()
    return Utterance(
        id=number,
        speaker=first.speaker or unknown,
        start_ms=first.start_ms,
        end_ms=max((turn.end_ms for turn in run.turns if turn.end_ms is not None), default=last.end_ms),
        text=" ".join(turn.text for turn in run.turns),
        words=tuple(
            Word(text=part.text, start_ms=part.start_ms, end_ms=part.end_ms)
            for part in parts
            if part.start_ms is not None and part.end_ms is not None
        ),
    )
