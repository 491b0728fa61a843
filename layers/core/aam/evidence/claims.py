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
from aam.language.frames import Frame
from aam.language.modality import clause_frames
from aam.language.negation import denials, denies, negative_words, refusals, replacements, without_prefix
from aam.language.opposites import sides_of
from aam.language.stems import is_content, stem
from aam.language.tokens import Token, tokens_of

_REACH = 3


@dataclass(frozen=True, slots=True)
class Claim:
    """One clause: its half-open range of tokens, the stems of its words, and how they are said.

    ``denied`` counts denials, ``denies`` only tells that there is one, and ``negatives`` are stems of words that
    may deny.
    ``turned`` are stems with a denying prefix ("unaffordable"), each with 1 or -1 for what the clause says of it
    in all.
    ``withheld`` are stems that a word such as "refuse" or "lack" governs, ``replaced`` those behind "instead of".
    ``sides`` hold for each scale the ends
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
    replaced: frozenset[str]
    sides: Mapping[str, frozenset[int]]
    values: frozenset[Fraction]
    frames: frozenset[Frame]

    def is_negative(self, other: Claim) -> bool:
        """Return whether the clause denies anything by words that the other clause has not."""
        return self.denies or not self.negatives <= other.keys | other.negatives or bool(self.turned)

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

    def place(self, sought: Sequence[str], first: int, last: int) -> int | None:
        """Return where a run of tokens stands within a range, or None."""
        at = self.find(sought, first)
        return at if at + len(sought) <= last and list(self.norms[at : at + len(sought)]) == list(sought) else None

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


def _governed(norms: Sequence[str], starts: Sequence[int]) -> frozenset[str]:
    """Return the stem of the first word of meaning at each of some places."""
    found = (next((norm for norm in norms[at : at + _REACH] if is_content(norm)), None) for at in starts)
    return frozenset(stem(norm) for norm in found if norm is not None)


def _values(numbers: Sequence[tuple[int, frozenset[Fraction]]], first: int, last: int) -> frozenset[Fraction]:
    low, high = (bisect_left(numbers, at, key=lambda number: number[0]) for at in (first, last))
    return frozenset(value for _, values in numbers[low:high] for value in values)


def _claim(
    norms: Sequence[str], clause: Clause, sentence: int, values: frozenset[Fraction], frames: frozenset[Frame]
) -> Claim:
    own = norms[clause.first : clause.last]
    denied_at = denials(own)
    denied = len(denied_at) % 2 == 1
    said = -1 if denied else 1
    keys = keys_of(own)
    turned: dict[str, int] = {}
    for norm in own:
        root = without_prefix(norm)
        if root is not None:
            turned[stem(root)] = -said
    withheld, replaced = (_governed(own, starts) for starts in (refusals(own), replacements(own)))
    sides: dict[str, set[int]] = {}
    for side in sides_of(own):
        # "Not enough" is one end by itself; only a "not" beside it turns it round.
        # "A good reason not to go" is a good reason.
        turns = sum(at < side.first or (at >= side.last and own[at + 1 : at + 2] != ["to"]) for at in denied_at)
        sides.setdefault(side.scale, set()).add(side.sign * (-1) ** turns)
    return Claim(
        clause.first,
        clause.last,
        sentence,
        keys,
        denied,
        denies(own),
        frozenset(stem(norm) for norm in negative_words(own)),
        turned,
        withheld,
        replaced,
        {scale: frozenset(signs) for scale, signs in sides.items()},
        values,
        frames,
    )
