"""Folders of a stack that lie outside of its state folder, each with a file that names its owner.

Their names come from the path of the state folder.  When that folder is deleted, or a test run is killed before it
cleans up, they stay.  A new stack at the same path must not take them for its own, and the next start deletes them.
"""

import contextlib
import fcntl
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from aam_local.files import remove_tree, write_atomically
from aam_local.paths import Home

OWNER = "owner.json"


class Owner(BaseModel):
    """Owner of a folder: the state folder, its identity, and the device that it was on."""

    model_config = ConfigDict(frozen=True)

    home: Path
    identity: str
    device: int


@contextlib.contextmanager
def locked(parent: Path) -> Iterator[None]:
    """Hold the lock under which folders in ``parent`` change owners; each user has one of their own."""
    with (parent / f".aam-{os.geteuid()}.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def own(folder: Path, home: Home) -> None:
    """Make the folder unless it is there, and write into it whose it is."""
    folder.mkdir(exist_ok=True, mode=0o700)
    owner = Owner(home=home.folder, identity=_identity(home), device=home.folder.stat().st_dev)
    write_atomically(folder / OWNER, owner.model_dump_json(), mode=0o600)


def owner_of(folder: Path) -> Owner | None:
    """Return whose a folder is, or None where that stands nowhere."""
    try:
        return Owner.model_validate_json((folder / OWNER).read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return None


def belongs_to(owner: Owner, home: Home) -> bool:
    """Return whether this very state folder is the owner, and not an earlier one at its path."""
    return owner.identity == _identity(home)


def remove_left(parent: Path, pattern: str, *, end: Callable[[Path], object]) -> int:
    """Delete the folders whose owner is gone, once ``end`` has ended what runs in them; returns how many.

    The caller holds the lock of ``parent``.  One that names no owner is left alone: it is another user's, or older.
    """
    left = [folder for folder in parent.glob(pattern) if (owner := owner_of(folder)) is not None and _is_gone(owner)]
    for folder in left:
        end(folder)
        remove_tree(folder)
    return len(left)


def _is_gone(owner: Owner) -> bool:
    """Return whether the owner was deleted; one on a disk that is not mounted now was not."""
    folder = owner.home
    if folder.is_dir():
        return _read_identity(folder) != owner.identity
    while not folder.exists():
        folder = folder.parent
    return folder.stat().st_dev == owner.device


def _identity(home: Home) -> str:
    """Return the identity of a state folder, which it keeps for good."""
    home.folder.mkdir(parents=True, exist_ok=True)
    made = home.folder / f".{home.identity.name}.{uuid.uuid4().hex}"
    if not home.identity.exists():
        made.write_text(uuid.uuid4().hex, encoding="utf-8")
        with contextlib.suppress(FileExistsError):  # another command was faster
            os.link(made, home.identity)
        made.unlink()
    return home.identity.read_text(encoding="utf-8")


def _read_identity(folder: Path) -> str | None:
    try:
        return Home(folder, folder).identity.read_text(encoding="utf-8")
    except OSError:
        return None
