"""Files that a stack is made of, and which of them changed between two looks."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from aam_local.build import BUILT_FROM

Look = dict[Path, tuple[int, int, str]]
"""The time of change in nanoseconds, the size and the hash of the content, by file."""

ABSENT = (0, 0, "")

PASSING = ("~", ".swp", ".swx", ".tmp", ".pyc")
"""How the names of files end that editors and interpreters make for a moment."""


def look(root: Path, before: Look) -> Look:
    """Return the state of every file that a build and a deploy depend on; only what is touched since is read."""
    found: Look = {}
    for name in BUILT_FROM:
        for path in _files(root / name):
            try:
                status = path.stat()
                stamp = (status.st_mtime_ns, status.st_size)
                known = before.get(path)
                digest = known[2] if known and known[:2] == stamp else hashlib.sha256(path.read_bytes()).hexdigest()
            except FileNotFoundError:  # an editor replaces a file by another one
                continue
            found[path] = (*stamp, digest)
    return found


def changed(before: Look, after: Look) -> set[Path]:
    """Return the files that are new, gone or of another content."""
    return {path for path in before.keys() | after.keys() if before.get(path, ABSENT)[2] != after.get(path, ABSENT)[2]}


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    for folder, below, names in os.walk(path):
        below[:] = [name for name in below if name != "__pycache__" and not name.startswith(".")]
        yield from (Path(folder, name) for name in names if not name.startswith(".") and not name.endswith(PASSING))
