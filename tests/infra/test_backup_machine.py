"""The state machine of the daily backup: bounded, every passing fault retried, nothing in its state but flags."""

import json
import re

import pytest

from tests.infra.test_state_machine import LAMBDA_FAULTS, following
from tests.support.errors import all_leaves
from tests.support.references import reached
from tests.support.template import functions, state_machine, written

MACHINE = state_machine("backup")
STATES = MACHINE["States"]
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}
CAUGHT = {"LedgerUnavailable"}
"""For want of it no backup is given up."""


def test_every_state_is_reached() -> None:
    ways = {name: following(state) for name, state in STATES.items()}
    assert {MACHINE["StartAt"]}.union(*ways.values()) == set(STATES)
    assert {name for name, state in STATES.items() if not ways[name]} == {"Refused", "Done"}
    assert ways["IsItDone"] == {"Refused", "Done", "Copy"}


@pytest.mark.parametrize("name", TASKS)
def test_a_task_outlives_its_function_and_retries_exactly_the_passing_faults(name: str) -> None:
    task = TASKS[name]
    assert task["TimeoutSeconds"] > functions()["BackupFunction"]["Timeout"]
    (rule,) = task["Retry"]
    retried = rule["ErrorEquals"]
    assert len(retried) == len(set(retried))
    passing = {leaf for leaf, kind in all_leaves().items() if kind.retryable}
    assert {each for each in retried if "." not in each} == {found for _, found in reached("backup")} & passing - CAUGHT
    assert {each for each in retried if "." in each} == LAMBDA_FAULTS
    assert (rule["MaxAttempts"] <= 4, rule["BackoffRate"] >= 2, rule["JitterStrategy"]) == (True, True, "FULL")


def test_it_ends_before_the_next_one_begins_and_holds_flags_only() -> None:
    assert MACHINE["TimeoutSeconds"] < 86_400
    assert {name for state in STATES.values() for name in state.get("Assign", {})} == {"finished", "refused"}
    spoken = {
        path
        for expression in re.findall(r"{% (.+?) %}", json.dumps(MACHINE))
        for path in re.findall(r"\$\w+(?:\.\w+)*", expression)
    }
    assert spoken == {
        "$states.context.Execution.Input",
        "$states.result.finished",
        "$states.result.error",
        "$exists",
        "$finished",
        "$refused",
    }


def test_the_schedule_starts_it_and_not_the_function() -> None:
    given = written()["Resources"]["BackUp"]["Properties"]["DefinitionSubstitutions"]
    assert set(given) == set(re.findall(r"\$\{(\w+)\}", json.dumps(MACHINE)))
    assert "Events" not in functions()["BackupFunction"], "what it does not come to would wait for the next day"
