"""The speech around a quote: the whole sentences that it stands in, and what was said next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from aam.evidence.claims import Claim, Reading, keys_of, read
from aam.evidence.schemas import Quote
from aam.language.stems import is_content
from aam.language.tokens import norms_of, tokens_of
from aam.transcription.schemas import Transcript

_JOINED = 3
"""How many utterances before and behind a quote may hold the rest of its sentence."""
_SOON = 3
_BEFORE = 3
_BACKCHANNEL = 2


@dataclass(frozen=True)
class Context:
    """A quote in the speech that it was taken from.

    ``first`` and ``last`` are its half-open range of tokens in ``reading``, which begins with the utterance at
    ``low``
    and ends with the one at ``high``.  ``before`` is the utterance before it, ``next`` are those after it, with
    speakers.
    """

    quote: Quote
    reading: Reading
    first: int
    last: int
    low: int
    high: int
    before: Reading | None
    next: Sequence[tuple[str, Reading]]

    @cached_property
    def sentences(self) -> range:
        """Return the sentences that the quote stands in, by number."""
        hit = self.quoted_claims
        return range(hit[0].sentence, hit[-1].sentence + 1) if hit else range(0)

    @cached_property
    def claims(self) -> Sequence[Claim]:
        """Return the claims of the whole sentences that the quote stands in."""
        return self.reading.claims_of(self.sentences)

    @cached_property
    def quoted_claims(self) -> Sequence[Claim]:
        """Return the claims that the quote itself touches."""
        return self.reading.claims_between(self.first, self.last)


class Surroundings:
    """Finds the context of quotes of one transcript; what was read is kept."""

    def __init__(self, transcript: Transcript) -> None:
        self._utterances = transcript.utterances
        self._positions = {u.id: n for n, u in enumerate(transcript.utterances)}
        self._readings: dict[tuple[int, ...], Reading] = {}
        self._keys: dict[int, frozenset[str]] = {}

    def of(self, quote: Quote) -> Context:
        """Return the context of a quote that was located in this transcript."""
        low, high = self._positions[quote.utterance_id], self._positions[quote.last_utterance_id]
        begin, end = self._begin(low), self._end(high)
        run = self._run(begin, end)
        reading = self._reading(*run)
        before = sum(len(tokens_of(self._utterances[n].text)) for n in run if n < low)
        sought = norms_of(quote.quote)
        first = reading.find(sought, before)
        following = range(end + 1, min(end + 1 + _SOON, len(self._utterances)))
        return Context(
            quote=quote,
            reading=reading,
            first=first,
            last=first + len(sought),
            low=begin,
            high=end,
            before=self._reading(begin - 1) if begin else None,
            next=[(self._utterances[n].speaker, self._reading(n)) for n in following],
        )

    def keys_around(self, context: Context) -> frozenset[str]:
        """Return the stems of a context's own utterances and of those right before and after it."""
        near = range(max(0, context.low - _BEFORE), min(context.high + 2, len(self._utterances)))
        return frozenset().union(*(self._keys_at(n) for n in near))

    def _keys_at(self, position: int) -> frozenset[str]:
        if position not in self._keys:
            self._keys[position] = keys_of(norms_of(self._utterances[position].text))
        return self._keys[position]

    def _reading(self, *positions: int) -> Reading:
        if positions not in self._readings:
            self._readings[positions] = read(" ".join(self._utterances[n].text for n in positions))
        return self._readings[positions]

    def _run(self, begin: int, end: int) -> list[int]:
        """Return the utterances of one speaker from one position to another, without what others throw in."""
        speaker = self._utterances[begin].speaker
        return [n for n in range(begin, end + 1) if self._utterances[n].speaker == speaker]

    def _begin(self, low: int) -> int:
        for _ in range(_JOINED):
            before = self._neighbour(low, -1)
            if before is None or not self._continues(before, low):
                break
            low = before
        return low

    def _end(self, high: int) -> int:
        for _ in range(_JOINED):
            after = self._neighbour(high, 1)
            if after is None or not self._continues(high, after):
                break
            high = after
        return high

    def _neighbour(self, at: int, step: int) -> int | None:
        """Return the next utterance of the same speaker, past at most one "mm-hmm" of another."""
        for n in (at + step, at + 2 * step):
            if not 0 <= n < len(self._utterances):
                return None
            if self._utterances[n].speaker == self._utterances[at].speaker:
                return n
            if not _is_backchannel(self._utterances[n].text):
                return None
        return None

    def _continues(self, one: int, other: int) -> bool:
        """Return whether a sentence runs from one utterance into the next."""
        first, second = self._utterances[one].text, self._utterances[other].text
        norms = norms_of(first)
        if not norms or any(c in ".!?…" for c in first[-3:]):
            return False
        if any(c in ".!?…" for c in first + second):
            return True
        # Without punctuation only a function word at the end ("we do not") shows that more must follow.
        return not is_content(norms[-1])


def _is_backchannel(text: str) -> bool:
    norms = norms_of(text)
    return len(norms) <= _BACKCHANNEL and not any(map(is_content, norms))
