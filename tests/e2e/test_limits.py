"""What AWS would have refused although the emulator lets it pass; runs after all other tests of this folder."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import pytest

from tests.support.stack import Stack

KB, MB, MIB = 1024, 1_000_000, 1024 * 1024
REQUEST_MAX = 6 * MB
REPLY_MAX = int(5.5 * MB)
API_SECONDS_MAX = 29.0
STATE_MAX = 256 * KB
ENVIRONMENT_MAX = 4 * KB
PART_MIN = 8 * MIB
"""S3 asks for 5 MiB; we keep a distance."""


@pytest.fixture(scope="module")
def answered(stack: Stack, whole: None) -> list[dict[str, Any]]:
    """Every event that a worker has answered."""
    return list(stack.observer.lines("answered"))


def test_every_function_was_seen(stack: Stack, answered: list[dict[str, Any]]) -> None:
    assert {line["function"] for line in answered} == set(stack.functions.values())


def test_requests_and_replies_of_functions(answered: list[dict[str, Any]]) -> None:
    assert [line for line in answered if line["request"] > REQUEST_MAX or line["reply"] > REPLY_MAX] == []


def test_no_worker_holds_more_memory_than_it_has(stack: Stack, answered: list[dict[str, Any]]) -> None:
    logical = {name: function for function, name in stack.functions.items()}
    peaks: dict[str, tuple[float, int]] = {}
    for line in answered:
        name = logical[line["function"]]
        peaks[name] = (max(line["peak_kb"] / KB, peaks.get(name, (0.0, 0))[0]), line["memory_mb"])
    assert all(peak > 0 and memory > 0 for peak, memory in peaks.values())
    too_much = {name: f"{peak:.0f} of {memory} MB" for name, (peak, memory) in peaks.items() if peak > memory}
    assert too_much == {}


def test_environments_of_functions(stack: Stack) -> None:
    sizes = {}
    for page in stack.aws("lambda").get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            variables = function.get("Environment", {}).get("Variables", {})
            sizes[function["FunctionName"]] = sum(len(f"{name}{value}".encode()) for name, value in variables.items())
    assert set(sizes) == set(stack.functions.values())
    assert {name: size for name, size in sizes.items() if size > ENVIRONMENT_MAX} == {}


@pytest.mark.usefixtures("whole")
def test_the_api_answers_in_time_and_size(stack: Stack) -> None:
    assert len(stack.api_calls) > 100
    assert [call for call in stack.api_calls if call[1] > API_SECONDS_MAX or call[2] > REPLY_MAX] == []


@pytest.mark.usefixtures("whole")
def test_what_travels_through_the_state_machine_is_small_and_holds_no_words(stack: Stack) -> None:
    stack.collect_histories()
    assert len(stack.histories) > 20
    for events in stack.histories.values():
        for event in events:
            details = [value for name, value in event.items() if name.endswith("EventDetails")]
            carried = [text for detail in details for name in ("input", "output") if (text := detail.get(name))]
            assert all(len(text.encode()) <= STATE_MAX for text in carried)
            assert "release notes" not in json.dumps(carried), "the sample's words stay in the store"


@pytest.mark.usefixtures("whole")
def test_parts_of_multipart_uploads(stack: Stack) -> None:
    uploads: dict[str, dict[int, int]] = defaultdict(dict)
    for line in stack.observer.lines("call"):
        if line["operation"] == "UploadPart":
            params = line["params"]
            uploads[params["UploadId"]][params["PartNumber"]] = params.get("ContentLength") or line["body"]
    assert uploads
    for parts in uploads.values():
        *before, last = (size for _, size in sorted(parts.items()))
        assert all(size >= PART_MIN for size in before)
        assert last > 0
