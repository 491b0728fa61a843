"""Compile every lock anew: `make lock`.

One set of versions serves everything that runs together (layers, CLI, tests).  A layer's lock leaves out what the
base layer already brings, and no lock names a download host.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
LAYERS = HERE.parent.parent / "layers"
COMPILE = [
    *("uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-emit-index-url", "--no-emit-find-links", "--no-header", "--no-annotate"),
]


def leave_out(lock: Path) -> list[str]:
    """Return the options that keep a lock's packages out of another lock."""
    pinned = [line.split("==")[0] for line in lock.read_text().splitlines() if line[:1].isalnum()]
    return [option for name in pinned for option in ("--no-emit-package", name)]


def compile_lock(source: Path, *options: str) -> Path:
    """Write the lock beside its source."""
    lock = source.with_name(f"{source.stem}.txt")
    subprocess.run([*COMPILE, *options, str(source), "-o", str(lock)], check=True, cwd=HERE)  # noqa: S603 - our own arguments
    return lock


def main() -> None:
    """Compile all locks, the shared versions first."""
    upgrade = sys.argv[1:]
    for name in ("bootstrap", "emulator", "sam"):
        compile_lock(HERE / f"{name}.in", *upgrade)
    for name in ("whisper", "whisper-base", "whisper-tiny.en"):
        compile_lock(HERE / f"{name}.in", "--no-deps", *upgrade)
    dev = compile_lock(HERE / "dev.in", *upgrade)
    same = ("--constraint", str(dev))
    compile_lock(HERE / "cli.in", *same)
    alone = ("--no-deps", "--constraint", str(compile_lock(HERE / "dev-nodeps.in", "--no-deps")))
    base = compile_lock(LAYERS / "base" / "requirements.in", *same)
    without_base = leave_out(base)
    database = compile_lock(LAYERS / "database" / "requirements.in", *same, *without_base)
    compile_lock(LAYERS / "migrations" / "requirements.in", *same, *without_base, *leave_out(database))
    for name in ("web", "media", "deepgram", "openai"):
        compile_lock(LAYERS / name / "requirements.in", *same, *without_base)
    compile_lock(LAYERS / "web" / "chalice.in", *alone)
    compile_lock(LAYERS / "sphinx" / "requirements.in", *alone)
    compile_lock(LAYERS / "postgres" / "requirements.in", "--no-deps", *same)


if __name__ == "__main__":
    main()
