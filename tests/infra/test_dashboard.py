"""The dashboard: it is JSON, and each figure of ours that it shows is one that the code writes."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

from tests.support.template import ROOT, written

SERVICE = "service"
"""The dimension that Powertools adds to each metric."""

RUNS_AGES_COSTS = {"RunsAlive", "OldestRunSeconds", "SpentThisMonthUsd", "VendorClosed", "StageFailures"}
QUEUES = ("ProcessingQueue", "TranscriptionQueue", "ArtifactsQueue")


def body() -> Any:
    """Return the dashboard with references left as they stand."""
    return json.loads(written()["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"])


def shown() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Yield namespace, metric and names of dimensions of each line, searches included."""
    for widget in body()["widgets"]:
        for line in widget["properties"]["metrics"]:
            if isinstance(line[0], dict):
                found = re.search(r"\{([^}]+)\} MetricName=\"(\w+)\"", line[0]["expression"])
                assert found is not None, line
                namespace, *dimensions = found[1].split(",")
                yield namespace, found[2], frozenset(dimensions)
            else:
                namespace, name, *rest = [each for each in line if not isinstance(each, dict)]
                yield namespace, name, frozenset(rest[::2])


def emitted() -> set[tuple[str, frozenset[str]]]:
    """Return each metric that the code writes, with the names of its dimensions."""
    found = set()
    for file in (ROOT / "layers" / "core" / "aam").rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Name)
                and call.func.id in ("gauge", "record_seconds")
                and isinstance(call.args[0], ast.Constant)
            ):
                found.add((call.args[0].value, frozenset({SERVICE, *(each.arg or "" for each in call.keywords)})))
    return found


def test_every_figure_of_ours_is_one_that_the_code_writes() -> None:
    ours = {(name, dimensions) for namespace, name, dimensions in shown() if namespace == "AAM"}
    assert ours <= emitted()
    assert {name for name, _ in ours} >= RUNS_AGES_COSTS


def test_every_queue_is_shown_by_its_length_and_its_age() -> None:
    text = json.dumps(body())
    for queue in QUEUES:
        assert text.count(f"${{{queue}.QueueName}}") == 2
        assert text.count(f"${{{queue.replace('Queue', 'DeadLetters')}.QueueName}}") == 1
