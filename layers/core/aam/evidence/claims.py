"""A text taken apart into claims, one a clause: what it is about, whether it is denied, and how it is meant."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate

from aam.evidence.numbers import numbers_in
from aam.language.clauses import Clause, Sentence, sentences_of
from aam.language.modality import Frame, clause_frames
from aam.language.negation import denies, is_denied, negative_words, refusals, without_prefix
from aam.language.opposites import sides_of
from aam.language.stems import is_content, stem
from aam.language.tokens import Token, tokens_of


@dataclass(frozen=True, slots=True)
class Claim:
    """One clause: its half-open range of tokens, the stems of its words, and how they are said.

    ``denied`` counts denials, ``denies`` only tells that there is one, and ``negatives`` are stems of words that
    may deny.
    ``turned`` are stems with a denying prefix ("unaffordable"), each with 1 or -1 for what the clause says of it
    in all.
    ``withheld`` are stems that a word such as "refuse" or "lack" governs.  ``sides`` hold for each scale the ends
    that the
    clause names, denials counted in.  ``values`` are its numbers.
    """

    first: int
    last: int
    sentence: int
    keys: frozenset[str]
    denied: bool
    denies: bool
    negatives: frozenset[str]
    turned: Mapping[str, int]
    withheld: frozenset[str]
    sides: Mapping[str, frozenset[int]]
    values: frozenset[Fraction]
    frames: frozenset[Frame]

    def is_negative(self, other: Claim) -> bool:
        """Return whether the clause denies anything by words that the other clause has not."""
        return self.denies or not self.negatives <= other.keys | other.negatives

    def sign(self, key: str) -> int:
        """Return 1 if the clause states a stem of it, -1 if it denies it."""
        return self.turned.get(key, -1 if self.denied else 1)


@dataclass(frozen=True)
class Reading:
    """A text with its tokens, sentences, claims, and its numbers with the tokens where they begin."""

    text: str
    tokens: Sequence[Token]
    norms: Sequence[str]
    sentences: Sequence[Sentence]
    claims: Sequence[Claim]
    numbers: Sequence[tuple[int, frozenset[Fraction]]]

    def words(self, claim: Claim) -> Sequence[str]:
        """Return the tokens of a claim in their comparable form."""
        return self.norms[claim.first : claim.last]

    def keys(self) -> frozenset[str]:
        """Return the stems of all claims."""
        return frozenset().union(*(claim.keys for claim in self.claims))

    def claims_of(self, sentences: range) -> Sequence[Claim]:
        """Return the claims of consecutive sentences."""
        return self.claims[bisect_left(self._numbers, sentences.start) : bisect_left(self._numbers, sentences.stop)]

    def claims_between(self, first: int, last: int) -> Sequence[Claim]:
        """Return the claims that share a token with a range."""
        return self.claims[bisect_right(self._ends, first) : bisect_left(self._starts, last)]

    def values_between(self, first: int, last: int) -> frozenset[Fraction]:
        """Return the values of the numbers that begin within a range of tokens."""
        return _values(self.numbers, first, last)

    def find(self, sought: Sequence[str], start: int) -> int:
        """Return where a run of tokens stands, at or after a token; ``start`` if nowhere."""
        at = self._joined.find(" " + " ".join(sought) + " ", self._offsets[start])
        return bisect_left(self._offsets, at) if at >= 0 else start

    @cached_property
    def _numbers(self) -> list[int]:
        return [claim.sentence for claim in self.claims]

    @cached_property
    def _starts(self) -> list[int]:
        return [claim.first for claim in self.claims]

    @cached_property
    def _ends(self) -> list[int]:
        return [claim.last for claim in self.claims]

    @cached_property
    def _joined(self) -> str:
        return "".join(f" {norm}" for norm in self.norms) + " "

    @cached_property
    def _offsets(self) -> list[int]:
        return [0, *accumulate(len(norm) + 1 for norm in self.norms)]


def read(text: str) -> Reading:
    """Take a text apart; linear in its length."""
    tokens = tokens_of(text)
    norms = [token.norm for token in tokens]
    numbers = [(n.first, n.values) for n in numbers_in(text, tokens) if not n.soft]
    claims = []
    sentences = sentences_of(text, tokens)
    for number, sentence in enumerate(sentences):
        for clause, frames in zip(sentence.clauses, clause_frames(tokens, sentence), strict=True):
            values = _values(numbers, clause.first, clause.last)
            claims.append(_claim(norms, clause, number, values, frames))
    return Reading(text, tokens, norms, sentences, claims, numbers)


def keys_of(norms: Sequence[str]) -> frozenset[str]:
    """Return the stems of the words that carry meaning."""
    return frozenset(stem(norm) for norm in norms if is_content(norm))


def _values(numbers: Sequence[tuple[int, frozenset[Fraction]]], first: int, last: int) -> frozenset[Fraction]:
    low, high = (bisect_left(numbers, at, key=lambda number: number[0]) for at in (first, last))
    return frozenset(value for _, values in numbers[low:high] for value in values)


def _claim(
    norms: Sequence[str], clause: Clause, sentence: int, values: frozenset[Fraction], frames: frozenset[Frame]
) -> Claim:
    own = norms[clause.first : clause.last]
    denied = is_denied(own)
    said = -1 if denied else 1
    keys = keys_of(own)
    turned: dict[str, int] = {}
    for norm in own:
        root = without_prefix(norm)
        if root is not None:
            turned[stem(root)] = -said
    withheld = set()
    for at in refusals(own):
        following = next((norm for norm in own[at : at + 3] if is_content(norm)), None)
        if following is not None:
            withheld.add(stem(following))
    sides: dict[str, set[int]] = {}
    for side in sides_of(own):
        sides.setdefault(side.scale, set()).add(side.sign * said)
    return Claim(
        clause.first,
        clause.last,
        sentence,
        keys,
        denied,
        denies(own),
        frozenset(stem(norm) for norm in negative_words(own)),
        turned,
        frozenset(withheld),
        {scale: frozenset(signs) for scale, signs in sides.items()},
        values,
        frames,
    )
