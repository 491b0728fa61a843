"""The vendors' stand-ins on the loopback, for a stack that works without keys and without paying."""

import contextlib
import os
import sys
from pathlib import Path

from aam_local import ports, processes
from aam_local.errors import UserError
from aam_local.http_get import http_get
from aam_local.paths import Home
from aam_local.ports import LOOPBACK, PortTaken
from aam_local.processes import Started
from aam_local.state import FakeVendors
from aam_local.waiting import wait_until

DEEPGRAM_PORT = 8091
OPENAI_PORT = 8092
REAL = {
    "TranscriptionEngine": "auto",
    "DeepgramMode": "auto",
    "DeepgramBaseUrl": "https://api.deepgram.com",
    "ArtifactsEngine": "auto",
    "OpenAiBaseUrl": "https://api.openai.com/v1",
    "StandIns": "false",
}
"""The template's own defaults of what leads to the fakes."""


def start(home: Home, before: FakeVendors | None) -> FakeVendors:
    """Start both, unless they run; raises UserError when they do not answer."""
    if before is not None and ours(before) and healthy(before):
        return before
    for _ in range(ports.ATTEMPTS - 1):
        with contextlib.suppress(PortTaken):
            return _start(home, before)
    return _start(home, before)


def _start(home: Home, before: FakeVendors | None) -> FakeVendors:
    """Start both on ports of their own; raises PortTaken when another program was faster on one of them."""
    clear(home)
    deepgram, openai = (
        ports.choose(asked=None, used_before=used, default=default, what=f"the fake of {vendor}", option="")
        for vendor, used, default in (
            ("Deepgram", before.deepgram_port if before else None, DEEPGRAM_PORT),
            ("OpenAI", before.openai_port if before else None, OPENAI_PORT),
        )
    )
    log = home.logs / "fake-vendors.log"
    log.unlink(missing_ok=True)
    command = [sys.executable, "-m", "aam_fakes", "--deepgram-port", str(deepgram), "--openai-port", str(openai)]
    child = processes.spawn(
        command,
        log=log,
        note=_note(home),
        cwd=home.root,
        environment={"PATH": os.environ.get("PATH", os.defpath), "PYTHONNOUSERSITE": "1", "LANG": "C.UTF-8"},
    )
    started = FakeVendors(process=processes.remember(child.pid), deepgram_port=deepgram, openai_port=openai)
    up = wait_until(lambda: child.poll() is not None or (ours(started) and healthy(started)), seconds=30)
    if child.poll() is not None or not up:
        processes.stop(started.process)
        for port in (deepgram, openai):
            if not ports.is_free(port):
                raise PortTaken(port, "the fakes of the vendors")
        raise UserError(f"The fakes of the vendors did not start; their last words are in {log}.")
    return started


def parameters(fakes: FakeVendors | None) -> dict[str, str]:
    """Return the template's parameters that lead to them; without them its defaults, lest a stack keep earlier ones."""
    if fakes is None:
        return dict(REAL)
    return {
        "TranscriptionEngine": "deepgram",
        "DeepgramMode": "url",  # as production does it; the fake fetches from the loopback
        "DeepgramBaseUrl": f"http://{LOOPBACK}:{fakes.deepgram_port}",
        "ArtifactsEngine": "openai",
        "OpenAiBaseUrl": f"http://{LOOPBACK}:{fakes.openai_port}/v1",
        "StandIns": "true",
    }


def stop(process: Started | None) -> bool:
    """End them; whether they ran."""
    return processes.stop(process)


def clear(home: Home) -> None:
    """End abandoned fakes."""
    processes.stop_noted(_note(home))


def ours(fakes: FakeVendors) -> bool:
    """Return whether it is our process that listens on both ports."""
    return all(ports.held_by(port, fakes.process) for port in (fakes.deepgram_port, fakes.openai_port))


def healthy(fakes: FakeVendors) -> bool:
    """Return whether both listen; their answer to a plain GET does not matter."""
    return all(_answers(port) for port in (fakes.deepgram_port, fakes.openai_port))


def _answers(port: int) -> bool:
    return http_get(f"http://{LOOPBACK}:{port}/", seconds=5) is not None


def _note(home: Home) -> Path:
    return home.folder / "data" / "fake-vendors-process.json"
