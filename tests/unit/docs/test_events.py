"""The sample events are what functions can read, and the page of events names every one."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from aam.access.schemas import parse as parse_export
from aam.costs.schemas import CostRequest
from aam.diagnosis.requests import parse as parse_repair
from aam.migrations.service import MigrationRequest
from aam.pipeline.schemas import Failure, RunInput
from aam.pipeline.start import ReceivedObject
from aam.pipeline.tasks import Task
from aam.retention.schemas import CleanupRequest
from aam.transcription.prepared import AudioWindow

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = sorted((ROOT / "events").rglob("*.json"))


def read(sample: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((ROOT / "events" / sample).read_text("utf-8"))
    return event


def body(sample: str) -> str:
    (record,) = read(sample)["Records"]
    return str(record["body"])


READERS: dict[str, Callable[[], object]] = {
    "start_processing/received.json": lambda: ReceivedObject.model_validate_json(
        body("start_processing/received.json")
    ),
    "work_transcription/task.json": lambda: Task.model_validate_json(body("work_transcription/task.json")),
    "work_artifacts/task.json": lambda: Task.model_validate_json(body("work_artifacts/task.json")),
    "step_probe/run.json": lambda: RunInput.model_validate(read("step_probe/run.json")),
    "step_recognise/window.json": lambda: AudioWindow.model_validate(read("step_recognise/window.json")["window"]),
    "step_fail/failure.json": lambda: Failure.model_validate(read("step_fail/failure.json")["failure"]),
    "cleanup/temp.json": lambda: CleanupRequest.model_validate(read("cleanup/temp.json")),
    "cleanup/temp-dry-run.json": lambda: CleanupRequest.model_validate(read("cleanup/temp-dry-run.json")),
    "costs/report.json": lambda: CostRequest.model_validate(read("costs/report.json")),
    "costs/budget.json": lambda: CostRequest.model_validate(read("costs/budget.json")),
    **{
        f"repair/{sample.name}": partial(parse_repair, read(f"repair/{sample.name}"))
        for sample in SAMPLES
        if sample.parent.name == "repair"
    },
    **{
        f"export/{sample.name}": partial(parse_export, read(f"export/{sample.name}"))
        for sample in SAMPLES
        if sample.parent.name == "export"
    },
    "migrate/up.json": lambda: MigrationRequest.model_validate(read("migrate/up.json")),
}


@pytest.mark.parametrize("sample", READERS)
def test_a_sample_is_what_its_function_reads(sample: str) -> None:
    assert READERS[sample]()


def test_a_dry_run_is_one() -> None:
    assert CleanupRequest.model_validate(read("cleanup/temp-dry-run.json")).dry_run
    assert not CleanupRequest.model_validate(read("cleanup/temp.json")).dry_run


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: str(sample.relative_to(ROOT)))
def test_every_sample_is_on_the_page(sample: Path) -> None:
    assert f"(../{sample.relative_to(ROOT)})" in (ROOT / "docs" / "events.md").read_text("utf-8")
