"""A task as it is put together from the turns of a talk."""

from __future__ import annotations

from dataclasses import dataclass, field

from aam.artifacts.extractive.deadlines import Deadline
from aam.artifacts.extractive.talk import Line


@dataclass
class Task:
    """A task: the line that says it, the lines that settle it, whose it is and by when."""

    line: Line
    owner: str | None
    due: Deadline | None = None
    others: list[Line] = field(default_factory=list)

    @property
    def lines(self) -> list[Line]:
        """Return the lines of evidence, the text's first."""
        return [self.line, *dict.fromkeys(line for line in self.others if line != self.line)]

    @property
    def last_turn(self) -> int:
        """Return the last turn that belongs to it."""
        return max(line.turn for line in self.lines)

    @property
    def weight(self) -> int:
        """Return how much its text says."""
        return len(self.line.stems)
