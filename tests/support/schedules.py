"""The stack's schedules, set going early in a session and looked at late, because they need a minute to fire."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.stack import Stack

NAMES = {
    "BackupDaily": "BackUpDaily",  # first: a full cleanup wants one
    "TempDaily": "CleanUpTempDaily",
    "FullWeekly": "CleanUpFullWeekly",
    "AggressiveMonthly": "CleanUpAggressiveMonthly",
    "HealthHourly": "CleanUpHealthHourly",
}
"""Each schedule's name in the template."""

KEPT = ("Name", "FlexibleTimeWindow", "Target", "State", "ScheduleExpressionTimezone", "ScheduleExpression")
FIRST_S, APART_S, OPEN_S = 45, 20, 50
"""When the first one may fire, how far apart they are so that no cleanup meets another, and how long each may: once."""


@dataclass(frozen=True)
class Schedules:
    """The schedules of backups and cleanups as they were deployed; meanwhile each fires once."""

    stack: Stack
    deployed: dict[str, dict[str, Any]] = field(default_factory=dict)
    closes: dict[str, datetime] = field(default_factory=dict)
    """Until when each may still fire; one that is not here is as it was deployed."""

    def set_going(self) -> None:
        """Set them going."""
        for number, name in enumerate(NAMES):
            self.open(name, timedelta(seconds=FIRST_S + number * APART_S))

    def open(self, name: str, after: timedelta = timedelta()) -> None:
        """Let one fire once, ``after`` from now."""
        start = datetime.now(UTC) + after
        self.closes[name] = start + timedelta(seconds=OPEN_S)
        asked = {key: self.deployed[name][key] for key in KEPT} | {"ScheduleExpression": "rate(1 minute)"}
        self.stack.aws("scheduler").update_schedule(**asked, StartDate=start, EndDate=self.closes[name])

    def as_deployed(self) -> None:
        """Set them back."""
        for schedule in self.deployed.values():
            self.stack.aws("scheduler").update_schedule(**{key: schedule[key] for key in KEPT})
        self.closes.clear()

    def has_succeeded(self, name: str) -> bool:
        """Return whether a cleanup that the schedule has started succeeded; open it again where it missed its window.

        It was set back before its turn, or refused because another cleanup was under way: both are as they should be.
        """
        ended = self.fired(name)
        if "SUCCEEDED" in ended:
            return True
        if "RUNNING" not in ended and self.closes.get(name, datetime.min.replace(tzinfo=UTC)) < datetime.now(UTC):
            self.open(name)
        return False

    def quiet(self) -> bool:
        """Return whether no cleanup is under way."""
        arn = self.stack.state.outputs["CleanupMachineArn"]
        running = self.stack.aws("stepfunctions").list_executions(stateMachineArn=arn, statusFilter="RUNNING")
        return not running["executions"]

    def fired(self, name: str) -> list[str]:
        """Return the ends of executions that a cleanup's schedule has started, by the request that it makes."""
        machine, wanted = self.stack.aws("stepfunctions"), self.deployed[name]["Target"]["Input"]
        arn = self.stack.state.outputs["CleanupMachineArn"]
        found = []
        for page in machine.get_paginator("list_executions").paginate(stateMachineArn=arn):
            for execution in page["executions"]:
                described = machine.describe_execution(executionArn=execution["executionArn"])
                if described["input"] == wanted:
                    found.append(str(described["status"]))
        return found


def schedules_of(stack: Stack) -> Schedules:
    """Return the schedules, as they stand."""
    resources = stack.resources
    names = {name: resources[logical].rpartition("/")[2] for name, logical in NAMES.items()}
    return Schedules(stack, {name: stack.aws("scheduler").get_schedule(Name=at) for name, at in names.items()})


def rest_sweep(stack: Stack) -> None:
    """Turn the sweep's schedule off: tests call the sweep by hand and count what that call did."""
    scheduler, name = stack.aws("scheduler"), stack.resources["SweepFunctionRegularly"].rpartition("/")[2]
    deployed = scheduler.get_schedule(Name=name)
    scheduler.update_schedule(**{key: deployed[key] for key in KEPT} | {"State": "DISABLED"})
