"""A decision of a meeting, and how one that is said again joins those found before."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from aam.artifacts.extractive.talk import Line
from aam.language.decision_words import WITHDRAWS

_FAR = 6
_FEW = 3
_AT_ONCE = 4
_STANDING = 20


@dataclass
class Decision:
    """A decision: the line that says it, and the lines that show that it was taken.

    ``agreed`` where it is a proposal that another agrees to, ``called`` where it is called a decision.
    """

    line: Line
    others: list[Line] = field(default_factory=list)
    agreed: bool = False
    called: bool = False

    @property
    def lines(self) -> list[Line]:
        """Return the lines of evidence, the text's first."""
        return [self.line, *dict.fromkeys(line for line in self.others if line != self.line)]


def is_covered(found: Sequence[Decision], line: Line, taken: Set[str]) -> bool:
    """Return whether a line of a summing-up repeats what was decided before, or words of what was taken on."""
    said = taken | {word for decision in found for other in decision.lines for word in other.stems}
    return 2 * len(line.stems & said) > len(line.stems)


def add(found: list[Decision], decision: Decision) -> None:
    """Add a decision, or let it take the place of the same one said before in fewer words."""
    for at in range(len(found) - 1, max(-1, len(found) - 8), -1):
        other = found[at]
        shared = len(other.line.stems & decision.line.stems)
        near = decision.line.turn - max(line.turn for line in other.lines) <= _FAR
        smaller = min(len(other.line.stems), len(decision.line.stems)) or 1
        at_once = decision.line.turn - other.line.turn <= _AT_ONCE
        same = shared * 2 > smaller or (near and (shared >= 2 or (shared and smaller <= 3)))
        if same or set(other.lines) & set(decision.lines) or (other.agreed and at_once and decision.called):
            # What comes last is what stands, where it says as much.
            if near and (len(decision.line.stems) >= _FEW or (decision.called and decision.line.weight >= 2)):
                other.others = [*other.lines, *decision.others]
                other.line, other.agreed = decision.line, decision.agreed
            else:
                other.others += [line for line in decision.lines if line not in other.lines]
            return
    found.append(decision)


def withdraw(found: list[Decision], line: Line) -> None:
    """Take out what a line takes back: the decision that it names, or the speaker's last one."""
    cue = next(WITHDRAWS.find(line.norms), None)
    if cue is None or line.asks:
        return
    near = [decision for decision in found if line.turn - decision.line.turn <= _STANDING]
    meant = [decision for decision in near if decision.line.stems & line.stems]
    own = [decision for decision in near if decision.line.speaker == line.speaker and line.turn > decision.line.turn]
    for decision in meant or own[-1:]:
        found.remove(decision)
