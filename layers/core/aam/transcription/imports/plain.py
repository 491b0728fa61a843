"""Plain text: no times, one utterance a paragraph or a line."""

from __future__ import annotations

import re

from aam.transcription.errors import TooManyCues
from aam.transcription.imports.cues import Cue, one_line, split_speaker

_LINES = re.compile(r"\r\n|\r|\n")


def read_plain(text: str, *, limit: int) -> list[Cue]:
    """Read plain text; a blank line or a ``Name:`` prefix begins an utterance.

    In a file without blank lines every line is one.  A speaker stays until another is named.
    """
    lines = [one_line(line) for line in _LINES.split(text.strip())]
    paragraphs = "" in lines
    cues: list[Cue] = []
    parts: list[str] = []
    speaker: str | None = None

    def close() -> None:
        if parts:
            cues.append(Cue(len(cues) + 1, speaker, None, None, " ".join(parts)))
            parts.clear()
        if len(cues) > limit:
            raise TooManyCues

    for line in lines:
        if not line:
            close()
            continue
        named, said = split_speaker(line)
        if named or not paragraphs:
            close()
        speaker = named or speaker
        parts.append(said)
    close()
    return cues
