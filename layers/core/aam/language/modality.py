"""Find the mode of a clause: stated, denied, asked, proposed, conditional, uncertain, taken back or said in jest.

The frames of a clause are read from closed lists of cues.  They say what kind of claim a clause makes, never what
it
claims.
"""

from __future__ import annotations

from collections.abc import Sequence

from aam.language.clauses import Clause, Sentence, sentences_of
from aam.language.frames import (
    ASKING,
    ASKING_VERBS,
    BETWEEN_COUNTED,
    CONDITIONS,
    COUNTED,
    CUES,
    DOUBTS,
    HEARSAY,
    NO_CONDITION,
    PLURAL,
    REVERSALS,
    SHORTEST_COUNTED,
    Frame,
)
from aam.language.negation import denials
from aam.language.number_words import NUMBER_WORDS
from aam.language.phrases import Match, Phrases, word_set
from aam.language.stems import is_content
from aam.language.tense import may_be_future
from aam.language.tokens import Token, tokens_of

# At the head of a clause a verb before its subject asks, and a question word before a verb.
_AUXILIARIES = word_set(
    """
    can could should shall will would do does did are is was were have has had may might must don't doesn't didn't
    can't
    couldn't shouldn't won't wouldn't isn't aren't haven't hasn't
    """
)
_SUBJECTS = word_set("i we you he she they it there that this these those anyone anybody someone somebody the")
_QUESTION_WORDS = word_set("what who when where why how which whose")
_LEADING = word_set(
    "and but so okay ok well um uh now then yeah yes right also or а и ну так но то та й але тоді тогда слушай слухай"
)
_BEFORE_MONTH = word_set("in by to until till of since from for on before after last next this early late mid")
_INVERTED = frozenset({"should", "had", "were"})
_GATHERINGS = frozenset({"собираемся", "збираємося", "збираємось"})
_INFINITIVES = ("ть", "ти", "ться", "тися", "тись", "чь")
_HOW_OFTEN = frozenset({"раз", "раза"})
_NEAR = 4
_SHORT = 4
_DASH = 3
"""So many characters a dash takes with its spaces; a comma takes two."""
_CONTRAST = frozenset(
    {"but", "however", "although", "though", "because", "но", "однако", "хотя", "але", "проте", "бо", "хоча"}
)
_JOINS = frozenset({"and", "but", "so", "because", "и", "а", "но", "і", "та", "й", "але"})
_ALTERNATIVE = Phrases(
    "otherwise | or else | иначе | а то | в противном случае | інакше | в іншому випадку | в іншому разі"
)


def frames_of(text: str) -> frozenset[Frame]:
    """Return the frames of a whole text, such as one sentence or one clause of it."""
    tokens = tokens_of(text)
    return frozenset().union(*(frames for s in sentences_of(text, tokens) for frames in clause_frames(tokens, s)))


def doubts(norms: Sequence[str]) -> bool:
    """Return whether a clause doubts what was said before: "not sure", "надо проверить"."""
    return DOUBTS.any(norms)


def takes_back_all(norms: Sequence[str]) -> bool:
    """Return whether a clause takes back what was just said whatever else it names: "actually no", "хотя нет"."""
    return REVERSALS.any(norms)


def retractions(norms: Sequence[str]) -> list[Match]:
    """Return the words that take back what was said before."""
    return list(CUES[Frame.RETRACTION].find(norms))


def sets_condition(norms: Sequence[str]) -> bool:
    """Return whether a clause is itself a condition, not what depends on one."""
    return _condition(norms, 0, len(norms)) is not None


def clause_frames(tokens: Sequence[Token], sentence: Sentence) -> list[frozenset[Frame]]:
    """Return for each clause of a sentence how it is meant.

    A condition reaches to the clause that depends on it, an exception to the one before it, a question mark to the
    whole sentence.
    """
    norms = [token.norm for token in tokens[sentence.first : sentence.last]]
    frames = [_own_frames(norms, clause, sentence) for clause in sentence.clauses]
    for n, conditional in enumerate(_conditional(norms, tokens, sentence)):
        if conditional:
            frames[n].add(Frame.CONDITION)
    for n in range(1, len(frames)):
        # "The roof is fine, at least from what I have heard."
        clause = sentence.clauses[n]
        if HEARSAY.any(norms, clause.first - sentence.first, clause.last - sentence.first):
            for beside in frames[n - 1 : n + 2]:
                beside.add(Frame.HEDGE)
    for n, clause in enumerate(sentence.clauses):
        # "I think, we paint it": a clause of nothing but a cue speaks of its neighbour.
        if _is_bare(norms, clause.first - sentence.first, clause.last - sentence.first):
            for beside in frames[n - 1 : n] if n == len(frames) - 1 else frames[n + 1 : n + 2]:
                beside |= frames[n] & {Frame.HEDGE, Frame.OPINION, Frame.SARCASM, Frame.PROPOSAL, Frame.URGED}
    for n in range(len(frames) - 1):
        # "All invoices are approved, except …"
        if Frame.EXCEPTION in frames[n + 1]:
            frames[n].add(Frame.EXCEPTION)
    return [frozenset(own) for own in frames]


def _is_bare(norms: Sequence[str], first: int, last: int) -> bool:
    covered = {
        at for cues in CUES.values() for found in cues.find(norms, first, last) for at in range(found.first, found.last)
    }
    return bool(covered) and not any(is_content(norms[at]) for at in range(first, last) if at not in covered)


