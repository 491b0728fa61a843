"""Names that stand alone on the first line of a cue, above what is said, as Teams writes them in its documents.

Ordinary subtitles of two lines look alike, so the file as a whole decides: nearly each cue opens with one of a few such
lines, or the line is a participant's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from aam.transcription.imports.cues import Cue
from aam.transcription.imports.labels import (
    cleaned,
    is_topic,
    known_name,
    name_shaped,
    names_voice,
    participates,
    plausible,
    sentence_like,
    words_in,
)
from aam.transcription.imports.speakers import accepted_labels

_WORDS_MAX = 5
_NEARLY_EACH = 0.8
_ENDS_SPEECH = frozenset(".,;:!?…-–—")
_INITIAL_MAX = 3


def with_speakers_of_name_lines(cues: Sequence[Cue], *, participants: Sequence[str] = ()) -> list[Cue]:
    """Return the cues with their first lines as speakers where the file writes names so; else the cues as they are.

    A cue without such a line is said by the speaker before it.
    """
    if any(cue.speaker or any(line.voice is not None for line in cue.lines) for cue in cues):
        return list(cues)
    names = _names(cues, participants)
    return list(_named(cues, names)) if names else list(cues)


def _named(cues: Sequence[Cue], names: frozenset[str]) -> Iterator[Cue]:
    speaker: str | None = None
    for cue in cues:
        label = cleaned(cue.lines[0].text)
        if label in names:
            speaker = label
            if len(cue.lines) > 1:
                yield replace(cue, lines=cue.lines[1:], speaker=speaker)
        else:
            yield replace(cue, speaker=speaker)


def _names(cues: Sequence[Cue], participants: Sequence[str]) -> frozenset[str]:
    """Return the first lines that are names."""
    opening: dict[str, list[Cue]] = {}
    for cue in cues:
        if len(cue.lines) > 1 and (label := _label(cue.lines[0].text)):
            opening.setdefault(label, []).append(cue)
    known = [frozenset(words_in(name)) for name in participants]
    invited = {label for label in opening if participates(label, known)}
    counts = {
        label: len(below)
        for label, below in opening.items()
        if label in invited or _is_sure(label) or (_may_be_name(label, len(below)) and all(map(_opens_speech, below)))
    }
    opened = sum(counts.values())
    recurring = sum(count for count in counts.values() if count > 1)
    if opened >= _NEARLY_EACH * len(cues) and opened > 1 and (recurring * 2 >= opened or _all_known(counts)):
        return frozenset(counts)
    if accepted_labels(cues, participants=participants):
        return frozenset()  # the file labels its speakers otherwise
    return frozenset(label for label in invited if all(map(_opens_speech, opening[label])))


def _is_sure(label: str) -> bool:
    """Return whether a label is more than a word that may open a sentence: a full, given or account name."""
    if names_voice(label):
        return True
    if is_topic(label) or sentence_like(label):
        return False
    one_word = len(label.split()) == 1
    account = one_word and any(c in "._@" or c.isdigit() for c in label)
    return account or (name_shaped(label) and (known_name(label) or not one_word))


def _may_be_name(label: str, count: int) -> bool:
    return not is_topic(label) and (name_shaped(label) or (count > 1 and not sentence_like(label)))


def _label(text: str) -> str | None:
    """Return the text as a label, or None where it ends like speech or is too long."""
    label = cleaned(text)
    words = label.split()
    if names_voice(label):
        return label
    if not plausible(label) or len(words) > _WORDS_MAX or not any(c.isalpha() for c in label):
        return None
    is_initial = label[-1] == "." and len(words) > 1 and len(words[-1]) <= _INITIAL_MAX
    return None if label[-1] in _ENDS_SPEECH and not is_initial else label


def _all_known(labels: Iterable[str]) -> bool:
    """Return whether each label is a full name with a given name that is nothing else."""
    return all(known_name(label) and len(words_in(label)) > 1 for label in labels)


def _opens_speech(cue: Cue) -> bool:
    """Return whether the second line does not continue the first: "Dana" above "said so" is a subject."""
    return not cue.lines[1].text[:1].islower()
