"""The speech around a quote: the whole sentences that it stands in, and what was said next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aam.evidence.claims import Claim, Reading, read
from aam.evidence.schemas import Quote
from aam.language.stems import is_content
from aam.language.tokens import norms_of, tokens_of
from aam.transcription.schemas import Transcript

_JOINED = 3
"""How many utterances before and behind a quote may hold the rest of its sentence."""
_SOON = 3
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

    @property
    def sentences(self) -> range:
        """The sentences that the quote stands in, by number."""
        hit = [n for n, s in enumerate(self.reading.sentences) if s.first < self.last and self.first < s.last]
        return range(hit[0], hit[-1] + 1) if hit else range(0)

    @property
    def claims(self) -> list[Claim]:
        """The claims of the whole sentences that the quote stands in."""
        return [claim for claim in self.reading.claims if claim.sentence in self.sentences]

    @property
    def quoted_claims(self) -> list[Claim]:
        """The claims that the quote itself touches."""
        return [claim for claim in self.reading.claims if claim.first < self.last and self.first < claim.last]


class Surroundings:
    """Finds the context of quotes of one transcript; what was read is kept."""

    def __init__(self, transcript: Transcript) -> None:
        self._utterances = transcript.utterances
        self._positions = {u.id: n for n, u in enumerate(transcript.utterances)}

    def of(self, quote: Quote) -> Context:
        """Return the context of a quote that was located in this transcript."""
        low, high = self._positions[quote.utterance_id], self._positions[quote.last_utterance_id]
        begin, end = self._begin(low), self._end(high)
        reading = read(" ".join(self._utterances[n].text for n in self._run(begin, end)))
        before = sum(len(tokens_of(self._utterances[n].text)) for n in self._run(begin, end) if n < low)
        sought = norms_of(quote.quote)
        first = _find(reading.norms, sought, before)
        following = self._utterances[end + 1 : end + 1 + _SOON]
        return Context(
            quote=quote,
            reading=reading,
            first=first,
            last=first + len(sought),
            low=begin,
            high=end,
            before=read(self._utterances[begin - 1].text) if begin else None,
            next=[(u.speaker, read(u.text)) for u in following],
        )

    def spoken_before(self, context: Context) -> Sequence[str]:
        """Return the tokens of the two utterances before a context."""
        texts = [u.text for u in self._utterances[max(0, context.low - 2) : context.low]]
        return [norm for text in texts for norm in norms_of(text)]

    def _run(self, begin: int, end: int) -> list[int]:
        """The utterances of one speaker from one position to another, without what others throw in."""
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
        """The next utterance of the same speaker, past at most one "mm-hmm" of another."""
        for n in (at + step, at + 2 * step):
            if not 0 <= n < len(self._utterances):
                return None
            if self._utterances[n].speaker == self._utterances[at].speaker:
                return n
            if not _is_backchannel(self._utterances[n].text):
                return None
        return None

    def _continues(self, one: int, other: int) -> bool:
        """Whether a sentence runs from one utterance into the next."""
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


def _find(norms: Sequence[str], sought: Sequence[str], start: int) -> int:
    """Where a run of tokens stands, at or after a position."""
    hay = "".join(f" {norm}" for norm in norms[start:]) + " "
    at = hay.find(" " + " ".join(sought) + " ")
    return start + hay.count(" ", 0, at) if at > 0 else start