def _own_frames(norms: Sequence[str], clause: Clause, sentence: Sentence) -> set[Frame]:
    first, last = clause.first - sentence.first, clause.last - sentence.first
    frames = {
        frame
        for frame, cues in CUES.items()
        if any(not (is_month(norms, m) or _gathers(norms, m)) for m in cues.find(norms, first, last))
    }
    if any(_is_guess(norms, at, last) for at in range(first, last)):
        frames.add(Frame.HEDGE)
    if denials(norms[first:last]):
        frames.add(Frame.DENIED)
    if sentence.asks or ASKING.any(norms, first, last) or _asks(norms, first, last):
        frames.add(Frame.QUESTION)
    return frames


def _is_guess(norms: Sequence[str], at: int, last: int) -> bool:
    counted = norms[at] in COUNTED or (
        norms[at].endswith(PLURAL) and not norms[at].isascii() and len(norms[at]) > SHORTEST_COUNTED
    )
    if (
        not counted
        or (at and _is_number(norms[at - 1]))
        or (norms[at] in _HOW_OFTEN and norms[at + 1 : at + 2] == ["в"])
    ):
        return False
    number = at + 2 if at + 1 < last and norms[at + 1] in BETWEEN_COUNTED else at + 1
    # Before a noun of its own the number counts that: "пять тысяч двести рублей", "из десяти человек двое".
    return number < last and _is_number(norms[number]) and not (number + 1 < last and norms[number + 1] in COUNTED)


def _is_number(norm: str) -> bool:
    return norm[0].isdigit() or norm in NUMBER_WORDS


def is_month(norms: Sequence[str], found: Match) -> bool:
    """Return whether a phrase that was found is "May", the month, as "in" or a number beside it shows."""
    return found.phrase == "may" and (
        norms[max(0, found.first - 1)] in _BEFORE_MONTH or norms[min(found.last, len(norms) - 1)].isdigit()
    )


def _gathers(norms: Sequence[str], found: Match) -> bool:
    """Return whether «собираемся» says that people meet, not what they mean to do."""
    following = norms[found.last : found.last + _NEAR]
    return found.phrase in _GATHERINGS and not any(norm.endswith(_INFINITIVES) for norm in following)


def _asks(norms: Sequence[str], first: int, last: int) -> bool:
    """Return whether a clause begins as a question does, or holds an "if" that asks."""
    at = first
    while at < last and norms[at] in _LEADING:
        at += 1
    head = tuple(norms[at : min(at + 2, last)])
    if len(head) == 2 and (
        (head[0] in _AUXILIARIES and head[1] in _SUBJECTS)
        # Within a sentence "which is" and "who will" are no questions.
        or (first == 0 and head[0] in _QUESTION_WORDS and head[1] in _AUXILIARIES)
    ):
        return True
    return any(norms[n] == "if" and _is_asked(norms, n) for n in range(first, last))


def _is_asked(norms: Sequence[str], at: int) -> bool:
    return ASKING_VERBS.any(norms, max(0, at - _NEAR), at)


def _conditional(norms: Sequence[str], tokens: Sequence[Token], sentence: Sentence) -> list[bool]:
    """Return for each clause whether it is a condition or depends on one."""
    marks = [False] * len(sentence.clauses)
    for n, clause in enumerate(sentence.clauses):
        first, last = clause.first - sentence.first, clause.last - sentence.first
        cue = _condition(norms, first, last)
        if cue is None and n == 0 and len(marks) > 1 and not sentence.asks and norms[first] in _INVERTED:
            # "Should the funding fall through, …", "had they asked, …"
            cue = first
        if cue is None:
            if n and _depends(tokens, sentence, n):
                marks[n - 1] = marks[n] = True
            continue
        marks[n] = True
        # "I will come, if you pay": the condition follows what depends on it, unless "and if" opens a new thought.
        if n and cue - first <= 1 and norms[first] not in _JOINS and not _ALTERNATIVE.starts(norms, cue):
            marks[n - 1] = True
        for later in range(n + 1, len(marks)):
            if norms[sentence.clauses[later].first - sentence.first] in _CONTRAST:
                break
            marks[later] = True
    return marks


def _depends(tokens: Sequence[Token], sentence: Sentence, n: int) -> bool:
    """Return whether a dash stands for "if": "подпишут — начнём", two short clauses of what will be."""
    before, clause = sentence.clauses[n - 1], sentence.clauses[n]
    if tokens[clause.first].start - tokens[clause.first - 1].end < _DASH:
        return False
    short = max(before.last - before.first, clause.last - clause.first) <= _SHORT
    follows = any(
        may_be_future(token.norm) and not _is_number(token.norm) for token in tokens[clause.first : clause.last]
    )
    return short and follows and may_be_future(tokens[before.last - 1].norm)


def _condition(norms: Sequence[str], first: int, last: int) -> int | None:
    for found in CONDITIONS.find(norms, first, last):
        if NO_CONDITION.starts(norms, found.first) or (
            found.first and norms[found.first - 1] in {"as", "как", "even", "what", "just"}
        ):
            continue
        if found.phrase == "if" and _is_asked(norms, found.first):
            continue
        return found.first
    return None
