"""An utterance as the pieces that its silences part, where an engine writes no punctuation."""

from __future__ import annotations

from itertools import pairwise

from aam.language.tokens import tokens_of
from aam.transcription.schemas import Utterance

# An engine that writes no punctuation leaves only silence to tell sentences apart.
_PAUSE_MS = 450


def pieces_of(utterance: Utterance) -> list[str]:
    """Return the whole text, or without punctuation the pieces between pauses."""
    bounds = [0, *_pauses(utterance), len(utterance.text)]
    pieces = [utterance.text[start:end].strip() for start, end in pairwise(bounds)]
    return [piece for piece in pieces if tokens_of(piece)]


def _pauses(utterance: Utterance) -> list[int]:
    """Return where pieces begin, after the first."""
    text = utterance.text
    if not utterance.words or any(mark in text for mark in ".!?…"):
        return []
    tokens = tokens_of(text)
    spoken = [(token.norm, word) for word in utterance.words for token in tokens_of(word.text)]
    if [norm for norm, _ in spoken] != [token.norm for token in tokens]:
        return []
    return [
        tokens[n].start for n in range(1, len(spoken)) if spoken[n][1].start_ms - spoken[n - 1][1].end_ms >= _PAUSE_MS
    ]
