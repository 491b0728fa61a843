"""Find the speaker of each cue: by voice tags, identifiers or layout, else by the labels that the file uses as names.

Decided for the file as a whole: a label that recurs, or is a participant, is a name in any shape; one that stands once
is a name only where the file labels its speakers and the label has the shape of a name and is no topic.  In a file
whose voices are named otherwise, no prefix is a speaker.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from aam.transcription.imports.cues import Cue, Line, Turn
from aam.transcription.imports.labels import (
    Prefix,
    cleaned,
    is_topic,
    known_name,
    name_shaped,
    names_nobody,
    names_voice,
    participates,
    plausible,
    prefix_of,
    sentence_like,
    words_in,
)

_WEBEX = re.compile(r'\d{1,9}\s*"([^"]{1,200})"(?:\s*\(\d{1,20}\))?')
_DASH = re.compile(r"[-‐–—―]\s*(?=[^\W\d_]|[>\[(«\"“'¿¡])")
_TURN = re.compile(r">{2,3}\s*")
_INNER_TURN = re.compile(r"(?<=[.!?…\"”»\])])\s+>{2,3}\s+")


def speaker_in_identifier(identifier: str) -> str | None:
    """Return the speaker that a cue's identifier names; Webex writes ``1 "Name" (id)``."""
    webex = _WEBEX.fullmatch(identifier)
    if webex:
        return cleaned(webex.group(1)) or None
    label = cleaned(identifier.rstrip(":"))
    if label.isdigit() or not plausible(label) or is_topic(label):
        return None
    if names_voice(label) or (name_shaped(label) and not any(c.isdigit() for c in label)):
        return label
    return None


def turns_of(cues: Sequence[Cue], *, participants: Sequence[str] = ()) -> list[Turn]:
    """Return the turns of each voice, cue by cue; every word is in exactly one turn, but for labels and marks."""
    named = any(cue.speaker for cue in cues) or any(line.voice is not None for cue in cues for line in cue.lines)
    names = frozenset() if named else accepted_labels(cues, participants=participants)
    return list(_Reader(names, dialogue=_is_dialogue(cues, labelled=bool(names)), tagged=named).turns(cues))


def _is_dialogue(cues: Sequence[Cue], *, labelled: bool) -> bool:
    """Return whether dashes open turns here; in a text without times they may also be one speaker's list."""
    if cues and cues[0].start_ms is None:
        opened = sum(_dashes(cue) for cue in cues)
        return not labelled and opened > 1 and opened * 2 >= sum(len(cue.lines) for cue in cues)
    return any(_dashes(cue) > 1 for cue in cues)


def accepted_labels(cues: Sequence[Cue], *, participants: Sequence[str] = ()) -> frozenset[str]:
    """Return the labels that the file uses as names of speakers."""
    prefixes = [found for cue in cues for line in cue.lines if (found := _prefix(line.text))]
    if prefixes and not prefixes[-1].rest and _prefix(cues[-1].lines[-1].text) == prefixes[-1]:
        prefixes.pop()  # nothing follows it
    known = [frozenset(words_in(name)) for name in participants]
    counts = Counter(words_in(prefix.label) for prefix in prefixes)
    labels = {prefix.label: prefix for prefix in reversed(prefixes)}
    sure = {
        label
        for label, prefix in labels.items()
        if participates(label, known)
        or names_voice(label)
        or (not prefix.colon and known_name(label) and name_shaped(label))
        or (prefix.colon and not is_topic(label) and (_recurs(label, counts) or (prefix.firm and name_shaped(label))))
    }
    likely = {
        label
        for label, prefix in labels.items()
        if label not in sure and prefix.colon and name_shaped(label) and not is_topic(label)
    }
    return frozenset(sure | likely if sure or _labels_throughout(cues, likely) else sure)


def _recurs(label: str, counts: Counter[tuple[str, ...]]) -> bool:
    return counts[words_in(label)] > 1 and (name_shaped(label) or not sentence_like(label))


def _labels_throughout(cues: Sequence[Cue], likely: set[str]) -> bool:
    """Return whether labels that stand once each name the file's speakers: the first cue has one, or a known name."""
    if not likely:
        return False
    first = _prefix(cues[0].lines[0].text)
    return (first is not None and first.label in likely) or any(known_name(label) for label in likely)


def _prefix(text: str) -> Prefix | None:
    marked = _TURN.match(text) or _DASH.match(text)
    return prefix_of(text[marked.end() :], marked=marked is not None and text[0] == ">") if marked else prefix_of(text)


def _dashes(cue: Cue) -> int:
    return sum(1 for line in cue.lines if _DASH.match(line.text))


class _Reader:
    """Reads turns cue by cue; a speaker stays until another is named or a mark begins an unknown voice."""

    def __init__(self, names: frozenset[str], *, dialogue: bool, tagged: bool) -> None:
        self._names, self._dialogue, self._tagged = names, dialogue, tagged
        self._speaker: str | None = None

    def turns(self, cues: Iterable[Cue]) -> Iterator[Turn]:
        for cue in cues:
            yield from self._of(cue)

    def _of(self, cue: Cue) -> Iterator[Turn]:
        said: list[_Part] = []
        voice = _named(cue.speaker) if self._tagged else self._speaker
        for line in cue.lines:
            for part in self._parts(line, voice):
                if said and (part.opens or part.labelled or part.speaker != voice):
                    yield _turn(cue, said)
                    said = []
                said.append(part)
                voice = part.speaker
        if said:
            yield _turn(cue, said)
        self._speaker = voice

    def _parts(self, line: Line, voice: str | None) -> Iterator[_Part]:
        """Yield the parts of a line, each of one voice."""
        if line.voice is not None:
            voice = _named(line.voice)
        if self._tagged:
            yield _Part(line.text, voice)
            return
        for number, piece in enumerate(_INNER_TURN.split(line.text)):
            said, opens = piece, number > 0
            mark = _TURN.match(said)
            if mark is None and self._dialogue:
                mark = _DASH.match(said)
            if mark is not None:
                said, opens = said[mark.end() :], True
            if opens:
                voice = None
            found = prefix_of(said) if self._names else None
            labelled = found is not None and found.label in self._names
            if found is not None and labelled:
                voice, said = _named(found.label), found.rest
            yield _Part(said, voice, opens=opens, labelled=labelled)


@dataclass(frozen=True)
class _Part:
    """Part of a line without a change of voice; ``opens`` where a mark begins a new turn."""

    text: str
    speaker: str | None
    opens: bool = False
    labelled: bool = False


def _named(label: str | None) -> str | None:
    """Return the name of a voice; None where its label means only that it is unknown."""
    return label if label and not names_nobody(label) else None


def _turn(cue: Cue, said: Sequence[_Part]) -> Turn:
    return Turn(
        cue.number,
        said[0].speaker,
        cue.start_ms,
        cue.end_ms,
        " ".join(part.text for part in said if part.text),
        begins=said[0].opens,
        labelled=said[0].labelled,
    )
