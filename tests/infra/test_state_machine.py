"""The state machine: everything reachable, everything bounded, every retry meant."""

import json
import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from aam.artifacts.confirm_meaning import WAITING_LIMIT_S
from aam.artifacts.steps import Checked
from aam.media.steps import Probed
from aam.pipeline.models import Stage
from aam.pipeline.schemas import BeginsAt, Stored
from aam.pipeline.stages import LIMITS
from aam.transcription.steps import Prepared
from aam.workflow.resume import Begin, Resumed
from tests.support.errors import all_leaves
from tests.support.references import reached
from tests.support.template import functions, state_machine, written

State = dict[str, Any]
LAMBDA_FAULTS = {
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Runtime.HandlerError",
}
QUEUE_OF = {"${TranscriptionQueueUrl}": "work_transcription", "${ArtifactsQueueUrl}": "work_artifacts"}
SMALL = {
    "$states.context.Execution.Input",
    "$states.context.Execution.Input.from_stage",
    "$states.context.Task.Token",
    "$states.context.Map.Item.Value",
    "$states.input.run",
    "$states.input.window",
    "$states.result.kind",
    "$states.result.admitted",
    "$states.result.begins_at",
    "$states.result.asks",
    "$states.result.engine",
    "$states.result.windows",
    "$states.errorOutput",
    "$kind",
    "$admitted",
    "$begins_at",
    "$asks",
    "$reading",
    "$not",
    "$engine",
    "$windows",
    "$failure",
    "$failure.Error",
    "$merge",
}
"""Everything the machine may speak of: ids, names of objects, the error that it caught."""


def machines(definition: State, name: str = "top") -> Iterator[tuple[str, State]]:
    """The machine itself, and those inside its Parallel and Map states."""
    yield name, definition
    for found, state in definition["States"].items():
        inner = [*state.get("Branches", []), *([state["ItemProcessor"]] if "ItemProcessor" in state else [])]
        for number, machine in enumerate(inner):
            yield from machines(machine, f"{found}-{number}")


def all_states() -> list[tuple[str, State]]:
    return [pair for _, machine in machines(state_machine()) for pair in machine["States"].items()]


def tasks() -> list[tuple[str, State]]:
    return [(name, state) for name, state in all_states() if state["Type"] == "Task"]


def following(state: State) -> set[str]:
    """The states that can come next."""
    found = {rule["Next"] for rule in [*state.get("Choices", []), *state.get("Catch", [])]}
    return found | {state[key] for key in ("Next", "Default") if key in state}


def substitutions() -> dict[str, str]:
    """What each `${…Arn}` stands for in the template: a function's logical id."""
    given = written()["Resources"]["ProcessRecording"]["Properties"]["DefinitionSubstitutions"]
    return {f"${{{name}}}": value["Fn::GetAtt"][0] for name, value in given.items() if "Fn::GetAtt" in value}


def folder_of(state: State) -> str:
    """The folder under functions/ whose code a task runs."""
    if state["Resource"].endswith("sqs:sendMessage.waitForTaskToken"):
        return QUEUE_OF[state["Arguments"]["QueueUrl"]]
    return str(functions()[substitutions()[state["Resource"]]]["CodeUri"]).removeprefix("functions/")


def retried(state: State) -> list[str]:
    return [name for rule in state.get("Retry", []) for name in rule["ErrorEquals"]]


@pytest.mark.parametrize(("name", "machine"), list(machines(state_machine())))
def test_every_state_is_reached_and_every_way_leads_somewhere(name: str, machine: State) -> None:
    states = machine["States"]
    seen: set[str] = set()
    waiting = [machine["StartAt"]]
    while waiting:
        at = waiting.pop()
        if at not in seen:
            seen.add(at)
            waiting += following(states[at])
    assert seen == set(states)
    for found, state in states.items():
        ends = state.get("End", False) or state["Type"] in {"Fail", "Succeed"}
        assert ends or following(state), found
        assert not (state.get("End") and "Next" in state), found


@pytest.mark.parametrize(("name", "state"), all_states())
def test_whatever_waits_has_a_limit(name: str, state: State) -> None:
    if state["Type"] == "Task":
        assert isinstance(state["TimeoutSeconds"], int), name
    elif state["Type"] == "Map":  # a Map takes no limit of its own; its tasks and the machine have one
        assert state["MaxConcurrency"] == "{% ${RecognitionConcurrency} %}"
        assert written()["Parameters"]["RecognitionConcurrency"]["MinValue"] >= 1
        assert all("TimeoutSeconds" in inner for inner in state["ItemProcessor"]["States"].values())
    else:
        assert state["Type"] in {"Choice", "Parallel", "Succeed", "Fail"}, name


def test_the_machine_outlives_its_longest_way() -> None:
    assert state_machine()["TimeoutSeconds"] >= sum(state["TimeoutSeconds"] for _, state in tasks())


@pytest.mark.parametrize(("name", "state"), tasks())
def test_a_task_is_given_up_after_its_function_is(name: str, state: State) -> None:
    (limit,) = [props["Timeout"] for props in functions().values() if props["CodeUri"].endswith(f"/{folder_of(state)}")]
    assert state["TimeoutSeconds"] > limit


def is_queued(state: State) -> bool:
    """Whether a worker does the task, which owns its retries, so that nobody else repeats what was paid."""
    return str(state["Resource"]).startswith("arn:aws:states:::sqs")


