"""The sample events are what functions can read, and the page of events names every one."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from aam.backups.schemas import parse_backup, parse_restore
from aam.costs.schemas import CostRequest
from aam.data_export.schemas import parse as parse_export
from aam.erasure.schemas import parse as parse_erasure
from aam.migrations.service import MigrationRequest
from aam.operations.requests import parse as parse_operations
from aam.pipeline.schemas import Failure, RunInput
from aam.pipeline.tasks import Task
from aam.retention.schemas import CleanupRequest
from aam.retention.schemas import parse as parse_cleanup
from aam.transcription.prepared_audio import AudioWindow
from aam.uploads.schemas import ReceivedObject
from aam.workflow.failure import ExecutionChange
from aam.workflow.sweep import SweepRequest
from tests.support.apps import app_of

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = sorted((ROOT / "events").rglob("*.json"))


def read(sample: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((ROOT / "events" / sample).read_text("utf-8"))
    return event


def body(sample: str) -> str:
    (record,) = read(sample)["Records"]
    return str(record["body"])


ASKED: dict[str, Callable[[dict[str, Any]], object]] = {
    "backup": parse_backup,
    "cleanup": parse_cleanup,
    "costs": CostRequest.model_validate,
    "erasure": parse_erasure,
    "export": parse_export,
    "migrate": MigrationRequest.model_validate,
    "on_execution_change": ExecutionChange.model_validate,
    "operations": parse_operations,
    "restore": parse_restore,
    "sweep": SweepRequest.model_validate,
}
"""How each function reads what people, schedules and EventBridge send."""

OTHERS: dict[str, Callable[[], object]] = {
    "start_processing/received.json": lambda: ReceivedObject.model_validate_json(
        body("start_processing/received.json")
    ),
    "work_transcription/task.json": lambda: Task.model_validate_json(body("work_transcription/task.json")),
    "work_artifacts/task.json": lambda: Task.model_validate_json(body("work_artifacts/task.json")),
    "work_artifacts/confirm-meaning.json": lambda: Task.model_validate_json(
        body("work_artifacts/confirm-meaning.json")
    ),
    "step_probe/run.json": lambda: RunInput.model_validate(read("step_probe/run.json")),
    "step_recognise/window.json": lambda: AudioWindow.model_validate(read("step_recognise/window.json")["window"]),
    "step_fail/failure.json": lambda: Failure.model_validate(read("step_fail/failure.json")["failure"]),
}
OF_AWS = {"on_upload", "on_vendor_reply"}
"""What the store sends, which the tests of these functions read."""

READERS = {
    **OTHERS,
    **{
        f"{sample.parent.name}/{sample.name}": partial(ASKED[sample.parent.name], json.loads(sample.read_text("utf-8")))
        for sample in SAMPLES
        if sample.parent.name in ASKED
    },
}


def test_every_sample_is_read_by_something() -> None:
    folders = {sample.parent.name for sample in SAMPLES}
    assert folders == {*ASKED, *OF_AWS, *(name.partition("/")[0] for name in OTHERS)}


@pytest.mark.parametrize("sample", READERS)
def test_a_sample_is_what_its_function_reads(sample: str) -> None:
    assert READERS[sample]()


@pytest.mark.parametrize(
    ("function", "event", "said"),
    [
        ("costs", {"command": "repot"}, "command: Input should be 'report' or 'budget'; nothing was changed."),
        ("migrate", {"command": "upp"}, "command: Input should be 'up', "),
        ("migrate", {"revision": "s3cret; x"}, "revision: String should match pattern"),
    ],
)
def test_what_a_person_mistypes_is_answered_with_a_sentence(function: str, event: dict[str, Any], said: str) -> None:
    told = app_of(function).handler(event, None)
    assert told["detail"].startswith(said)
    assert "s3cret" not in told["detail"]


def test_a_dry_run_is_one() -> None:
    assert CleanupRequest.model_validate(read("cleanup/temp-dry-run.json")).dry_run
    assert not CleanupRequest.model_validate(read("cleanup/temp.json")).dry_run


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: str(sample.relative_to(ROOT)))
def test_every_sample_is_on_the_page(sample: Path) -> None:
    assert f"(../{sample.relative_to(ROOT)})" in (ROOT / "docs" / "events.md").read_text("utf-8")
