"""How much work each function's import is beside bare imports of third parties.

All sides run in fresh interpreters on the built artifact and layers, in turn, and processor time is what counts, so
that a busy machine changes little.  Two bare sides for each function:

- `import_<name>`: what it declares, that is what the `requirements.in` of its layers name.  Below 1 where vendors are
  imported only when they are used.
- `import_<name>_own`: the very import statements at the top of the modules of ours that it loads, so that what is over
  1 is the price of our own code, most of it models that pydantic builds.  This limit is ours.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.figures import Figure
from tests.support.built import path_of, run_clean
from tests.support.template import ROOT, functions, written

LIMIT, OWN_LIMIT = 1.2, 1.6
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

MODULES = {"argon2-cffi": "argon2", "pyjwt": "jwt", "deepgram-sdk": "deepgram", "sqlalchemy": "sqlalchemy.orm"}
"""Where a distribution's module is not its name, or where its name alone loads a part of it."""

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


def declared(name: str) -> list[str]:
    """Imports of the third parties of a function's layers."""
    found = []
    for reference in functions()[name]["Layers"]:
        layer = ROOT / written()["Resources"][reference["Ref"]]["Properties"]["ContentUri"]
        lines = [line for file in sorted(layer.glob("*.in")) for line in file.read_text(encoding="utf-8").splitlines()]
        distributions = [re.split(r"[\[=<>~ ]", line)[0] for line in lines if re.match(r"[a-z]", line)]
        found += [f"import {MODULES.get(each, each.replace('-', '_'))}" for each in distributions]
    return found


def stated(path: list[Path]) -> list[str]:
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


def with_first_use(statements: list[str]) -> str:
    """The statements, and the first model or table of the libraries that load half of themselves only then."""
    modules = {statement.split()[1] for statement in statements}
    return "\n".join([*statements, *(use for module, use in FIRST_USE.items() if module in modules)])


def seconds(work: str, path: list[Path]) -> float:
    """The processor time that the work takes in a fresh interpreter."""
    done = run_clean(TIMED.format(work=work), path=path)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return float(done.stdout)


def measure() -> Iterator[Figure]:
    """Two ratios for each function."""
    return (figure for name in functions() for figure in ratios(name))


def ratios(name: str) -> tuple[Figure, Figure]:
    """The least work of each side: what other work on the machine adds is never negative."""
    path = path_of(name)
    sides = ("import app", with_first_use(declared(name)), with_first_use(stated(path)))
    taken = [[seconds(work, path) for work in sides] for _ in range(RUNS)]
    ours, bare, own = (min(side) for side in zip(*taken, strict=True))
    return (
        Figure(f"import_{name}", round(ours / bare, 2), "x", LIMIT, ours / bare <= LIMIT),
        Figure(f"import_{name}_own", round(ours / own, 2), "x", OWN_LIMIT, ours / own <= OWN_LIMIT),
    )
