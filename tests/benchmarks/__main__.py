"""`make bench`: measures everything that has a limit, a line a figure; exit code 1 when one is missed."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable
from contextlib import redirect_stdout

from tests.benchmarks.figures import Figure, Skipped

BENCHMARKS = (
    "imports",
    "dev",
    "requests",
    "journey",
    "recognition",
    "evidence",
    "extraction",
    "transcription",
    "tokens",
    "invented",
    "minutes",
    "limits",
    "retention",
    "histories",
    "erasure",
    "restore",
)


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all of them."""
    unknown = sorted(set(names) - set(BENCHMARKS))
    if unknown:
        sys.stderr.write(f"There is no benchmark {', '.join(unknown)}; choose of {', '.join(BENCHMARKS)}.\n")
        return 2
    missed, shown = False, sys.stdout
    with redirect_stdout(sys.stderr):  # what is measured may log, and nothing but figures belongs on stdout
        for name in names or BENCHMARKS:
            figures: Iterable[Figure | Skipped] = importlib.import_module(f"tests.benchmarks.{name}").measure()
            for figure in figures:
                if isinstance(figure, Skipped):
                    shown.write(f"{figure.name}  skipped: {figure.why}\n")
                    continue
                missed = missed or not figure.ok
                verdict = "ok" if figure.ok else "MISS"
                shown.write(f"{figure.name}  {figure.value:g} {figure.unit}  {figure.limit:g}  {verdict}\n")
                shown.flush()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
