"""Whose port it is: a healthy answer from somebody else's program is not taken for our own."""

import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from aam_local import backends, emulator, ports, postgres, postgres_place, processes, programs
from aam_local.errors import UserError
from aam_local.invoking import call_function
from aam_local.paths import Home
from aam_local.ports import PortTaken
from aam_local.secrets import Secrets
from aam_local.state import StackState, save_state
from aam_local.target import LocalTarget

EMULATOR = f"""#!{sys.executable}
import json, os
from http.server import BaseHTTPRequestHandler, HTTPServer

class Health(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{{"services": {{}}}}')

HTTPServer(("127.0.0.1", int(os.environ["GATEWAY_PORT"])), Health).serve_forever()
"""
"""What stands for MiniStack: well when it has the port it was told, dead when somebody else has."""


class Health(BaseHTTPRequestHandler):
    """A stranger's emulator."""

    def do_GET(self) -> None:
        """Say that all is well."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"services": {}}).encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing else."""


@pytest.fixture
def stranger() -> Iterator[HTTPServer]:
    """Another stack's emulator that has chosen its port and does not listen yet."""
    server = HTTPServer(("127.0.0.1", 0), Health, bind_and_activate=False)
    server.server_bind()
    yield server
    server.server_close()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """Folders with an emulator of our own making."""
    made = Home(tmp_path, tmp_path / ".aam")
    made.prepare()
    python = made.envs / "emulator" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(EMULATOR)
    python.chmod(stat.S_IRWXU)
    yield made
    emulator.wipe(made)


def test_an_emulator_whose_port_another_stack_took_meanwhile_gets_another(
    home: Home, stranger: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = stranger.server_port
    spawn = processes.spawn
    serving: list[threading.Thread] = []

    def late(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        if not serving:
            stranger.server_activate()
            serving.append(threading.Thread(target=stranger.serve_forever, args=(0.01,)))
            serving[0].start()
        return spawn(*arguments, **options)

    monkeypatch.setattr(processes, "spawn", late)
    before = StackState(emulator_port=taken)
    try:
        state = programs._start_emulator(home, before, Secrets(), programs.Asked())
        assert emulator.healthy(before.endpoint), "the stranger answers"
        assert state.emulator_port != taken
        assert ports.held_by(state.emulator_port, state.emulator)
        assert not ports.held_by(taken, state.emulator)
        assert backends.is_ours(state)
        strayed = state.model_copy(update={"emulator_port": taken, "outputs": {"CleanupFunctionName": "clean"}})
        assert not backends.is_ours(strayed)
        forgotten = programs._forget_dead(home, strayed, Secrets(), programs.Asked())
        assert forgotten.emulator is None
        save_state(home, strayed)
        with pytest.raises(UserError, match=r"^The stack does not answer"):
            call_function(LocalTarget(home), "CleanupFunctionName", {}, what="x")
    finally:
        stranger.shutdown()
        serving[0].join()


def test_a_port_of_a_child_is_our_own() -> None:
    script = (
        "import socket, subprocess, sys\n"
        "child = 'import socket; s = socket.create_server((\"127.0.0.1\", 0)); '"
        "'print(s.getsockname()[1], flush=True); input()'\n"
        "subprocess.run([sys.executable, '-c', child])\n"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        port = int(parent.stdout.readline())
        assert ports.held_by(port, processes.remember(parent.pid))
        assert not ports.held_by(port + 1, processes.remember(parent.pid))
        assert parent.stdin is not None
        parent.stdin.write("\n")


def test_a_port_that_is_taken_each_time_is_given_up_in_the_end() -> None:
    tried: list[int] = []

    def start(port: int) -> None:
        tried.append(port)
        raise PortTaken(port, "it")

    with pytest.raises(PortTaken, match="for it was taken by"):
        ports.start_on(lambda: len(tried) + 1, start)
    assert tried == [1, 2, 3, 4, 5]


def test_a_database_is_ours_when_its_own_file_names_process_and_port(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    ourselves = processes.remember(os.getpid())
    assert not postgres.listens(home, ourselves, 54329)
    data = postgres_place.place(home).data
    data.mkdir(parents=True)
    lines = [str(os.getpid()), str(data), "1795340000", "54329", "", "127.0.0.1", "", "ready   "]
    (data / "postmaster.pid").write_text("\n".join(lines))
    assert postgres.listens(home, ourselves, 54329)
    assert not postgres.listens(home, ourselves, 54330)
    assert not postgres.listens(home, ourselves.model_copy(update={"started": ourselves.started - 60}), 54329)
