"""Sentences and clauses of running speech, as ranges of tokens.

Transcripts come with punctuation, with spaces before it, or with none, so clauses are cut at punctuation and at the
words that open one.  A piece that holds nothing but talk ("um", "you know") belongs to its neighbour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aam.language.phrases import Phrases, word_set
from aam.language.stems import is_content
from aam.language.tokens import Token

_CLOSING = "\"'”’»)]"
_ABBREVIATIONS = word_set(
    """
    mr mrs ms dr hon st prof vs etc approx им ул г д т тыс млн млрд руб грн коп стр рис см напр др пр тис вул м
    """
)
# One letter and no abbreviation: "Давайте я."
_PRONOUNS = frozenset({"i", "я", "є"})
_OPENERS = Phrases(
    """
    but | because | cause | cuz | although | though | while | whereas | if | unless | however | otherwise | so
    and i | and we | and you | and he | and she | and it | and they | and there | and then | and that | and this
    and i'm | and i'll | and i've | and we're | and we'll | and we've | and it's | and that's | and there's | and if
    and he's | and she's | and they're | and they'll | and you're | and you'll | and let's | and also
    or i | or we | or you | or he | or she | or it | or they | or else | in case | only if | except | as long as
    но | если | когда | потому | хотя | поэтому | иначе | и я | и мы | и ты | и вы | и он | и она | и они | и это
    и если
    кроме | за исключением | только если | при условии | зато | чтобы
    але | якщо | коли | бо | хоча | тому що | інакше | і я | і ми | і ти | і ви | і він | і вона | і вони | і це
    і якщо
    та я | та ми | та він | та вона | та вони | крім | за винятком | лише якщо | тільки якщо | за умови | зате | щоб
    """
)
# An opener that continues the clause here: "so much", "or so", "even if" keep to what stands before them.
_NOT_BEFORE = Phrases("so much | so many | so far | so long | so called | so that's it | so forth | so on")
_KEEPS = frozenset({"or", "and", "even", "as", "what", "just", "not", "only", "даже", "навіть", "как", "if"})
COMPLEMENTS = frozenset({"что", "що", "чтобы", "щоб", "that"})
"""Words that open what is said, thought or wanted."""
_PRO_VERBS = word_set("do does did doing done think thinks hope said")
_SUPPOSING = frozenset({"if", "when", "unless", "once", "suppose", "supposing", "assuming"})
_SHORTEST_CONDITION = 3
_REMARK = 4
_FILLERS = word_set(
    "um uh er erm eh hmm mm ah oh well like you know i mean okay ok yeah so ну вот эм э значит там типа ага"
)
_NO_REMARK = word_set("and but or so then no sorry not и а но или да нет ой то і й та але чи ні тоді тогда")
_SUBJECTS = word_set("there this these those let's я ты мы вы он она они ти ми ви він вона вони это це")
_PRONOUNS = word_set("i we you he she they it that")
_CONTRACTED = word_set(
    """
    i'll we'll you'll he'll she'll they'll it'll i'd we'd you'd he'd she'd they'd we're they're you're i'm it's
    """
)
_AUXILIARIES = word_set(
    """
    can can't cannot could couldn't will won't ll would wouldn't d should shouldn't must may might have haven't has
    hasn't do
    don't does doesn't are aren't is isn't need re ve
    """
)
_BEGINNINGS = word_set(
    "has have is are was were do does did will would can could should we they it this that there but so the"
)
"""Words that begin a sentence behind an abbreviation."""
_MATRIX = 5
"""A clause of at most so many words before "that" is no clause of its own: "I do not think, that …"."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A half-open range of tokens."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A half-open range of tokens with its clauses; ``asks`` where it ends with a question mark."""

    first: int
    last: int
    asks: bool
    clauses: tuple[Clause, ...]
    ends: bool = True
    """Whether a mark closes it; the last sentence of a text may be cut off."""


def sentences_of(text: str, tokens: Sequence[Token]) -> list[Sentence]:
    """Return the sentences of a text in order; linear in its length."""
    sentences = []
    first = 0
    for at in range(len(tokens)):
        end = tokens[at + 1].start if at + 1 < len(tokens) else len(text)
        gap = text[tokens[at].end : end]
        if at + 1 < len(tokens) and not _is_border(gap, text, tokens, at):
            continue
        ends = any(c in ".!?…\n" for c in gap)
        sentences.append(Sentence(first, at + 1, "?" in gap, _clauses(text, tokens, first, at + 1), ends))
        first = at + 1
    return sentences


def _is_border(gap: str, text: str, tokens: Sequence[Token], at: int) -> bool:
    if "?" in gap or "!" in gap or "\n" in gap:
        return True
    if "." not in gap and "…" not in gap:
        return False
    if gap[0].isspace() and ".." not in gap:  # "done . Next", as speech recognition writes
        return True
    follows = text[tokens[at + 1].start]
    if not gap.strip(".…" + _CLOSING):  # a full stop within a word or a number
        return False
    if tokens[at].norm in _ABBREVIATIONS or (
        len(tokens[at].norm) == 1 and tokens[at].norm.isalpha() and tokens[at].norm not in _PRONOUNS
    ):
        # "They go to the U.S. Has the government …"
        return follows.isupper() and tokens[at + 1].norm in _BEGINNINGS
    return not follows.islower()


def _clauses(text: str, tokens: Sequence[Token], first: int, last: int) -> tuple[Clause, ...]:
    norms = [token.norm for token in tokens[first:last]]
    pieces: list[tuple[int, int]] = []
    start = first
    for at in range(first + 1, last):
        if _opens(text, tokens, norms, first, start, at):
            pieces.append((start, at))
            start = at
    pieces.append((start, last))
    return _joined(tokens, pieces)


def _opens(text: str, tokens: Sequence[Token], norms: Sequence[str], first: int, start: int, at: int) -> bool:
    gap = text[tokens[at - 1].end : tokens[at].start]
    n = at - first
    if gap == "," and norms[n - 1].isdigit() and norms[n][:1].isdigit():
        return False
    if any(c in ",;:—–()" for c in gap) or " - " in gap:
        # "I do not think, that …": the "not" governs what follows.
        return not (norms[n] in COMPLEMENTS and at - start <= _MATRIX)
    if norms[start - first] in _SUPPOSING and _is_subject(norms, n) and at - start >= _SHORTEST_CONDITION:
        return True
    if norms[n - 1] in _KEEPS or (norms[n] == "so" and norms[n - 1] in _PRO_VERBS) or not _OPENERS.starts(norms, n):
        return False
    return not _NOT_BEFORE.starts(norms, n)


def _is_subject(norms: Sequence[str], at: int) -> bool:
    """Return whether a pronoun with its verb begins here: "if they are late | we can't start"."""
    return norms[at] in _CONTRACTED or (
        norms[at] in _PRONOUNS and at + 1 < len(norms) and norms[at + 1] in _AUXILIARIES and norms[at - 1] not in _KEEPS
    )


def _joined(tokens: Sequence[Token], pieces: Sequence[tuple[int, int]]) -> tuple[Clause, ...]:
    """Join pieces without a word of meaning to the next one, the last to the one before.

    A remark thrown into a clause ("the pump, apparently, is broken") joins the parts on both sides.
    """
    clauses: list[Clause] = []
    start: int | None = None
    inserted = False
    for low, high in pieces:
        begin = low if start is None else start
        if not any(is_content(token.norm) for token in tokens[low:high]):
            inserted = start is None and bool(clauses) and _is_remark(tokens, low, high)
            start = begin
            continue
        if inserted and not _begins_anew(tokens, low):
            clauses[-1] = Clause(clauses[-1].first, high)
        else:
            clauses.append(Clause(begin, high))
        start, inserted = None, False
    if start is not None:
        end = pieces[-1][1]
        if clauses:
            clauses[-1] = Clause(clauses[-1].first, end)
        else:
            clauses.append(Clause(start, end))
    return tuple(clauses)


def _is_remark(tokens: Sequence[Token], low: int, high: int) -> bool:
    norms = {token.norm for token in tokens[low:high]}
    return high - low <= _REMARK and not norms & _NO_REMARK and not norms <= _FILLERS


def _begins_anew(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a clause of its own begins behind a remark, with its own subject or an opener."""
    norm = tokens[at].norm
    return (
        norm in _PRONOUNS
        or norm in _CONTRACTED
        or norm in _SUBJECTS
        or _OPENERS.starts([t.norm for t in tokens[at : at + 4]], 0)
    )
