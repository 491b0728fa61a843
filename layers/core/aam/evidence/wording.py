"""Compare an item's words to its quotes': the quote's own, some of them, or none."""

from __future__ import annotations

from collections.abc import Sequence

from aam.evidence.claims import Reading, keys_of
from aam.evidence.context import Context
from aam.language.clauses import COMPLEMENTS
from aam.language.frames import Frame
from aam.language.lexicon import STOPWORDS
from aam.language.phrases import word_set

_LEAST = 2
_TELLING = 4
"""Quotes with fewer words of meaning are too short to be about something else."""
# What minutes say of every meeting.
_OWN = keys_of(
    tuple(
        word_set(
            """
            thinks considers finds believes считает думает вважає гадає team group meeting participants agreed
            decided decision discussed noted
            команда группа встреча участники договорились решили решено решение обсудили отметили
            команда група зустріч учасники домовилися вирішили вирішено рішення обговорили зазначили
            """
        )
    )
)
_SHARE = 0.2
_FILLERS = word_set("um uh er erm eh hmm mm ah oh well э эм ээ ммм ну вот хм е ем")
# What may stand before a statement without changing it.
_OPENINGS = word_set(
    "and so okay ok well now yeah yes right also then да и так ну вот ага хорошо та й отже гаразд добре"
)
_SUBJECTS = word_set("i we я мы ми")


def shared_share(item: Reading, contexts: Sequence[Context], names: frozenset[str], around: frozenset[str]) -> float:
    """Return which share of an item's words of meaning was said in or around its quotes' sentences.

    ``names`` are stems of the speakers' names, which tell nothing; ``around`` are those that were said around
    them.  1.0 where the item or its quotes have too few words to judge by.
    """
    keys = item.keys() - _OWN - names
    values = frozenset().union(*(claim.values for claim in item.claims))
    quoted_keys = frozenset().union(*(claim.keys for context in contexts for claim in context.quoted_claims))
    if len(keys) < _LEAST or len(quoted_keys) < _TELLING:
        return 1.0
    said = [claim for context in contexts for claim in context.claims]
    shared = keys & around.union(*(claim.keys for claim in said))
    quoted = {norm for c in contexts for norm in c.reading.norms[c.first : c.last]} - STOPWORDS
    if not shared and len(quoted & set(item.norms)) >= _LEAST:
        # Nothing but everyday words, and those are the same.
        return 1.0
    counted = values & frozenset().union(*(claim.values for claim in said))
    return (len(shared) + len(counted)) / (len(keys) + len(values))


def is_foreign(item: Reading, contexts: Sequence[Context], names: frozenset[str], around: frozenset[str]) -> bool:
    """Return whether an item shares too few words with its quotes to be about them."""
    return shared_share(item, contexts, names, around) < _SHARE


def is_verbatim(item: Reading, contexts: Sequence[Context]) -> bool:
    """Return whether an item's words are whole clauses of one quote, in order, from a sentence without any frame."""
    return any(_is_verbatim(item, context) for context in contexts)


def _is_verbatim(item: Reading, context: Context) -> bool:
    reading = context.reading
    words = [norm for norm in item.norms if norm not in _FILLERS]
    said = [n for n in range(context.first, context.last) if reading.norms[n] not in _FILLERS]
    spoken = [reading.norms[n] for n in said]
    starts = [n for n in range(len(spoken) - len(words) + 1) if spoken[n : n + len(words)] == words]
    if not words or len(starts) != 1:
        return False
    first, last = said[starts[0]], said[starts[0] + len(words) - 1] + 1
    covered = reading.claims_between(first, last)
    if not _begins_clause(reading, first, covered[0].first) or last < _without_fillers(reading, covered[-1].last):
        return False
    around = reading.claims_of(range(covered[0].sentence, covered[-1].sentence + 1))
    if any(claim.frames - {Frame.DENIED} for claim in around):
        return False
    # Beside it nothing may be denied, and it may not be only what was said, thought or wanted ("…, that we pay").
    beside = [claim for claim in around if claim not in covered]
    return reading.norms[first] not in COMPLEMENTS and not any(claim.denies or claim.negatives for claim in beside)


def _begins_clause(reading: Reading, first: int, begin: int) -> bool:
    if first and reading.norms[first - 1] in COMPLEMENTS:
        return False
    before = [norm for norm in reading.norms[begin:first] if norm not in _FILLERS and norm not in _OPENINGS]
    return not before or (len(before) == 1 and before[0] in _SUBJECTS)


def _without_fillers(reading: Reading, last: int) -> int:
    while last and reading.norms[last - 1] in _FILLERS:
        last -= 1
    return last
