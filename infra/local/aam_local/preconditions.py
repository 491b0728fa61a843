"""Check that a machine meets the needs of the stack before anything is started."""

import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

from aam_local.errors import UserError

GIB = 1024**3
DISK_BYTES = 3 * GIB
MEMORY_BYTES = 4 * GIB
MEMORY_SLACK = 0.9
"""A machine sold with 4 GB shows a little less, since the kernel keeps some."""


@dataclass(frozen=True)
class Machine:
    """Properties of a machine; tests build their own."""

    system: str
    python: tuple[int, int]
    has_make: bool
    free_disk: int
    memory: int


def this_machine(folder: Path) -> Machine:
    """Look at the machine; ``folder`` decides which disk counts."""
    return Machine(
        system=platform.system(),
        python=(sys.version_info.major, sys.version_info.minor),
        has_make=shutil.which("make") is not None,
        free_disk=shutil.disk_usage(folder).free,
        memory=psutil.virtual_memory().total,
    )


def check(machine: Machine, *, stack_exists: bool = False) -> list[str]:
    """Return notes for the operator; raises UserError for what makes a start pointless.

    A stack that was built before has already taken its disk space, so the disk is not asked again.
    """
    if machine.system == "Windows":
        raise UserError("Plain Windows cannot run the embedded stack; install WSL2 and run this inside it.")
    if machine.python < (3, 11):
        found = ".".join(map(str, machine.python))
        raise UserError(f"Python {found} is too old; install Python 3.11 or newer and make the environment again.")
    if not machine.has_make:
        raise UserError("'make' is missing; install it (Debian and Ubuntu: apt install make) and try again.")
    if not stack_exists and machine.free_disk < DISK_BYTES:
        raise UserError(
            f"Only {machine.free_disk / GIB:.1f} GB of disk are free and 3 GB are needed; make room and try again."
        )
    if machine.memory < MEMORY_BYTES * MEMORY_SLACK:
        raise UserError(
            f"This machine has {machine.memory / GIB:.1f} GB of memory and 4 GB are needed; use a larger one."
        )
    return ["macOS is untested; Linux and WSL2 are what we test"] if machine.system == "Darwin" else []
