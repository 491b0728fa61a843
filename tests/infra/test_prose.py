"""Contracts on prose: first lines of docstrings, and the words for actors."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.template import ROOT

FOLDERS = ("layers", "functions", "infra", "tests/support")
NO_HEADLINE = re.compile(r"\W*(what|whether|how|which|who|whose|whom)\b", re.IGNORECASE)
NO_ACTOR = re.compile(r"\b(somebody|nobody|whoever|whom|anybody|everybody)\b", re.IGNORECASE)
NO_VERB = re.compile(
    r"\W*(the|a|an|every|each|those|these|this|that|its|our|their|all|one|both|no|nothing|everything|another|where|when"
    r"|why|two|\d+)\b",
    re.IGNORECASE,
)
"""Beginnings of functions' headlines that are a thing instead of a verb."""

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def headlines(text: str) -> Iterator[tuple[Documented, str]]:
    """Yield each module, class and function of a source that has a docstring, with the first line."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, Documented) and (said := ast.get_docstring(node)):
            yield node, said.splitlines()[0]


def faults(text: str) -> list[str]:
    """Return the first lines that break the contract."""
    found = []
    for node, line in headlines(text):
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if NO_HEADLINE.match(line) or NO_ACTOR.search(line) or (is_function and NO_VERB.match(line)):
            found.append(line)
    return found


@pytest.mark.parametrize("folder", FOLDERS)
def test_first_lines_name_a_thing_or_begin_with_a_verb(folder: str) -> None:
    sources = sorted((ROOT / folder).rglob("*.py"))
    assert len(sources) > 20
    assert {
        str(file.relative_to(ROOT)): wrong
        for file in sources
        if "build" not in file.parts and (wrong := faults(file.read_text(encoding="utf-8")))
    } == {}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('"""What is kept."""', True),
        ('"""Ledger of erasures."""', False),
        ('"""Erase whom the ledger knows."""', True),
        ('class A:\n    """Whether it is over."""', True),
        ('class A:\n    """A lease."""', False),
        ('def f():\n    """The keys of a bucket."""', True),
        ('def f():\n    """Return the keys of a bucket."""', False),
        ('def f():\n    """Return None if nobody waits."""', True),
        ('def f():\n    """Return a value.\n\n    What else there is."""', False),
    ],
)
def test_a_fault_is_found(text: str, wrong: bool) -> None:
    assert bool(faults(text)) is wrong


def test_errors_and_pages_name_their_actors() -> None:
    """Read the errors in the page that lists them."""
    pages = {ROOT / "README.md", ROOT / "SECURITY.md", *(ROOT / "docs").glob("*.md")}
    asked_of_models = {ROOT / "docs" / "sections.md"}
    assert {page.name: found for page in pages - asked_of_models if (found := actors_in(page))} == {}


def actors_in(page: Path) -> list[str]:
    """Return the lines of a page that name no actor; quotations and code are left out."""
    lines = page.read_text(encoding="utf-8").splitlines()
    return [line[:100] for line in lines if NO_ACTOR.search(re.sub(r'"[^"]*"|`[^`]*`', "", line))]