@pytest.mark.parametrize(("name", "state"), tasks())
def test_exactly_the_passing_faults_of_a_step_are_retried(name: str, state: State) -> None:
    if is_queued(state):
        assert "Retry" not in state
        return
    known = all_leaves()
    passing = {leaf for leaf, kind in known.items() if kind.retryable}
    can_raise = {found for _, found in reached(folder_of(state))} & passing
    names = retried(state)
    assert len(names) == len(set(names))
    ours = {found for found in names if "." not in found}
    assert ours <= set(known), "not in the tree of errors"
    assert ours == can_raise
    assert {found for found in names if "." in found} == LAMBDA_FAULTS


@pytest.mark.parametrize(("name", "state"), tasks())
def test_retries_are_few_and_back_off(name: str, state: State) -> None:
    for rule in state.get("Retry", []):
        assert 1 <= rule["MaxAttempts"] <= 4
        assert rule["BackoffRate"] >= 2
        assert rule["JitterStrategy"] == "FULL"


@pytest.mark.parametrize(("name", "state"), [pair for pair in tasks() if is_queued(pair[1])])
def test_a_task_in_a_queue_outlives_the_longest_waiting_and_the_work_after_it(name: str, state: State) -> None:
    most = written()["Parameters"]["VendorWaitingLimit"]["MaxValue"]
    if name == "ConfirmMeaning":
        assert state["TimeoutSeconds"] >= WAITING_LIMIT_S + 1_800
    else:
        assert state["TimeoutSeconds"] >= most + 2 * 3600


def test_whatever_becomes_of_the_second_reader_the_minutes_are_kept() -> None:
    reader = dict(all_states())["ConfirmMeaning"]
    (catch,) = reader["Catch"]
    assert (catch["ErrorEquals"], catch["Next"], reader["Next"]) == (["States.ALL"], "Finish", "Finish")
    assert catch["Assign"] == {"reading": "{% $states.errorOutput %}"}, "and the last step is told why"


def test_whatever_fails_is_noted_and_ends_in_failed() -> None:
    top = state_machine()["States"]
    (catch,) = top["Process"]["Catch"]
    assert catch["ErrorEquals"] == ["States.ALL"]
    assert top[catch["Next"]]["Next"] == "Failed"
    assert top["Failed"]["Type"] == "Fail"
    named = {found for _, state in all_states() for rule in state.get("Catch", []) for found in rule["ErrorEquals"]}
    assert {found for found in named if "." not in found} <= set(all_leaves())


def test_state_holds_ids_and_pointers_only() -> None:
    """Steps are given the ids of the input; of what they return, six small facts are kept by name."""
    expressions = re.findall(r"{% (.+?) %}", json.dumps(state_machine()))
    for expression in expressions:
        for path in re.findall(r"\$[\w.]+", expression):
            assert path in SMALL, expression
    assigning = [rule for _, state in all_states() for rule in [state, *state.get("Catch", [])]]
    assigned = {name for rule in assigning for name in rule.get("Assign", {})}
    assert assigned == {"kind", "admitted", "begins_at", "engine", "windows", "failure", "asks", "reading"}


@pytest.mark.parametrize("model", [Probed, Resumed, Prepared, Checked, Stored])
def test_what_a_step_returns_is_small(model: type[BaseModel]) -> None:
    assert set(model.model_fields) <= {"kind", "admitted", "begins_at", "engine", "windows", "name", "asks"}


def test_every_stage_at_which_a_run_may_begin_is_led_to() -> None:
    (inner,) = [machine for name, machine in machines(state_machine()) if name == "Process-0"]
    (begin,) = inner["States"]["FromStage"]["Choices"]
    named = set(re.findall(r"'(\w+)'", begin["Condition"]))
    assert named == set(get_args(BeginsAt)) - {"probe"}
    chosen = {
        found for rule in inner["States"]["ByStage"]["Choices"] for found in re.findall(r"'(\w+)'", rule["Condition"])
    }
    assert chosen | {"finish"} == set(get_args(Begin))


STATES_OF = {
    Stage.PROBE: ["Probe"],
    Stage.EXTRACT_AUDIO: ["ExtractAudio"],
    Stage.TRANSCRIBE: ["TranscribeByService", "SaveTranscript"],
    Stage.WRITE_ARTIFACTS: ["WriteArtifacts"],
    Stage.VERIFY_EVIDENCE: ["VerifyEvidence"],
    Stage.CONFIRM_MEANING: ["ConfirmMeaning"],
    Stage.FINISH: ["Finish"],
}


@pytest.mark.parametrize("stage", LIMITS)
def test_a_stage_is_overdue_only_after_the_machine_has_given_it_up(stage: Stage) -> None:
    """With every retry and the longest pauses between them."""
    known = dict(tasks())
    longest = 0.0
    for name in STATES_OF[stage]:
        state = known[name]
        retries = state.get("Retry", [])
        attempts = 1 + sum(rule["MaxAttempts"] for rule in retries)
        pauses = sum(
            rule["IntervalSeconds"] * rule["BackoffRate"] ** n for rule in retries for n in range(rule["MaxAttempts"])
        )
        longest += attempts * state["TimeoutSeconds"] + pauses
    assert LIMITS[stage].total_seconds() > longest


def test_every_substitution_is_used_and_given() -> None:
    used = set(re.findall(r"\$\{(\w+)\}", json.dumps(state_machine())))
    assert used == set(written()["Resources"]["ProcessRecording"]["Properties"]["DefinitionSubstitutions"])
