"""A transcript as sentences that stand in it letter by letter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from aam.evidence.locate import MIN_WORDS
from aam.evidence.support import Facts
from aam.language.tokens import tokens_of, word_count
from aam.transcription.schemas import Transcript, Utterance

_END = re.compile(r"(?<=[.!?…])[\"'»”’)]*\s+")
# An engine that writes no punctuation leaves only silence to tell sentences apart.
_PAUSE_MS = 450


@dataclass(frozen=True)
class Sentence:
    """A sentence, the utterance that it stands in, and its facts."""

    utterance_id: int
    number: int
    text: str

    @cached_property
    def facts(self) -> Facts:
        """Its tokens, numbers and dates."""
        return Facts(self.text)


def sentences_of(transcript: Transcript) -> list[Sentence]:
    """All sentences in order; one too short to be quoted is joined to its neighbour, or stands alone."""
    found: list[Sentence] = []
    for utterance in transcript.utterances:
        for start, end in _quotable(utterance.text, _cuts(utterance)):
            found.append(Sentence(utterance.id, len(found), utterance.text[start:end].strip()))
    return found


def _cuts(utterance: Utterance) -> list[int]:
    """Where sentences begin, after the first."""
    text = utterance.text
    if any(mark in text for mark in ".!?…"):
        return [match.end() for match in _END.finditer(text)]
    tokens = tokens_of(text)
    spoken = [(token.norm, word) for word in utterance.words for token in tokens_of(word.text)]
    if [norm for norm, _ in spoken] != [token.norm for token in tokens]:
        return []
    return [
        tokens[n].start for n in range(1, len(spoken)) if spoken[n][1].start_ms - spoken[n - 1][1].end_ms >= _PAUSE_MS
    ]


def _quotable(text: str, cuts: Sequence[int]) -> list[tuple[int, int]]:
    bounds = [0, *cuts, len(text)]
    pieces: list[tuple[int, int]] = []
    words_before = 0  # of the last piece: counted again at each join, a long monologue would take hours
    for start, end in pairwise(bounds):
        words = word_count(text[start:end])
        if pieces and (words < MIN_WORDS or words_before < MIN_WORDS):
            pieces[-1] = (pieces[-1][0], end)
            words_before += words
        else:
            pieces.append((start, end))
            words_before = words
    return [(start, end) for start, end in pieces if tokens_of(text[start:end])]
