"""The functions and layers as `sam build` makes them for this machine, and clean interpreters that see nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from aam_local.build import ensure_built
from aam_local.environments import ensure_environment
from aam_local.lock import exclusive
from aam_local.paths import find_home
from tests.support.template import ROOT, functions


@cache
def build_folder() -> Path:
    """SAM's folder, built now unless these very sources are built: the embedded stack deploys from the same one."""
    home = find_home(ROOT)
    with exclusive(home, lambda _said: None):
        ensure_environment(home, "emulator")
        ensure_built(home, ensure_environment(home, "sam") / "sam", layer_target="host")
    return home.build


def path_of(name: str) -> list[Path]:
    """Return the folders on a function's path on Lambda: its artifact, then its layers."""
    layers = [reference["Ref"] for reference in functions()[name]["Layers"]]
    return [build_folder() / name, *(build_folder() / layer / "python" for layer in layers)]


def run_clean(
    program: str, *, path: list[Path], environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program with these folders and the standard library on the path, and no environment but the given."""
    preamble = f"import sys; sys.path[:0] = {[str(folder) for folder in path]!r}\n"
    return subprocess.run(
        [os.path.realpath(sys.executable), "-I", "-S", "-B", "-c", preamble + program],
        capture_output=True,
        text=True,
        timeout=120,
        env={"LAMBDA_TASK_ROOT": str(path[0]), "TZ": "UTC", "LANG": "C.UTF-8", **(environment or {})},
        check=False,
    )
