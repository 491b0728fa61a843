"""Copies of saved code as they go into the stack: what did not change is neither copied nor compiled again."""

from __future__ import annotations

import io
import py_compile
import shutil
import zipfile
from importlib.util import cache_from_source
from pathlib import Path

from aam_local.build import EPOCH


def mirror(source: Path, target: Path) -> None:
    """Make ``target`` hold the files of ``source``; bytecode of files that did not change stays."""
    wanted = {
        file.relative_to(source) for file in source.rglob("*") if file.is_file() and "__pycache__" not in file.parts
    }
    for file in target.rglob("*") if target.exists() else ():
        if file.is_file() and "__pycache__" not in file.parts and file.relative_to(target) not in wanted:
            file.unlink()
            _remove_bytecode(file)
    for name in wanted:
        original, copy = source / name, target / name
        body = original.read_bytes()
        if not copy.exists() or copy.read_bytes() != body:
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(original, copy)
            _remove_bytecode(copy)


def _remove_bytecode(file: Path) -> None:
    """Delete what was compiled of a file."""
    for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
        compiled.unlink()


def compile_missing(package: Path) -> None:
    """Compile the files of the core's package that have no bytecode, as a build does."""
    for file in package.rglob("*.py"):
        compiled = Path(cache_from_source(str(file)))
        if not compiled.exists():
            py_compile.compile(
                str(file),
                cfile=str(compiled),
                dfile=f"/opt/python/{file.relative_to(package.parent)}",
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )


def zipped(folder: Path) -> bytes:
    """Return a folder as a zip, uncompressed: it is unpacked on the same machine."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(str(file.relative_to(folder)), EPOCH)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes())
    return made.getvalue()
