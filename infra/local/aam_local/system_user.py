"""System user of PostgreSQL when root starts it, because PostgreSQL refuses to run as root."""

import os
import pwd
import shutil
import subprocess

from aam_local.errors import UserError

NAME = "pgserver"
SYSTEM_PATH = os.pathsep.join(("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"))
"""Where the system's programs are; Python's own default and the PATH of many shells leave out the sbin folders."""

BY_HAND = f"addgroup -S {NAME} && adduser -S -D -H -s /sbin/nologin -G {NAME} {NAME}"
"""What makes the user where there is BusyBox instead of useradd."""


def ensure_system_user() -> None:
    """Make the user unless it is there; raises UserError where that cannot be done."""
    if _exists():
        return
    program = shutil.which("useradd", path=SYSTEM_PATH)
    if program is None:
        raise UserError(
            f"PostgreSQL refuses to run as root, and there is no 'useradd' to add the user '{NAME}' for it; "
            f"run this as an ordinary user, or make that user and try again (Alpine: {BY_HAND})."
        )
    done = subprocess.run(
        [program, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME],
        capture_output=True,
        text=True,
        timeout=120,
        cwd="/",
        env={"PATH": SYSTEM_PATH, "LC_ALL": "C"},
    )
    if done.returncode and not _exists():  # another checkout may have been faster
        said = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1].rstrip(".")
        raise UserError(
            f"PostgreSQL refuses to run as root, and the user '{NAME}' for it could not be made ({said}); "
            "run this as an ordinary user, or make that user and try again."
        )


def group_of(user: str) -> int:
    """Return the id of a user's own group; it need not have the user's name."""
    return pwd.getpwnam(user).pw_gid


def _exists() -> bool:
    try:
        pwd.getpwnam(NAME)
    except KeyError:
        return False
    return True
