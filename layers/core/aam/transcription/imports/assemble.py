"""From cues in any order to the utterances of the canonical transcript."""

from __future__ import annotations

from itertools import pairwise

from aam.transcription.imports.cues import DEFAULT_SPEAKER, Cue
from aam.transcription.schemas import Transcript, Utterance


def assemble(cues: list[Cue], *, language: str, model: str, notes: list[str]) -> Transcript:
    """Order the cues by time, mend overlaps of one speaker with himself, and number them."""
    ordered = sorted(cues, key=lambda cue: cue.start_ms or 0)
    if ordered != cues:
        notes.append("The cues were not in the order of time; they were sorted.")
    mended, overlaps = _without_overlaps(ordered)
    if overlaps:
        notes.append(f"{overlaps} cues overlapped the next; where both were one speaker's, the first was shortened.")
    return Transcript(
        language=language,
        engine="import",
        model=model,
        version="1",
        notes=tuple(notes),
        utterances=tuple(
            Utterance(
                id=number,
                speaker=cue.speaker or DEFAULT_SPEAKER,
                start_ms=cue.start_ms,
                end_ms=end_ms,
                text=cue.text,
            )
            for number, (cue, end_ms) in enumerate(mended, 1)
        ),
    )


def _without_overlaps(cues: list[Cue]) -> tuple[list[tuple[Cue, int | None]], int]:
    mended: list[tuple[Cue, int | None]] = []
    overlaps = 0
    for cue, after in pairwise(cues):
        end = cue.end_ms
        # Two voices of one cue share its times and are no overlap.
        if end is not None and after.start_ms is not None and end > after.start_ms and cue.number != after.number:
            overlaps += 1
            if cue.speaker == after.speaker:
                end = after.start_ms
        mended.append((cue, end))
    mended.append((cues[-1], cues[-1].end_ms))
    return mended, overlaps
