"""Find a quote in the transcript: exactly, or after a repair that changes nothing of importance.

A quote is sought in the utterance that it cites and in spans of up to three consecutive utterances of one
speaker that include it, there only as whole sentences.  Exact search is a substring search over joined
tokens; a repair aligns the quote with a bounded window around the most promising places.  Both are linear in
the transcript and the quote, and repairs share a budget of steps.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from aam.evidence.align import Alignment, align
from aam.evidence.schemas import DraftQuote, Limits, Quote, RejectedQuote
from aam.language.calendar import MONTHS, RELATIVE_DAYS, WEEKDAYS
from aam.language.clauses import Clause, Sentence, sentences_of
from aam.language.cleaning import clean
from aam.language.lexicon import POLAR, STOPWORDS, flips, is_negation
from aam.language.number_words import NUMBER_WORDS
from aam.language.tokens import Token, is_capitalised, starts_sentence, tokens_of, word_count
from aam.transcription.schemas import Transcript, Utterance

MIN_WORDS = 4
MIN_SIMILARITY = 0.9
MAX_SPAN = 3
_PLACES = 4
_COMMON = 40
_SENTENCE_ENDS = ".!?…;\n"
_NEAR = 3
_WINDOW = 300
_NEAR_TEXT = 2_000
# The denials that follow what they deny; all others, and all of Russian and Ukrainian, go before it.
_TRAILING = frozenset({"not", "never"})


@dataclass(frozen=True)
class _Place:
    """A token of the transcript: the position of its utterance, and its index there."""

    position: int
    index: int


class Index:
    """A transcript prepared for search; utterances are tokenised when first asked for.

    ``names`` are words that no repair may touch, whatever their case.
    """

    def __init__(self, transcript: Transcript, limits: Limits, *, names: frozenset[str] = frozenset()) -> None:
        self.transcript, self.limits, self.names = transcript, limits, names
        self._positions = {u.id: n for n, u in enumerate(transcript.utterances)}
        self._tokens: dict[int, list[Token]] = {}
        self._joined: dict[int, str] = {}
        self._steps = limits.repair_steps

    def locate(self, draft: DraftQuote) -> Quote | RejectedQuote:
        """Return the quote in the transcript's own words with its place and time, or why it is none.

        Of several places the shortest and nearest to the citation counts.
        """
        if len(draft.quote) > self.limits.quote_characters:
            return _rejected(draft, "too_long")
        cited = self._positions.get(draft.utterance_id)
        if cited is None:
            return _rejected(draft, "unknown_utterance")
        sought = tokens_of(draft.quote)
        if not sought:
            return _rejected(draft, "empty")
        norms = [token.norm for token in sought]
        if word_count(draft.quote) < MIN_WORDS:
            for piece in self._pieces_at(cited):
                if norms == [token.norm for token in self._tokens_at(cited)[piece.first : piece.last]]:
                    return self._quote(draft, _Place(cited, piece.first), _Place(cited, piece.last - 1))
            return _rejected(draft, "too_short")
        spliced = False
        for low, high in _spans(cited, len(self.transcript.utterances)):
            found = self._find(norms, low, high)
            if found is not None and self._is_whole(*found):
                return self._quote(draft, *found)
            spliced = spliced or found is not None
        return _rejected(draft, "spliced") if spliced else self._repair(draft, sought, cited)

    def _sentences_at(self, position: int) -> list[Sentence]:
        return sentences_of(self.transcript.utterances[position].text, self._tokens_at(position))

    def _pieces_at(self, position: int) -> list[Sentence | Clause]:
        sentences = self._sentences_at(position)
        return [*sentences, *(clause for sentence in sentences for clause in sentence.clauses)]

    def _is_whole(self, first: _Place, last: _Place) -> bool:
        """Return whether a range stands in one utterance, or holds whole sentences of one speaker."""
        if first.position == last.position:
            return True
        if len({u.speaker for u in self.transcript.utterances[first.position : last.position + 1]}) > 1:
            return False
        return any(sentence.first == first.index for sentence in self._sentences_at(first.position)) and any(
            sentence.last == last.index + 1 for sentence in self._sentences_at(last.position)
        )

    def around(self, quotes: Sequence[Quote]) -> list[str]:
        """Return the beginnings of the utterances in and near the quotes."""
        near = {
            position
            for quote in quotes
            for position in range(
                self._positions[quote.utterance_id] - _NEAR, self._positions[quote.last_utterance_id] + _NEAR + 1
            )
        }
        utterances = self.transcript.utterances
        return [utterances[position].text[:_NEAR_TEXT] for position in sorted(near) if 0 <= position < len(utterances)]

    def window(self, quote: Quote) -> str:
        """Return what stands around a quote in its own utterances."""
        first, last = self._positions[quote.utterance_id], self._positions[quote.last_utterance_id]
        text = " ".join(" ".join(each.text for each in self.transcript.utterances[first : last + 1]).split())
        at = max(0, text.find(quote.quote))
        return text[max(0, at - _WINDOW) : at + len(quote.quote) + _WINDOW]

    def nearby(self, quotes: Sequence[Quote]) -> list[tuple[str, str]]:
        """Return speaker and text of the rest of the quoted utterances and of those next to them."""
        found: dict[int, tuple[str, str]] = {}
        utterances = self.transcript.utterances
        for quote in quotes:
            first, last = self._positions[quote.utterance_id], self._positions[quote.last_utterance_id]
            for at in range(max(0, first - _NEAR), min(len(utterances), last + _NEAR + 1)):
                text = utterances[at].text
                place = max(0, text.find(quote.quote)) if first <= at <= last else 0
                if at < first:
                    place = len(text)
                near = text[max(0, place - _NEAR_TEXT) : place + len(quote.quote) + _NEAR_TEXT]
                if at not in found or first <= at <= last:
                    found[at] = utterances[at].speaker, near
        return [found[at] for at in sorted(found)]

    def _tokens_at(self, position: int) -> list[Token]:
        if position not in self._tokens:
            self._tokens[position] = tokens_of(self.transcript.utterances[position].text)
            self._joined[position] = "".join(f" {token.norm}" for token in self._tokens[position])
        return self._tokens[position]

    def _find(self, norms: Sequence[str], low: int, high: int) -> tuple[_Place, _Place] | None:
        lengths = [len(self._tokens_at(position)) for position in range(low, high + 1)]
        if sum(lengths) < len(norms):
            return None
        hay = "".join(self._joined[position] for position in range(low, high + 1)) + " "
        at = hay.find(" " + " ".join(norms) + " ")
        if at < 0:
            return None
        first = hay.count(" ", 0, at)
        starts = [0, *accumulate(lengths)]

        def place(number: int) -> _Place:
            row = bisect_right(starts, number, hi=len(lengths)) - 1
            return _Place(low + row, number - starts[row])

        return place(first), place(first + len(norms) - 1)

    def _quote(self, draft: DraftQuote, first: _Place, last: _Place, *, similarity: float | None = None) -> Quote:
        first, last = self._with_denials(first, last)
        utterances = self.transcript.utterances[first.position : last.position + 1]
        parts = []
        for position, utterance in enumerate(utterances, first.position):
            tokens = self._tokens_at(position)
            if not tokens:
                continue
            start = tokens[first.index].start if position == first.position else 0
            end = tokens[last.index].end if position == last.position else len(utterance.text)
            parts.append(_with_closing(utterance.text, start, end))
        text = clean(" ".join(" ".join(parts).split()))
        speakers = list(dict.fromkeys(u.speaker for u in utterances))
        return Quote(
            quote=text,
            utterance_id=utterances[0].id,
            last_utterance_id=utterances[-1].id,
            start_ms=_start_ms(utterances[0], self._tokens_at(first.position), first.index),
            end_ms=_end_ms(utterances[-1], self._tokens_at(last.position), last.index),
            speaker=" / ".join(speakers),
            original=draft.quote if draft.quote != text else None,
            repaired=similarity is not None,
            similarity=1.0 if similarity is None else round(similarity, 4),
        )

    def _with_denials(self, first: _Place, last: _Place) -> tuple[_Place, _Place]:
        """Return the quote with a "not" that it was cut off from: "do not | agree", "the board is | not"."""
        before, after = first.index - 1, last.index + 1
        tokens = self._tokens_at(first.position)
        if before >= 0 and is_negation(tokens[before].norm) and self._adjoins(first.position, first.index):
            first = _Place(first.position, before)
        tokens = self._tokens_at(last.position)
        if after < len(tokens) and tokens[after].norm in _TRAILING and self._adjoins(last.position, after):
            last = _Place(last.position, after)
        return first, last

    def _adjoins(self, position: int, index: int) -> bool:
        """Return whether only white space parts a token from the one before it."""
        tokens, text = self._tokens_at(position), self.transcript.utterances[position].text
        return text[tokens[index - 1].end : tokens[index].start].isspace()

    def _repair(self, draft: DraftQuote, sought: Sequence[Token], cited: int) -> Quote | RejectedQuote:
        norms = [token.norm for token in sought]
        low = max(0, cited - MAX_SPAN + 1)
        high = min(len(self.transcript.utterances) - 1, cited + MAX_SPAN - 1)
        rows = [self._tokens_at(position) for position in range(low, high + 1)]
        starts = [0, *accumulate(map(len, rows))]
        cost = starts[-1] + _PLACES * len(norms) * (len(norms) + 2 * _slack(norms))
        if len(norms) > self.limits.repair_words or cost > self._steps:
            return _rejected(draft, "not_found")
        self._steps -= cost

        def place(number: int) -> _Place:
            row = bisect_right(starts, number, hi=len(rows)) - 1
            return _Place(low + row, number - starts[row])

        def is_near(found: Alignment) -> bool:
            touched = (cited, place(found.first).position, place(found.last - 1).position)
            return max(touched) - min(touched) < MAX_SPAN

        fits = _fits(norms, [token.norm for row in rows for token in row])
        best = max(filter(is_near, fits), key=lambda found: found.similarity, default=None)
        if best is None or best.similarity < MIN_SIMILARITY:
            return _rejected(draft, "not_found")
        spoken = [place(number) for number in range(best.first, best.last)]
        utterances = self.transcript.utterances
        theirs = self._guarded([(utterances[at.position].text, self._tokens[at.position], at.index) for at in spoken])
        ours = self._guarded([(draft.quote, sought, n) for n in range(len(sought))])
        names = ours.names | theirs.names
        if ours.sequence(names) != theirs.sequence(names) or any(flips(*pair) for pair in best.replaced):
            return _rejected(draft, "meaning_changed")
        if not self._is_whole(spoken[0], spoken[-1]):
            return _rejected(draft, "spliced")
        return self._quote(draft, spoken[0], spoken[-1], similarity=best.similarity)

    def _guarded(self, spoken: Sequence[tuple[str, Sequence[Token], int]]) -> _Guarded:
        norms = []
        names = set()
        for text, tokens, n in spoken:
            norm = tokens[n].norm
            norms.append(norm)
            # A capital at a sentence's start makes no name of a function word.
            capital = is_capitalised(text, tokens[n])
            if norm in self.names or (capital and not (norm in STOPWORDS and starts_sentence(text, tokens, n))):
                names.add(norm)
        return _Guarded(tuple(norms), frozenset(names))


@dataclass(frozen=True)
class _Guarded:
    norms: tuple[str, ...]
    names: frozenset[str]

    def sequence(self, names: frozenset[str]) -> list[str]:
        """Return the words that no repair may touch, in their order."""
        return [norm for norm in self.norms if norm in names or _is_guarded(norm)]


def _is_guarded(norm: str) -> bool:
    return (
        (not norm.isalpha() and any(c.isdigit() or not (c.isalpha() or c == "'") for c in norm))
        or norm in NUMBER_WORDS
        or is_negation(norm)
        or norm in POLAR
        or norm in MONTHS
        or norm in WEEKDAYS
        or norm in RELATIVE_DAYS
    )


def _rejected(draft: DraftQuote, reason: str) -> RejectedQuote:
    return RejectedQuote(quote=draft.quote[:2000], utterance_id=draft.utterance_id, reason=reason)


def _spans(cited: int, count: int) -> list[tuple[int, int]]:
    """Return the spans to search, the shortest and nearest first."""
    spans = [(low, low + size - 1) for size in range(1, MAX_SPAN + 1) for low in range(cited, cited - size, -1)]
    return [(low, high) for low, high in spans if low >= 0 and high < count]


def _slack(norms: Sequence[str]) -> int:
    return max(3, len(norms) // 8)


def _fits(norms: Sequence[str], window: Sequence[str]) -> list[Alignment]:
    """Return the best alignment at each promising place of the window that covers any of it."""
    slack = _slack(norms)
    fits = []
    for start in _promising(norms, window):
        begin = max(0, start - slack)
        fits.append(align(norms, window[begin : start + len(norms) + slack]).moved(begin))
    return [found for found in fits if found.size]


def _promising(norms: Sequence[str], window: Sequence[str]) -> list[int]:
    """Return where in the window the quote may begin: the diagonals on which most of its rarer words meet."""
    where: dict[str, list[int]] = {norm: [] for norm in norms}
    for at, norm in enumerate(window):
        if norm in where and len(where[norm]) <= _COMMON:
            where[norm].append(at)
    votes: Counter[int] = Counter()
    for n, norm in enumerate(norms):
        if len(where[norm]) <= _COMMON:
            votes.update(at - n for at in where[norm])
    return [start for start, _ in votes.most_common(_PLACES)]


def _with_closing(text: str, start: int, end: int) -> str:
    """Return the slice with the punctuation that closes it, so that a quoted sentence keeps its full stop."""
    while end < len(text) and text[end] in ".!?…":
        end += 1
    return text[start:end]


def _word_of(utterance: Utterance, tokens: Sequence[Token]) -> list[int] | None:
    """Return for each token of the text the word that it comes from, or None where words and text disagree."""
    owners: list[int] = []
    norms: list[str] = []
    for number, word in enumerate(utterance.words):
        for token in tokens_of(word.text):
            owners.append(number)
            norms.append(token.norm)
    return owners if norms == [token.norm for token in tokens] else None


def _start_ms(utterance: Utterance, tokens: Sequence[Token], index: int) -> int | None:
    owners = _word_of(utterance, tokens) if utterance.words else None
    return utterance.words[owners[index]].start_ms if owners else utterance.start_ms


def _end_ms(utterance: Utterance, tokens: Sequence[Token], index: int) -> int | None:
    owners = _word_of(utterance, tokens) if utterance.words else None
    return utterance.words[owners[index]].end_ms if owners else utterance.end_ms
