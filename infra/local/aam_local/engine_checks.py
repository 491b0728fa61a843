"""Run the check of every offline engine on this machine, each in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from aam_local.errors import UserError
from aam_local.installers import Tell, install_wheels
from aam_local.paths import Home
from aam_local.speech_model import installed

SECONDS = 600
LIMITS = {"whisper": (0.02, 0.3), "pocketsphinx": (0.1, 0.8)}
"""Share of wrong words and CPU seconds a second that each engine is expected to keep."""


def check_engines(home: Home, *, tell: Tell) -> Iterator[str]:
    """Yield a line for each engine: words wrong, CPU seconds per second of sound, peak of memory."""
    packages = [_packages(home, "media", tell), _packages(home, "sphinx", tell)]
    models = [(found.model.label, str(found.folder)) for found in installed(home) if found.model]
    for label, folder in models:
        yield _line(label, "whisper", _measure(home, "whisper", folder, packages))
    if not models:
        yield "Whisper is not installed; run 'aam engines add whisper'."
    yield _line("PocketSphinx", "pocketsphinx", _measure(home, "pocketsphinx", "", packages))


def _packages(home: Home, layer: str, tell: Tell) -> Path:
    """Return the folder of a layer's packages for this Python, installed once."""
    lock = home.root / "layers" / layer / "requirements.txt"
    folder = home.cache / f"check-{layer}"
    marker = folder / ".lock"
    wanted = f"{sys.version}\n{lock.read_text()}"
    if not (marker.is_file() and marker.read_text() == wanted):
        install_wheels(home, lock, folder, tell=tell)
        marker.write_text(wanted)
    return folder


def _measure(home: Home, engine: str, folder: str, packages: list[Path]) -> dict[str, float]:
    sample = home.root / "infra" / "sample"
    command = [sys.executable, "-m", "aam_local.engine_check", str(sample / "standup.ogg"), str(sample / "standup.vtt")]
    paths = [home.root / "layers" / "core", home.root / "infra" / "local", *packages]
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
        "WHISPER_FOLDER": folder,
    }
    try:
        done = subprocess.run(
            [*command, engine], capture_output=True, text=True, timeout=SECONDS, check=False, env=environment
        )
    except subprocess.TimeoutExpired as error:
        raise UserError(
            f"The engine did not hear a minute of speech within {SECONDS} seconds; it is too slow on this machine."
        ) from error
    if done.returncode:
        last = (done.stderr.strip() or "no message").splitlines()[-1]
        raise UserError(
            f"The engine could not hear the sample ({last}); run 'aam engines add whisper' to install it anew."
        )
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def _line(label: str, engine: str, measured: dict[str, float]) -> str:
    share = measured["wrong"] / measured["words"]
    most_wrong, most_cpu = LIMITS[engine]
    verdict = "as expected" if share <= most_wrong and measured["cpu"] <= most_cpu else "worse than expected"
    memory = f"{measured['megabytes']:.0f} MB" if measured["megabytes"] else "memory not measured"
    return (
        f"{label:16} {measured['wrong']:.0f} of {measured['words']:.0f} words wrong ({share:.3f}), "
        f"{measured['cpu']:.2f} CPU seconds a second, {memory}: {verdict}"
    )
