"""`aam dev`: put saved files onto the running stack, as long as they can work."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aam_local import emulator, processes, saved_code, watched_files
from aam_local.backends import Running, reach
from aam_local.build import CODE_FOLDER, unquoted
from aam_local.errors import UserError
from aam_local.import_graph import Fault, Sources
from aam_local.installers import Tell
from aam_local.lock import exclusive
from aam_local.paths import Home
from aam_local.saved_code import Marker
from aam_local.secrets import load_secrets
from aam_local.staging import compile_missing, mirror, zipped
from aam_local.state import load_state
from aam_local.up import bring_up
from aam_local.watched_files import Look
from aam_local.written_template import Layout, read_layout

POLL_S = 0.2
IMPORT_SECONDS = 60
TRIAL = "import importlib, sys; sys.path[:0] = {path!r}; [importlib.import_module(name) for name in {names!r}]"
FRAME = re.compile(r'^\s*File "(.+?)", line (\d+)', re.MULTILINE)


@dataclass
class Session:
    """The stack, what was deployed on it, and what of the checkout is live; ``step`` takes one look."""

    home: Home
    running: Running
    layout: Layout
    marker: Marker
    tell: Tell
    live: Look
    machines: dict[str, Any]
    sources: Sources
    third_parties: frozenset[str]
    seen: Look = field(default_factory=dict)

    @property
    def core(self) -> Path:
        """Return the folder of the core's package in the checkout."""
        return self.home.root / "layers" / "core" / "aam"

    def tell_faults(self) -> None:
        """Name what cannot be imported already now; this parses every file, so that saves are quick."""
        for fault in self.sources.faults(self.third_parties):
            self.tell(f"{self._shown(fault.file)}:{fault.line}: {fault.said}")

    def step(self) -> bool:
        """Look at the files and put live what changed; whether anything was.

        Raises UserError where another command has deployed or restored the stack.
        """
        now, seen = watched_files.look(self.home.root, self.seen), self.seen
        self.seen = now
        if not watched_files.changed(seen, now):
            return False
        files = watched_files.changed(self.live, now)
        if not files:
            self.tell("the files are again as they are live")
            return False
        began = time.monotonic()
        with exclusive(self.home, self.tell):
            if saved_code.read_marker(self.home) != self.marker:
                raise UserError("Another command has deployed or restored the stack; run 'aam dev' again.")
            return self._apply(files, now, began)

    def _apply(self, files: set[Path], now: Look, began: float) -> bool:
        core = {file for file in files if file.is_relative_to(self.core)}
        functions = {
            name for name, folder in self.layout.functions.items() if any(file.is_relative_to(folder) for file in files)
        }
        machines = {name: file for name, file in self.layout.machines.items() if file in files}
        folders = [self.core, *self.layout.functions.values()]
        other = {
            file
            for file in files - set(machines.values())
            if not any(file.is_relative_to(folder) for folder in folders)
        }
        if other:
            for file in sorted(other):
                self.tell(f"{self._shown(file)} needs a deploy: run 'aam up', then 'aam dev' again")
            self.live = {**self.live, **{file: now[file] for file in other if file in now}}
            self.live = {file: stamp for file, stamp in self.live.items() if file not in other or file in now}
            if files == other:
                return False
        faults = [*self.sources.faults(self.third_parties), *self._machine_faults(machines)]
        faults = faults or self._trial_faults(core, functions)
        if faults:
            for fault in faults:
                self.tell(f"{self._shown(fault.file)}:{fault.line}: {fault.said}; what was live stays")
            return False
        touched = self.sources.reached_by(core) & self.layout.core_users if core else set()
        if touched:
            saved_code.put_core(self.running, self.marker, self._packed_core(), touched)
        for name in sorted(functions):
            saved_code.put_function(self.running, self.marker.functions[name], self._packed(name))
        for name, file in machines.items():
            self._put_machine(name, file)
        self.live = now
        what = ", ".join(sorted(self._shown(file) for file in files - other)[:3])
        more = f" and {len(files - other) - 3} more" if len(files - other) > 3 else ""
        count = len(touched | functions | machines.keys())
        self.tell(f"{what}{more} live in {count} place{'s' * (count != 1)}, {time.monotonic() - began:.1f} s")
        return True

    def _machine_faults(self, machines: dict[str, Path]) -> Iterator[Fault]:
        for name, file in machines.items():
            definition = _definition(file)
            if isinstance(definition, Fault):
                yield definition
            elif not isinstance(definition, dict) or definition.get("StartAt") not in definition.get("States", {}):
                yield Fault(file, 1, "StartAt names no state")
            elif self._filled(name, definition) is None:
                yield Fault(file, 1, "a placeholder is new, which the template has to fill: run 'aam up'")

    def _filled(self, name: str, definition: Any) -> str | None:
        return saved_code.filled(definition, self.machines[name], json.loads(self.marker.machines[name][1]))

    def _put_machine(self, name: str, file: Path) -> None:
        definition = self._filled(name, _definition(file))
        if definition is not None:
            saved_code.put_machine(self.running, self.marker, name, definition)

    def _trial_faults(self, core: set[Path], functions: set[str]) -> list[Fault]:
        """Import what was saved in a fresh interpreter on the layers: some faults show only then."""
        packages = [path for path in sorted(self.home.build.glob("*Layer/python")) if not (path / "aam").is_dir()]
        path = [self.core.parent, *packages]
        names = [_module(file, self.core.parent) for file in sorted(core) if file.suffix == ".py" and file.exists()]
        trials = [(path, names)] if names else []
        trials += [([self.layout.functions[name], *path], ["app"]) for name in sorted(functions)]
        return [fault for each, wanted in trials if (fault := _trial(each, wanted, self.home.root))]

    def _packed_core(self) -> bytes:
        """Return the core as a layer, with bytecode; only what changed is compiled."""
        staged = self.home.dev / "core" / "python" / "aam"
        mirror(self.core, staged)
        compile_missing(staged)
        return zipped(staged.parents[1])

    def _packed(self, name: str) -> bytes:
        staged = self.home.dev / "functions" / name
        mirror(self.layout.functions[name], staged)
        return zipped(staged)

    def _shown(self, file: Path) -> str:
        return str(file.relative_to(self.home.root)) if file.is_relative_to(self.home.root) else str(file)


