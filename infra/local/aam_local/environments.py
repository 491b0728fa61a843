"""Virtual environments of the tools, each from its own hashed lock."""

import hashlib
import subprocess
import sys
from pathlib import Path

from aam_local.errors import UserError
from aam_local.files import remove_tree
from aam_local.installers import INSTALL_SECONDS, Tell, run_telling, untold
from aam_local.paths import Home


def ensure_environment(home: Home, name: str, tell: Tell = untold) -> Path:
    """Make `.aam/envs/<name>` from the lock of that name unless it stands already; its ``bin`` folder.

    The interpreter is the one that runs this code: Lambda workers inherit it from the emulator's environment,
    and native wheels of the layers are built for it.
    """
    lock = home.root / "infra" / "requirements" / f"{name}.txt"
    folder = home.envs / name
    marker = folder / ".lock-hash"
    wanted = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
    if marker.exists() and marker.read_text() == wanted:
        return folder / "bin"
    if not home.uv.exists():
        raise UserError(f"{home.uv} is missing; run 'make dev' in {home.root} first.")
    remove_tree(folder)
    _uv(home, tell, "venv", "--python", sys.executable, str(folder))
    python = str(folder / "bin" / "python")
    _uv(home, tell, "pip", "install", "--python", python, "--require-hashes", "-r", str(lock))
    marker.write_text(wanted)
    return folder / "bin"


def _uv(home: Home, tell: Tell, *arguments: str) -> None:
    try:
        done = run_telling([str(home.uv), *arguments], tell=tell, seconds=INSTALL_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise UserError(
            f"Installing from the lock took longer than {INSTALL_SECONDS} s and was ended; "
            "check the network and try again: what was downloaded is kept."
        ) from error
    if done.returncode:
        last = (done.stdout.strip() or "no message").splitlines()[-1]
        raise UserError(
            f"Installing from the lock failed ({last.strip()}); check the network or the package index and try again."
        )
