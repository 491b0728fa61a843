"""Lay speech out in pieces that Whisper can read at once, and find the way back to the recording's time.

Short pauses stay: cut out, they cost words ("должен быть" became "должно быть").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aam.transcription.whisper.voice_activity import STEP, Speech
from aam.transcription.windows import SAMPLE_RATE

LONGEST_S = 28
"""The longest piece in a language that is known; the encoder reads 30 s."""
LONGEST_UNKNOWN_S = 10
"""The longest piece whose language is to be found out: of two languages in one piece one would be lost."""
SHORT_S, NEAR_S = 2, 0.4
"""In a language to be found out, speech shorter than this joins a neighbour that is nearer than this."""
PAUSE_S = 2
"""A longer silence within a piece is left out."""
_SEARCH = 2 / 3
"""A stretch that is too long is cut in its last third, where speech is least likely."""


@dataclass(frozen=True)
class Piece:
    """Stretches of speech that are read together; in samples of the recording."""

    stretches: tuple[tuple[int, int], ...]

    @property
    def sound(self) -> tuple[tuple[int, int], ...]:
        """Return the sound that is read: the stretches, and the short pauses between them."""
        parts = [self.stretches[0]]
        for first, last in self.stretches[1:]:
            if first - parts[-1][1] <= PAUSE_S * SAMPLE_RATE:
                parts[-1] = (parts[-1][0], last)
            else:
                parts.append((first, last))
        return tuple(parts)

    @property
    def samples(self) -> int:
        """Return the number of samples that are read."""
        return sum(last - first for first, last in self.sound)

    @property
    def speech_ms(self) -> int:
        """Return how long speech is."""
        return sum(last - first for first, last in self.stretches) * 1000 // SAMPLE_RATE

    def span_ms(self, start_ms: int, end_ms: int) -> tuple[int, int]:
        """Return the recording's times for times within the piece.

        A word lies in one stretch, the one that holds most of it: what reaches beyond is a pause.
        """
        begin, end = (self._place(ms * SAMPLE_RATE // 1000) for ms in (start_ms, end_ms))
        low, high = max(
            self.stretches, key=lambda stretch: (min(end, stretch[1]) - max(begin, stretch[0]), -stretch[0])
        )
        begin, end = min(max(begin, low), high), max(min(end, high), low)
        return begin * 1000 // SAMPLE_RATE, end * 1000 // SAMPLE_RATE

    def _place(self, offset: int) -> int:
        """Return the recording's sample for a sample of the sound that is read."""
        for first, last in self.sound:
            if offset < last - first:
                return first + offset
            offset -= last - first
        return self.stretches[-1][1]


def lay_out(speech: Sequence[Speech], *, language_known: bool) -> list[Piece]:
    """Return pieces of whole stretches as far as they fit; longer stretches are cut where speech is unlikely."""
    longest = (LONGEST_S if language_known else LONGEST_UNKNOWN_S) * SAMPLE_RATE
    pieces: list[Piece] = []
    for stretch in speech:
        for part in _parts(stretch, longest):
            joined = Piece((*pieces[-1].stretches, part)) if pieces else None
            if joined and joined.samples <= longest and (language_known or _belongs(pieces[-1], part)):
                pieces[-1] = joined
            else:
                pieces.append(Piece((part,)))
    return pieces


def _belongs(piece: Piece, part: tuple[int, int]) -> bool:
    """Return whether a stretch is likely to be in the language of the piece before: one is short, and near."""
    is_short = min(piece.samples, part[1] - part[0]) < SHORT_S * SAMPLE_RATE
    return is_short and part[0] - piece.stretches[-1][1] < int(NEAR_S * SAMPLE_RATE)


def _parts(stretch: Speech, longest: int) -> Iterator[tuple[int, int]]:
    first = stretch.first
    while stretch.last - first > longest:
        low, high = (first + int(longest * _SEARCH)) // STEP, (first + longest) // STEP
        base = stretch.first // STEP
        cut = min(range(low, high), key=lambda at: (stretch.probabilities[at - base], -at)) * STEP
        yield first, cut
        first = cut
    if stretch.last > first:
        yield first, stretch.last
