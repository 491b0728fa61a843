"""Write docs/errors.md from the tree of errors: `make docs`.

Run it in a process of its own: it imports every module that declares an error, those of the functions too.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aam.foundation.errors import AppError

ROOT = Path(__file__).resolve().parents[2]
NO_ERRORS = ("aam.migrations.env", "aam.migrations.versions")
"""Modules that only Alembic can import."""

HEAD = """\
# Errors

_Written by `make docs` from the code; a test compares both._

Every failure that we foresaw has a stable `code`. The API answers with `application/problem+json`
(`type`, `title`, `status`, `code`, `detail`, `correlation_id`); a meeting that could not be processed carries the same
codes and sentences in its `errors`. The sentence may name particulars, such as a limit.

_Retried_ means: the fault passes, so whoever owns the call tries again by itself. Inside a run that is the state
machine, or the worker that asks a vendor; over HTTP it is the client. Nothing else is retried: a person has to change
something first.

Something that nobody foresaw is `internal_error` (500) over HTTP and `step_failed` in a run; what happened stands in
the function's log under the correlation id.
"""


def load_everything() -> None:
    """Import all modules that may declare errors."""
    sys.path[:0] = [str(ROOT / "layers" / "core"), str(ROOT / "functions" / "api")]
    import aam

    for module in pkgutil.walk_packages(aam.__path__, "aam."):
        if not module.name.startswith(NO_ERRORS):
            importlib.import_module(module.name)
    importlib.import_module("app")
    for file in sorted((ROOT / "functions").glob("*/app.py")):
        if file.parent.name != "api" and "    code = " in file.read_text(encoding="utf-8"):
            spec = importlib.util.spec_from_file_location(f"functions.{file.parent.name}", file)
            assert spec is not None  # noqa: S101 - the file is there
            assert spec.loader is not None  # noqa: S101
            module_of_function = importlib.util.module_from_spec(spec)
            sys.modules[spec.name] = module_of_function
            spec.loader.exec_module(module_of_function)


def named(root: type[AppError]) -> Iterator[type[AppError]]:
    """Yield every error below ``root`` that has a code of its own; the tree's trunk is never raised."""
    for child in root.__subclasses__():
        if "code" in vars(child) and child.__module__ != root.__module__:
            yield child
        yield from named(child)


def page() -> str:
    """Return the whole page."""
    load_everything()
    from aam.foundation.errors import AppError

    groups: dict[str, list[str]] = {}
    for leaf in sorted(set(named(AppError)), key=lambda leaf: (leaf.code, leaf.__module__)):
        file = Path(str(sys.modules[leaf.__module__].__file__)).relative_to(ROOT)
        cells = [
            f"`{leaf.code}`",
            str(leaf.http_status),
            "yes" if leaf.retryable else "no",
            leaf.sentence,
            f"[`{leaf.__name__}`](../{file})",
        ]
        group = "http" if file.parts[0] == "functions" and file.parts[1] == "api" else file.parts[-2]
        groups.setdefault(group, []).append(f"| {' | '.join(cells)} |")
    lines = [HEAD]
    for group, rows in sorted(groups.items()):
        header = ["| code | status | retried | sentence | class |", "|---|---|---|---|---|"]
        lines += [f"## {group}", "", *header, *rows, ""]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
