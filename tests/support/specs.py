"""The vendors' published API descriptions as judges of requests and of fake replies."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

SPECS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "specs"


@cache
def _spec(name: str) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((SPECS / name).read_text(), Loader=loader)


@cache
def _registry(name: str) -> Any:
    resource = Resource.from_contents(_spec(name), default_specification=DRAFT202012)
    return Registry().with_resource("urn:spec", resource)


def need_spec(name: str) -> Any:
    """The published description, or a skip with the plain reason."""
    if not (SPECS / name).is_file():
        pytest.skip(f"no ../shared/data/specs/{name} beside the project")
    return _spec(name)


def judge(name: str, pointer: str, value: Any) -> None:
    """Fail unless ``value`` fits the schema at ``pointer`` of the description."""
    need_spec(name)
    Draft202012Validator({"$ref": f"urn:spec#{pointer}"}, registry=_registry(name)).validate(value)
