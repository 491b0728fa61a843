"""Running the SAM CLI: quiet, its words kept in a log, its failure one sentence."""

import os
import subprocess
from pathlib import Path

from aam_local.errors import UserError
from aam_local.installers import Tell, run_telling, untold
from aam_local.paths import Home


def run_sam(
    home: Home,
    command: list[str],
    *,
    environment: dict[str, str],
    what: str,
    seconds: int = 900,
    tell: Tell = untold,
) -> str:
    """Run the command in the checkout; its output.

    Raises UserError with the last line that SAM said, and with the log's place.
    """
    log = home.logs / f"sam-{what.lower()}.log"
    try:
        done = run_telling(
            command,
            tell=tell,
            seconds=seconds,
            cwd=home.root,
            environment={**_surroundings(Path(command[0])), **environment},
        )
    except subprocess.TimeoutExpired as error:
        raise UserError(f"{what} took longer than {seconds} s and was ended; run 'aam up' again.") from error
    log.write_text(done.stdout, encoding="utf-8")
    if done.returncode:
        raise UserError(f"{what} failed: {_last_words(done.stdout)} (all of it: {log}).")
    return done.stdout


def _surroundings(sam: Path) -> dict[str, str]:
    """Return the person's environment without the variables that would redirect the deploy or Python's imports.

    Package index, proxy and certificate settings must reach the installer that builds the layers.
    """
    foreign = ("AWS_", "SAM_", "PYTHON", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {
        **kept,
        "PATH": f"{sam.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": "0.3",
        "PYTHONWARNINGS": "ignore",
    }


def _last_words(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if "rror" in line or "ailed" in line]
    return (telling or lines or ["no message"])[-1].rstrip(".")
