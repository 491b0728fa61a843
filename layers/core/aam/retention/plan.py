"""A plan: what a cleanup is going to do, line by line, in the order in which it does it.

Lines are sorted into sections while they are made, so that memory holds none of them; the hash is of the request and of
every line.  Plans name keys, so they lie in the bucket under a prefix that expires, and go when they are done.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from heapq import heappush, heappushpop
from pathlib import Path

from aam.retention.policy import CircuitBreaker
from aam.retention.schemas import Amount, CleanupRequest, Largest, PlanSummary, Reason
from aam.store.layout import PROTECTED

NAMED_AT_MOST = 100
FIRST = 3
"""How many of each reason a summary names."""
TIERS = "tiers"
"""The kind of the lines that look after tags."""


class Section(IntEnum):
    """The parts of a plan, in the order in which they stand here and are done; KEPT is only said.

    Their numbers stand in plans that wait in the bucket, and never change.
    """

    KEPT = 0
    MARK = 1
    LOCKS = 7
    QUEUES = 8
    ABORT = 2
    OBJECTS = 3
    ROWS = 4
    STATE = 5
    LAST = 6

    @property
    def does(self) -> str:
        """Return the action on a line in a word or two."""
        return DOES[self]


DOES = {
    Section.KEPT: "keep",
    Section.MARK: "mark",
    Section.LOCKS: "release",
    Section.QUEUES: "take messages from",
    Section.ABORT: "abort",
    Section.OBJECTS: "delete",
    Section.ROWS: "delete row",
    Section.STATE: "forget",
    Section.LAST: "tidy",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to do: to what (``kind``, ``name``, ``version``), how large it is (bytes), and why."""

    section: Section
    kind: str
    name: str
    why: str
    size: int = 0
    version: str = ""

    def written(self) -> str:
        """Return the line as it stands in the file."""
        return json.dumps(
            [int(self.section), self.kind, self.name, self.version, self.size, self.why],
            ensure_ascii=False,
            separators=(",", ":"),
        )

    @classmethod
    def read(cls, text: str) -> Line:
        """Return the line in a file's line."""
        section, kind, name, version, size, why = json.loads(text)
        return cls(Section(section), kind, name, why, size, version)


@dataclass
class Tally:
    """Counts of the lines that passed by."""

    objects: int = 0
    size: int = 0
    protected_objects: int = 0
    protected_size: int = 0
    multiparts: int = 0
    meetings: int = 0
    kept: int = 0
    lines: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    sizes: Counter[str] = field(default_factory=Counter)
    first: dict[str, list[str]] = field(default_factory=dict)
    largest: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: Line) -> None:
        """Count a line."""
        self.lines += 1
        self.counts[line.why] += 1
        self.sizes[line.why] += line.size
        named = self.first.setdefault(line.why, [])
        if len(named) < FIRST and line.name not in named:
            named.append(line.name)
        if line.section is Section.KEPT:
            self.kept += 1
        elif line.section is Section.MARK and line.kind == "meeting":
            self.meetings += 1
        elif line.section is Section.ABORT:
            self.multiparts += 1
        elif line.section is Section.ROWS:
            self.rows[line.kind] += 1
        elif line.section is Section.OBJECTS:
            self.objects += 1
            self.size += line.size
            if line.name.startswith(PROTECTED):
                self.protected_objects += 1
                self.protected_size += line.size
            push = heappush if len(self.largest) < NAMED_AT_MOST else heappushpop
            push(self.largest, (line.size, line.name))

    def stops(self, population: dict[str, int], breaker: CircuitBreaker) -> tuple[Amount, ...]:
        """Return the amounts of which the plan would delete a larger share than the circuit breaker allows."""
        going: dict[Amount, int] = {
            "objects": self.protected_objects,
            "bytes": self.protected_size,
            "meetings": self.meetings,
        }
        enough = {
            "objects": self.protected_objects >= breaker.from_,
            "bytes": self.protected_objects >= breaker.from_,
            "meetings": self.meetings >= breaker.from_,
        }
        return tuple(name for name, count in going.items() if enough[name] and count > breaker.share * population[name])


@dataclass(frozen=True)
class Plan:
    """A plan on this machine's disk."""

    file: Path
    summary: PlanSummary

    def lines(self, *, after: int = 0) -> Iterator[Line]:
        """Return the lines from the one numbered ``after`` on, in their order."""
        return read_lines(self.file, after=after)


def read_lines(file: Path, *, after: int = 0) -> Iterator[Line]:
    """Yield the lines of a plan's file from the one numbered ``after`` on."""
    with file.open(encoding="utf-8") as opened:
        for number, text in enumerate(opened):
            if number >= after:
                yield Line.read(text)


def spool(lines: Iterable[Line], *, folder: Path) -> tuple[Path, Tally]:
    """Write lines into one file, sorted by section and otherwise in the order in which they come."""
    tally = Tally()
    parts = {section: folder / f"section-{section}.jsonl" for section in Section}
    with ExitStack() as stack:
        files = {section: stack.enter_context(part.open("w", encoding="utf-8")) for section, part in parts.items()}
        for line in lines:
            tally.add(line)
            files[line.section].write(f"{line.written()}\n")
    whole = folder / "plan.jsonl"
    with whole.open("wb") as joined:
        for part in parts.values():
            with part.open("rb") as piece:
                while chunk := piece.read(1024 * 1024):
                    joined.write(chunk)
            part.unlink()
    return whole, tally


def hash_of(request: CleanupRequest, file: Path, planned_at: datetime) -> str:
    """Return the hash that tells this plan from every other: its request, its moment and its lines."""
    asked = request.model_dump(mode="json", include={"mode", "scope", "scope_id", "older_than_hours"})
    digest = hashlib.sha256(json.dumps([asked, planned_at.isoformat()], sort_keys=True).encode())
    with file.open("rb") as opened:
        while chunk := opened.read(1024 * 1024):
            digest.update(chunk)
    return digest.hexdigest()


def summarize(
    request: CleanupRequest,
    tally: Tally,
    *,
    name: str,
    file: Path,
    planned_at: datetime,
    population: dict[str, int],
    breaker: CircuitBreaker,
    database_bytes: int,
) -> PlanSummary:
    """Return the plan in short."""
    return PlanSummary(
        hash=hash_of(request, file, planned_at),
        name=name,
        mode=request.mode,
        scope=request.scope_text,
        planned_at=planned_at.isoformat(),
        objects=tally.objects,
        size_bytes=tally.size,
        multiparts=tally.multiparts,
        meetings=tally.meetings,
        rows=dict(sorted(tally.rows.items())),
        reasons=tuple(
            Reason(why=why, count=count, size_bytes=tally.sizes[why], first=tuple(tally.first[why]))
            for why, count in sorted(tally.counts.items())
        ),
        largest=tuple(
            Largest(key=key, size_bytes=size)
            for size, key in sorted(tally.largest, key=lambda each: (-each[0], each[1]))
        ),
        kept=tally.kept,
        population=population,
        would_stop=tally.stops(population, breaker),
        database_bytes=database_bytes,
        lines=tally.lines,
    )


def changes(old: Path, new: Path) -> tuple[int, int, list[str]]:
    """Return how many lines are gone and how many are new, and the first few by name."""
    before, after = (set(file.read_text(encoding="utf-8").splitlines()) for file in (old, new))
    gone, come = before - after, after - before
    named = sorted(Line.read(text).name for text in gone | come)[:5]
    return len(gone), len(come), named
