"""Find our definitions that a function's code can reach, from the source without running it.

From a function's own files on, every name that a definition mentions is followed to where it is defined, through
imports inside functions and through packages that pass names on.  It says a little too much (a name in an annotation
counts), never too little for code that mentions what it calls.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "layers" / "core"

Definition = tuple[str, str]
"""A module and a name at its top level."""


@dataclass(frozen=True)
class Source:
    """A module: what stands at its top level, and what its imports bind."""

    definitions: dict[str, list[ast.AST]]
    imports: dict[str, Definition]


def bound(tree: ast.AST) -> dict[str, Definition]:
    """Return the names that `from aam… import …` binds anywhere below, each with its origin."""
    found: dict[str, Definition] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] == "aam":
            for alias in node.names:
                found[alias.asname or alias.name] = (node.module, alias.name)
    return found


def read(path: Path) -> Source:
    """Return a module from its file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    definitions: dict[str, list[ast.AST]] = {}
    for node in tree.body:
        names: list[str] = []
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.Assign):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names = [node.target.id]
        for name in names:
            definitions.setdefault(name, []).append(node)
    return Source(definitions, bound(tree))


@cache
def module(name: str) -> Source | None:
    """Return a module of the core layer by its dotted name, or None when there is no such file."""
    base = CORE.joinpath(*name.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.exists():
            return read(path)
    return None


def mentioned(source: Source, name: str) -> Iterator[tuple[str, str | None]]:
    """Yield the names inside a definition, each with the attribute that is taken of it, if any."""
    for definition in source.definitions.get(name, ()):
        for node in ast.walk(definition):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                yield node.value.id, node.attr
            elif isinstance(node, ast.Name):
                yield node.id, None


def reached(function: str) -> set[Definition]:
    """Return every definition in the core layer that the code in `functions/<function>` can reach."""
    return set(_reached(function))


def needed_later(function: str) -> set[str]:
    """Return the third-party modules imported inside the definitions that a function can reach."""
    return {found for nodes in _reached(function).values() for node in nodes for found in third_parties(node)}


def third_parties(definition: ast.AST) -> Iterator[str]:
    """Yield the modules that are imported inside a definition, without ours and the standard library's."""
    for node in ast.walk(definition):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        yield from (name for name in names if name.partition(".")[0] not in {*sys.stdlib_module_names, "aam"})


@cache
def _reached(function: str) -> dict[Definition, list[ast.AST]]:
    """Return the reachable definitions, with their nodes."""
    waiting: list[tuple[Source, str, str]] = []
    for file in (ROOT / "functions" / function).rglob("*.py"):
        source = read(file)
        waiting += [(source, str(file), name) for name in source.definitions]
    seen: dict[Definition, list[ast.AST]] = {}
    while waiting:
        source, origin, name = waiting.pop()
        if (origin, name) in seen:
            continue
        seen[(origin, name)] = source.definitions.get(name, [])
        if name not in source.definitions and name in source.imports:  # a package passes it on
            follow(*source.imports[name], None, waiting)
        for found, attribute in mentioned(source, name):
            if found in source.definitions:
                waiting.append((source, origin, found))
            elif found in source.imports:
                follow(*source.imports[found], attribute, waiting)
    return seen


def follow(where: str, name: str, attribute: str | None, waiting: list[tuple[Source, str, str]]) -> None:
    """Queue what an import stands for: a definition, or an attribute of an imported module."""
    submodule = module(f"{where}.{name}")
    if submodule is not None:
        if attribute is not None:
            waiting.append((submodule, f"{where}.{name}", attribute))
        return
    source = module(where)
    if source is not None:
        waiting.append((source, where, name))
