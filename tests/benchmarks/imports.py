"""How long each function's import takes beside a bare import of the third parties that it declares.

Both run in fresh interpreters on the built artifact and layers, in turn, so that a busy machine slows both.  What a
function declares is what the `requirements.in` of its layers names.
"""

from __future__ import annotations

import re
from pathlib import Path
from statistics import median

from tests.benchmarks.figures import Figure
from tests.support.built import path_of, run_clean
from tests.support.template import ROOT, functions, written

LIMIT = 1.2
WARM_UPS = 1  # the page cache is all that there is to warm
RUNS = 5
MODULES = {"argon2-cffi": "argon2", "pyjwt": "jwt", "deepgram-sdk": "deepgram"}
"""Where a distribution's module is not its name."""

TIMED = """
import time
began = time.perf_counter()
{work}
print(time.perf_counter() - began)
"""


def declared(name: str) -> list[str]:
    """The modules that stand for the third parties of a function's layers."""
    found = []
    for reference in functions()[name]["Layers"]:
        layer = ROOT / written()["Resources"][reference["Ref"]]["Properties"]["ContentUri"]
        for file in sorted(layer.glob("*.in")):
            found += [module_of(line) for line in file.read_text().splitlines() if re.match(r"[a-z]", line)]
    return found


def module_of(requirement: str) -> str:
    """The module of a line in a requirements file."""
    distribution = re.split(r"[\[=<>~ ]", requirement)[0]
    return MODULES.get(distribution, distribution.replace("-", "_"))


def seconds(work: str, path: list[Path]) -> float:
    """How long the work takes in a fresh interpreter."""
    done = run_clean(TIMED.format(work=work), path=path)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return float(done.stdout)


def measure() -> list[Figure]:
    """A ratio for each function."""
    return [ratio(name) for name in functions()]


def ratio(name: str) -> Figure:
    """Medians of ours and of the bare import."""
    path, bare = path_of(name), f"import {', '.join(declared(name))}"
    pairs = [(seconds("import app", path), seconds(bare, path)) for _ in range(WARM_UPS + RUNS)][WARM_UPS:]
    value = round(median(ours for ours, _ in pairs) / median(theirs for _, theirs in pairs), 2)
    return Figure(f"import_{name}", value, "x", LIMIT, value <= LIMIT)
