"""Score minutes against a scene's truth.

An item counts for a true entry when one of its quotes lies in one of the entry's turns, and its text shares at least
half of the content stems of the entry's text or of that quote; a figure has to hold the entry's value instead (speech
leaves out thousands: "four hundred and ten" counts for 410,000).  One item counts for one entry and the reverse, in the
largest possible matching.  Owners and due days are scored over the matched tasks, rightly "not stated" included; a due
day counts when it means the same day, or has the same words where it means none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from aam.evidence.facts import Facts
from aam.evidence.names import is_one_of
from aam.evidence.schemas import CheckedArtifacts, Item
from aam.language.stems import is_content, stem
from aam.language.tokens import norms_of
from tests.support.due_days import day_meant
from tests.support.scenes import Scene, Truth

SECTIONS = {
    "decisions": ("decisions", "agreements"),
    "tasks": ("action_items",),
    "questions": ("open_questions",),
    "risks": ("risks",),
    "figures": ("figures",),
}


@dataclass
class Tally:
    """Counts of one kind over scenes."""

    true: int = 0
    found: int = 0
    right: int = 0
    owners: int = 0
    dues: int = 0

    def add(self, other: Tally) -> None:
        """Add the counts of another scene."""
        for name in ("true", "found", "right", "owners", "dues"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def recall(self) -> float:
        """Return the share of the true entries that were found."""
        return self.right / self.true if self.true else 1.0

    @property
    def precision(self) -> float:
        """Return the share of the items that are true."""
        return self.right / self.found if self.found else 1.0


@dataclass
class Score:
    """The tally of one kind in one scene, with what was missed and what is wrong."""

    tally: Tally
    missed: list[Truth] = field(default_factory=list)
    wrong: list[Item] = field(default_factory=list)
    wrong_owners: list[tuple[Truth, str | None]] = field(default_factory=list)
    wrong_dues: list[tuple[Truth, str | None]] = field(default_factory=list)


def score(scene: Scene, minutes: CheckedArtifacts, kind: str) -> Score:
    """Return how the minutes' items of a kind compare with the truth."""
    truths = scene.truths[kind]
    items = [item for section in minutes.sections if section.kind in SECTIONS[kind] for item in section.items]
    pairs = _matching([[n for n, item in enumerate(items) if _counts(item, truth, kind)] for truth in truths])
    result = Score(Tally(true=len(truths), found=len(items), right=len(pairs)))
    result.missed = [truth for n, truth in enumerate(truths) if n not in pairs]
    result.wrong = [item for n, item in enumerate(items) if n not in pairs.values()]
    for number, at in pairs.items() if kind == "tasks" else ():
        truth, item = truths[number], items[at]
        owner, due = _value(item, "owner"), _value(item, "due_date")
        if _same_person(owner, truth.owner):
            result.tally.owners += 1
        else:
            result.wrong_owners.append((truth, owner))
        if _same_day(scene, due, truth.due):
            result.tally.dues += 1
        else:
            result.wrong_dues.append((truth, due))
    return result


def _counts(item: Item, truth: Truth, kind: str) -> bool:
    quotes = [quote for quote in item.quotes if quote.utterance_id in truth.turns]
    if not quotes:
        return False
    if kind == "figures" and truth.value is not None:
        return _holds(item, Fraction(truth.value))
    said = _content(item.text)
    return any(
        2 * len(said & wanted) >= len(wanted)
        for wanted in (_content(text) for text in (truth.text, *(q.quote for q in quotes)))
    )


def _content(text: str) -> frozenset[str]:
    return frozenset(stem(norm) for norm in norms_of(text) if is_content(norm))


def _holds(item: Item, value: Fraction) -> bool:
    amount = _value(item, "amount")
    texts = [amount] if amount else [item.text]
    said = {value for text in texts for value in _values(text)}
    return any(value in (number, number * 1_000, number * 1_000_000) for number in said)


def _values(text: str) -> set[Fraction]:
    """Return the numbers of a text, prices as they are spoken too: "three pounds forty", «две семьсот»."""
    numbers = [max(number.values) for number in Facts(text).numbers]
    said = {Fraction(value) for number in Facts(text).numbers for value in number.values}
    for high, low in pairwise(numbers):
        said |= {high + low / 100} if low < 100 else {high * 1_000 + low}
    return said


def _value(item: Item, name: str) -> str | None:
    return next((field.value for field in item.fields if field.name == name), None)


def _same_person(owner: str | None, truth: str | None) -> bool:
    if owner is None or truth is None:
        return owner is truth
    return is_one_of(norms_of(owner), [norms_of(truth)])


def _same_day(scene: Scene, due: str | None, truth: str | None) -> bool:
    if due is None or truth is None:
        return due is truth
    meant, wanted = day_meant(due, scene.meeting_date), day_meant(truth, scene.meeting_date)
    if wanted is not None:
        return meant == wanted
    ours, theirs = _stems(due), _stems(truth)
    return bool(ours & theirs) and (ours <= theirs or theirs <= ours)


def _stems(words: str) -> frozenset[str]:
    return frozenset(stem(norm) for norm in norms_of(words) if len(norm) > 3)


def _matching(options: Sequence[Iterable[int]]) -> dict[int, int]:
    """Return the largest matching of rows to columns, each row with its possible columns."""
    taken: dict[int, int] = {}

    def place(row: int, seen: set[int]) -> bool:
        for column in sorted(options[row], key=lambda column: column in taken):
            if column not in seen:
                seen.add(column)
                if column not in taken or place(taken[column], seen):
                    taken[column] = row
                    return True
        return False

    for row in range(len(options)):
        place(row, set())
    return {row: column for column, row in taken.items()}
