"""Lay speech out in pieces that Whisper can read at once, and find the way back to the recording's time."""

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
_SEARCH = 2 / 3
"""A stretch that is too long is cut in its last third, where speech is least likely."""


@dataclass(frozen=True)
class Piece:
    """Stretches of speech that are read together, without the silence between them; in samples."""

    stretches: tuple[tuple[int, int], ...]

    @property
    def samples(self) -> int:
        """Return the number of samples of speech."""
        return sum(last - first for first, last in self.stretches)

    def span_ms(self, start_ms: int, end_ms: int) -> tuple[int, int]:
        """Return the recording's times for times within the piece.

        A word lies in one stretch, the one that holds most of it: what reaches over a seam is the silence left out.
        """
        begin, end = (ms * SAMPLE_RATE // 1000 for ms in (start_ms, end_ms))
        best, most, seam = (self.stretches[-1][1],) * 2, -1, 0
        for first, last in self.stretches:
            low, high = max(begin, seam), min(end, seam + last - first)
            if high - low > most:
                best, most = (first + low - seam, first + high - seam), high - low
            seam += last - first
        return best[0] * 1000 // SAMPLE_RATE, best[1] * 1000 // SAMPLE_RATE


def lay_out(speech: Sequence[Speech], *, language_known: bool) -> list[Piece]:
    """Return pieces of whole stretches as far as they fit; longer stretches are cut where speech is unlikely."""
    longest = (LONGEST_S if language_known else LONGEST_UNKNOWN_S) * SAMPLE_RATE
    pieces: list[list[tuple[int, int]]] = []
    for stretch in speech:
        for part in _parts(stretch, longest):
            if pieces and _joins(pieces[-1], part, longest, language_known=language_known):
                pieces[-1].append(part)
            else:
                pieces.append([part])
    return [Piece(tuple(parts)) for parts in pieces]


def _joins(piece: Sequence[tuple[int, int]], part: tuple[int, int], longest: int, *, language_known: bool) -> bool:
    total = sum(last - first for first, last in piece)
    if total + part[1] - part[0] > longest:
        return False
    if language_known:
        return True
    is_short = min(total, part[1] - part[0]) < SHORT_S * SAMPLE_RATE
    return is_short and part[0] - piece[-1][1] < int(NEAR_S * SAMPLE_RATE)


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
