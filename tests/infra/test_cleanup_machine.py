"""The state machine of cleanups: bounded, every passing fault retried, nothing in its state but ids and flags."""

import json
import re

import pytest

from tests.infra.test_state_machine import LAMBDA_FAULTS, following
from tests.support.errors import all_leaves
from tests.support.references import reached
from tests.support.template import functions, state_machine, written

MACHINE = state_machine("cleanup")
STATES = MACHINE["States"]
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}
SMALL = {"$states.context.Execution.Input", "$states.input.action", "$states.result", "$exists", "$count"} | {
    *("$refused", "$finished", "$run_id", "$missed", "$not", "$states.input.dry_run", "$states.input.confirm"),
}


def test_every_state_is_reached() -> None:
    ways = {name: following(state) for name, state in STATES.items()}
    seen: set[str] = set()
    waiting = [MACHINE["StartAt"]]
    while waiting:
        at = waiting.pop()
        if at not in seen:
            seen.add(at)
            waiting += ways[at]
    assert seen == set(STATES)
    assert {name for name, state in STATES.items() if not ways[name]} == {"Refused", "NotHere", "Done"}


@pytest.mark.parametrize("name", TASKS)
def test_a_task_outlives_its_function_and_retries_exactly_the_passing_faults(name: str) -> None:
    task = TASKS[name]
    looks = task["Arguments"] == {"action": "health"}
    assert looks or task["TimeoutSeconds"] > functions()["CleanupFunction"]["Timeout"]
    retried = [each for rule in task["Retry"] for each in rule["ErrorEquals"]]
    assert len(retried) == len(set(retried))
    known = all_leaves()
    passing = {leaf for leaf, kind in known.items() if kind.retryable}
    assert {each for each in retried if "." not in each} == {found for _, found in reached("cleanup")} & passing
    assert {each for each in retried if "." in each} - ({"States.Timeout"} if looks else set()) == LAMBDA_FAULTS
    for rule in task["Retry"]:
        assert (rule["MaxAttempts"] <= 4, rule["BackoffRate"] >= 2, rule["JitterStrategy"]) == (True, True, "FULL")


def test_it_is_bounded_and_holds_ids_and_flags_only() -> None:
    assert MACHINE["TimeoutSeconds"] <= 86_400
    assigned = {name for state in STATES.values() for name in state.get("Assign", {})}
    assert assigned == {"finished", "refused", "run_id", "missed"}
    for expression in re.findall(r"{% (.+?) %}", json.dumps(MACHINE)):
        for path in re.findall(r"\$\w+(?:\.\w+)*", expression):
            assert any(path == known or path.startswith(f"{known}.") for known in SMALL), expression


def test_the_hourly_look_has_thirty_seconds_and_three_tries() -> None:
    look = STATES["Look"]
    (rule,) = look["Retry"]
    assert (look["TimeoutSeconds"], 1 + rule["MaxAttempts"], "States.Timeout" in rule["ErrorEquals"]) == (30, 3, True)


def test_only_schedules_and_people_start_it() -> None:
    given = written()["Resources"]["CleanUp"]["Properties"]["DefinitionSubstitutions"]
    assert set(given) == set(re.findall(r"\$\{(\w+)\}", json.dumps(MACHINE)))
    assert "Events" not in functions()["CleanupFunction"], "nothing wakes the function but the machine"
