"""How much work each function's import is beside a bare import of the third parties that it declares.

Both run in fresh interpreters on the built artifact and layers, in turn, and processor time is what counts, so that a
busy machine changes little.  What a
function declares is what the import statements say at the top of all modules of ours that it loads: the bare side runs
exactly those statements, and makes one model and one table, so the ratio is the price of our own code.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.figures import Figure
from tests.support.built import path_of, run_clean
from tests.support.template import functions

LIMIT = 1.2
RUNS = 4  # the first warms the page cache
FIRST_USE = {
    "pydantic": "import pydantic\nclass First(pydantic.BaseModel):\n    number: int",
    "sqlalchemy.orm": (
        "import sqlalchemy.orm\nclass Base(sqlalchemy.orm.DeclarativeBase):\n    pass\n"
        "class Row(Base):\n    __tablename__ = 'rows'\n"
        "    number: sqlalchemy.orm.Mapped[int] = sqlalchemy.orm.mapped_column(primary_key=True)"
    ),
}
"""What makes a library load the half of itself that it puts off until the first model or table."""

TIMED = """
import time
began = time.process_time()
{work}
print(time.process_time() - began)
"""
LOADED = """
import app, json
print(json.dumps([found.__file__ for found in sys.modules.values() if getattr(found, "__file__", None)]))
"""


def declared(path: list[Path]) -> list[str]:
    """The statements by which our modules import third parties when a function is loaded, in no special order."""
    done = run_clean(LOADED, path=path)
    if done.returncode:
        raise RuntimeError(done.stderr)
    artifact = str(path[0])
    ours = [Path(name) for name in json.loads(done.stdout) if name.startswith(artifact) or "/python/aam/" in name]
    local = {file.stem for file in ours} | {"aam", "routes"}
    return sorted({statement for file in ours for statement in third_parties(file, local)})


def third_parties(file: Path, local: set[str]) -> Iterator[str]:
    """The statements at the top level of a module that import neither us nor the standard library."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        if {name.partition(".")[0] for name in names} - sys.stdlib_module_names - local:
            yield ast.unparse(node)


def with_first_use(statements: list[str]) -> list[str]:
    """The statements, and the first model or table of the libraries that load half of themselves only then."""
    modules = {statement.split()[1] for statement in statements}
    return [*statements, *(use for module, use in FIRST_USE.items() if module in modules)]


def seconds(work: str, path: list[Path]) -> float:
    """The processor time that the work takes in a fresh interpreter."""
    done = run_clean(TIMED.format(work=work), path=path)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return float(done.stdout)


def measure() -> Iterator[Figure]:
    """A ratio for each function."""
    return (ratio(name) for name in functions())


def ratio(name: str) -> Figure:
    """The fastest of ours beside the fastest bare import: what other work on the machine adds is never negative."""
    path = path_of(name)
    bare = "\n".join(with_first_use(declared(path)))
    pairs = [(seconds("import app", path), seconds(bare, path)) for _ in range(RUNS)]
    value = round(min(ours for ours, _ in pairs) / min(theirs for _, theirs in pairs), 2)
    return Figure(f"import_{name}", value, "x", LIMIT, value <= LIMIT)
