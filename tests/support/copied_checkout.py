"""A copy of this checkout whose files may be changed, with a stack of its own; tools and caches are shared."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self

from aam_local.aws import client
from aam_local.build import BUILT_FROM
from aam_local.deploy import STACK
from aam_local.environments import ensure_environment
from aam_local.paths import Home, find_home
from aam_local.secrets import load_secrets
from aam_local.state import load_state
from aam_local.waiting import wait_until
from tests.support.template import ROOT

PATIENCE_S = 180
PROGRAM = """
import sys
from pathlib import Path
from aam_local.dev import watch
from aam_local.paths import Home
home = Home(Path(sys.argv[1]), Path(sys.argv[1]) / ".aam")
try:
    watch(home, tell=lambda said: print(said, flush=True))
except KeyboardInterrupt:
    pass
"""


def copy_checkout(folder: Path) -> Home:
    """Return the folders of a copy of all that a build and a deploy depend on."""
    usual = find_home(ROOT)
    usual.prepare()
    for name in ("emulator", "sam"):
        ensure_environment(usual, name)
    for name in BUILT_FROM:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copyfile(source, target)
    home = Home(folder, folder / ".aam")
    home.folder.mkdir()
    for link, original in {folder / ".venv": ROOT / ".venv", home.envs: usual.envs, home.cache: usual.cache}.items():
        link.symlink_to(original)
    return home


@dataclass
class DevRun:
    """`aam dev` as a process of its own, and what it has said."""

    home: Home
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        command = [sys.executable, "-c", PROGRAM, str(self.home.root)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert self.process.stdout is not None
        self._reader = threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True)
        self._reader.start()
        self.wait_for("watching")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.end(signal.SIGKILL)

    def wait_for(self, words: str) -> str:
        """Return the line with these words that comes next; each is returned once."""
        found: list[str] = []

        def come() -> bool:
            found.extend(line for line in self.said if words in line)
            return bool(found) or self.process.poll() is not None

        wait_until(come, seconds=PATIENCE_S, every=0.02)
        assert found, self.said
        self.said.remove(found[0])
        return found[0]

    def end(self, number: int) -> None:
        """Send a signal and wait for the end."""
        self.process.send_signal(number)
        self.process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _read(self, output: IO[str]) -> None:
        self.said.extend(line.strip() for line in iter(output.readline, ""))


def aws(home: Home, service: str) -> Any:
    """Return a client of the stack."""
    key = load_secrets(home.secrets).emulator_secret_access_key
    return client(service, endpoint=load_state(home).endpoint, secret_access_key=key)


def names(home: Home) -> dict[str, str]:
    """Return the physical names of the stack's resources by their names in the template."""
    found = aws(home, "cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
    return {entry["LogicalResourceId"]: entry["PhysicalResourceId"] for entry in found}


def ask(home: Home, name: str, event: dict[str, object]) -> Any:
    """Return what a function answers, called by its physical name."""
    answer = aws(home, "lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
    return json.loads(answer["Payload"].read() or b"null")


def edit(file: Path, old: str, new: str) -> str:
    """Replace a part of a file; its text before."""
    before = file.read_text(encoding="utf-8")
    assert old in before
    file.write_text(before.replace(old, new), encoding="utf-8")
    return before
