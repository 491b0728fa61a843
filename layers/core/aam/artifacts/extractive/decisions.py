"""Decisions: what is called one, what a talk comes to, and what one proposes and another agrees to.

A decision that is denied, asked for, only possible or taken back is none.
"""

from __future__ import annotations

from collections.abc import Sequence

from aam.artifacts.extractive.called_decisions import called, named, recorded
from aam.artifacts.extractive.decision import Decision, add, is_covered, withdraw
from aam.artifacts.extractive.promises import promises
from aam.artifacts.extractive.proposals import agreed_to, approved, consented, echoed, embraced
from aam.artifacts.extractive.recaps import is_recapped, sums_up, unopposed_by
from aam.artifacts.extractive.requests import is_request
from aam.artifacts.extractive.results import concluded, led_to
from aam.artifacts.extractive.talk import Line, Talk
from aam.artifacts.extractive.task import Task
from aam.language.decision_words import ALTERNATIVES


def decisions_in(talk: Talk, tasks: Sequence[Task] = ()) -> list[Decision]:
    """Return the decisions of a meeting in order; linear in the talk."""
    given = [line for task in tasks for line in task.lines]
    taken = frozenset(line.number for line in given if promises(talk, line) or is_request(talk, line))
    said = frozenset(word for line in given for word in line.stems)
    found: list[Decision] = []
    for line in talk.lines:
        withdraw(found, line)
        decision = _decision(talk, line, taken)
        repeats = (is_recapped(talk, line) or sums_up(line)) and is_covered(found, line, said)
        if decision is not None and not repeats:
            add(found, decision)
    return found


def _decision(talk: Talk, line: Line, taken: frozenset[int]) -> Decision | None:
    if ALTERNATIVES.any(line.norms):
        return None
    return (
        named(talk, line)
        or echoed(talk, line)
        or consented(talk, line)
        or approved(talk, line)
        or recorded(talk, line)
        or called(talk, line)
        or _unopposed(talk, line)
        or _recapped(talk, line)
        or concluded(talk, line)
        or led_to(talk, line)
        or agreed_to(talk, line, taken)
        or embraced(talk, line, taken)
    )


def _unopposed(talk: Talk, line: Line) -> Decision | None:
    """Return a proposal without objections: "We start at six. Any objections?" - "No."."""
    settled = unopposed_by(talk, line)
    return Decision(settled, [line], called=True) if settled is not None else None


def _recapped(talk: Talk, line: Line) -> Decision | None:
    """Return what a summing-up names: "To recap: the fee stays, the fair is on the tenth."."""
    return Decision(line, called=True) if is_recapped(talk, line) else None
