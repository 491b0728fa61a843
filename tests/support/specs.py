"""The vendors' published API descriptions as judges; tests that need one are skipped without it."""

from __future__ import annotations

from typing import Any

import pytest

from aam_fakes.judging import find_spec, objections


def need_spec(name: str) -> Any:
    """Return the published description, or a skip with the plain reason."""
    spec = find_spec(name)
    if spec is None:
        pytest.skip(f"no ../shared/data/specs/{name} beside the project")
    return spec


def judge(name: str, pointer: str, value: Any) -> None:
    """Fail unless ``value`` fits the schema at ``pointer`` of the description."""
    need_spec(name)
    found = objections(name, pointer, value)
    assert not found, found[0]