@contextmanager
def session(home: Home, *, tell: Tell) -> Iterator[Session]:
    """Bring the stack up, and restore what was deployed at the end; raises UserError."""
    other = saved_code.read_marker(home)
    if other is not None and processes.find(other.process) is not None:
        raise UserError(f"'aam dev' runs already, as process {other.process.pid}; end that one first.")
    before = watched_files.look(home.root, {})
    state = bring_up(home, tell=tell)
    running = reach(state, load_secrets(home.secrets))
    layout = read_layout(home.root)
    with exclusive(home, tell):
        marker = saved_code.begin(home, running, built_zips(home), layout.core_layer)
        if layout.core_layer:
            shutil.copytree(home.build / layout.core_layer, home.dev / "core")  # with its bytecode
    try:
        yield Session(
            home=home,
            running=running,
            layout=layout,
            marker=marker,
            tell=tell,
            live=before,
            seen=before,
            machines={name: _definition(file) for name, file in layout.machines.items()},
            sources=Sources(home.root / "layers" / "core" / "aam", layout.functions),
            third_parties=installed(home),
        )
    finally:
        with exclusive(home, tell):
            if saved_code.read_marker(home) == marker:
                restored = saved_code.restore(home, running)
                emulator.save(home, load_state(home).emulator)
                tell(f"restored {restored} functions and state machines as they were deployed")


def watch(home: Home, *, tell: Tell, ended: Callable[[], bool] = lambda: False) -> None:
    """Put every saved file live until an interrupt; raises UserError."""
    from botocore.exceptions import BotoCoreError

    try:
        with session(home, tell=tell) as open_session:
            open_session.tell_faults()
            tell("watching functions/, layers/core/ and infra/statemachines/; Ctrl-C restores what was deployed")
            while not ended():
                open_session.step()
                time.sleep(POLL_S)
    except BotoCoreError as error:
        raise UserError(
            "The stack does not answer any more; run 'aam up', which also restores what was deployed."
        ) from error


def built_zips(home: Home) -> dict[str, Path]:
    """Return the zip that each function was deployed from, by the function's name in the template."""
    found, name = {}, ""
    for line in (home.build / "template.yaml").read_text(encoding="utf-8").splitlines():
        if re.match(r"^  \w+:$", line):
            name = line.strip(" :")
        match = CODE_FOLDER.match(line)
        if match and "CodeUri" in match[1]:
            found[name] = home.build / unquoted(match[2])
    return found


def installed(home: Home) -> frozenset[str]:
    """Return the modules that the built layers hold."""
    folders = home.build.glob("*Layer/python")
    return frozenset(entry.name.partition(".")[0] for folder in folders for entry in folder.iterdir())


def _module(file: Path, folder: Path) -> str:
    parts = file.relative_to(folder).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def _definition(file: Path) -> Any:
    import yaml

    try:
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return Fault(file, mark.line + 1 if mark else 1, str(getattr(error, "problem", None) or "no YAML"))
    except FileNotFoundError:
        return Fault(file, 1, "the file is gone")


def _trial(path: list[Path], names: list[str], root: Path) -> Fault | None:
    program = TRIAL.format(path=[str(folder) for folder in path], names=names)
    done = subprocess.run(
        [os.path.realpath(sys.executable), "-I", "-S", "-B", "-c", program],
        capture_output=True,
        text=True,
        timeout=IMPORT_SECONDS,
        env={"TZ": "UTC", "LANG": "C.UTF-8"},
        check=False,
    )
    if not done.returncode:
        return None
    frames = [(Path(file), int(line)) for file, line in FRAME.findall(done.stderr)]
    ours = [
        frame for frame in frames if frame[0].is_relative_to(root / "layers" / "core") or "functions" in frame[0].parts
    ]
    file, line = (ours or frames or [(path[0], 1)])[-1]
    return Fault(file, line, (done.stderr.strip().splitlines() or ["it cannot be imported"])[-1])
