"""The vendors' published API descriptions as judges of requests and replies.

They lie beside the checkout (``../shared/data/specs``) or where ``AAM_SPECS`` says, and are not part of it: without
them, or without the packages that read them, nothing is judged and ``find_spec`` says None.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.util import find_spec as find_module
from pathlib import Path
from typing import Any

DEEPGRAM, OPENAI = "deepgram.openapi.yml", "openai.openapi.yaml"
BESIDE = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "specs"


def find_spec(name: str) -> Any:
    """Return a vendor's description, parsed; None where it cannot be had."""
    file = Path(os.environ.get("AAM_SPECS") or BESIDE) / name
    wanted = ("yaml", "jsonschema", "referencing")
    return _parsed(file) if file.is_file() and all(find_module(module) for module in wanted) else None


@cache
def _parsed(file: Path) -> Any:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(file.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - safe either way


@cache
def _validator(name: str, pointer: str, *, loose: bool) -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator({"$ref": f"urn:spec#{pointer}"}, registry=_registry(name, loose=loose))


@cache
def _registry(name: str, *, loose: bool) -> Any:
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT202012

    spec = find_spec(name)
    contents = _loosened(spec) if loose else spec
    return Registry().with_resource("urn:spec", Resource.from_contents(contents, default_specification=DRAFT202012))


def _loosened(schema: Any) -> Any:
    """Return the same with anyOf for oneOf: published parameters may fit both."""
    if isinstance(schema, dict):
        return {("anyOf" if key == "oneOf" else key): _loosened(value) for key, value in schema.items()}
    return [_loosened(entry) for entry in schema] if isinstance(schema, list) else schema


def objections(name: str, pointer: str, value: Any, *, loose: bool = False) -> list[str]:
    """Return the objections to ``value`` by the schema at ``pointer``; empty without any."""
    if find_spec(name) is None:
        return []
    title = pointer.rpartition("/")[2]
    found = _validator(name, pointer, loose=loose).iter_errors(value)
    return [f"{title}: {'.'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in found]


def query_objections(name: str, path: str, query: Mapping[str, Sequence[str]], *, method: str = "post") -> list[str]:
    """Return the objections to the parameters in a request's query string."""
    spec = find_spec(name)
    if spec is None:
        return []
    escaped = path.replace("~", "~0").replace("/", "~1")
    published = spec["paths"][path][method]["parameters"]
    known = {entry["name"]: number for number, entry in enumerate(published) if entry["in"] == "query"}
    found = [f"{wanted} is no parameter of {path}" for wanted in query if wanted not in known]
    for wanted, texts in query.items():
        if wanted not in known:
            continue
        pointer = f"/paths/{escaped}/{method}/parameters/{known[wanted]}/schema"
        verdicts = [objections(name, pointer, value, loose=True) for value in _readings(texts)]
        if all(verdicts):
            found.append(f"{wanted}={','.join(texts)}: {verdicts[0][0]}")
    return found


def _readings(texts: Sequence[str]) -> Iterator[Any]:
    """Yield the readings of a parameter's texts: a query string has no types."""
    yield list(texts)
    if len(texts) == 1:
        (text,) = texts
        yield text
        if text in {"true", "false"}:
            yield text == "true"
        try:
            yield float(text)
        except ValueError:
            return
