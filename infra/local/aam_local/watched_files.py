"""Files that a stack is made of, and which of them changed between two looks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from aam_local.build import BUILT_FROM

Look = dict[Path, tuple[int, int]]
"""The time of change in nanoseconds and the size, by file."""

PASSING = ("~", ".swp", ".swx", ".tmp", ".pyc")
"""How the names of files end that editors and interpreters make for a moment."""


def look(root: Path) -> Look:
    """Return the state of every file that a build and a deploy depend on."""
    found: Look = {}
    for name in BUILT_FROM:
        for path in _files(root / name):
            try:
                status = path.stat()
            except FileNotFoundError:  # an editor replaces a file by another one
                continue
            found[path] = (status.st_mtime_ns, status.st_size)
    return found


def changed(before: Look, after: Look) -> set[Path]:
    """Return the files that are new, gone or another."""
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    for folder, below, names in os.walk(path):
        below[:] = [name for name in below if name != "__pycache__" and not name.startswith(".")]
        yield from (Path(folder, name) for name in names if not name.startswith(".") and not name.endswith(PASSING))
