"""Paths of the checkout and of the embedded stack's files."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """The folders of a stack: ``root`` is the checkout, ``folder`` its state (``.aam`` or ``AAM_HOME``)."""

    root: Path
    folder: Path

    @property
    def secrets(self) -> Path:
        """Return the file of passwords and keys, readable by the owner only."""
        return self.folder / "secrets.json"

    @property
    def state(self) -> Path:
        """Return the file of ports, processes and the deployment."""
        return self.folder / "stack.json"

    @property
    def identity(self) -> Path:
        """Return the file of a random word that tells this folder from an earlier one at the same path."""
        return self.folder / "identity"

    @property
    def lock(self) -> Path:
        """Return the file that is locked while a command changes the stack."""
        return self.folder / "lock"

    @property
    def logs(self) -> Path:
        """Return the folder of logs, one file a program."""
        return self.folder / "logs"

    @property
    def envs(self) -> Path:
        """Return the virtual environments of the tools, made from their locks."""
        return self.folder / "envs"

    @property
    def cache(self) -> Path:
        """Return the cache of built layers and zips, named by their content."""
        return self.folder / "cache"

    @property
    def models(self) -> Path:
        """Return the folder of speech models, each named by the hash of its weights."""
        return self.folder / "models"

    @property
    def postgres(self) -> Path:
        """Return the database's folder, unless its system user cannot reach it (see ``postgres_place.place``)."""
        return self.folder / "data" / "postgres"

    @property
    def postgres_process(self) -> Path:
        """Return the note that names the last server that was started."""
        return self.folder / "data" / "postgres-process.json"

    @property
    def emulator(self) -> Path:
        """Return the folder of the emulator's state, objects and temporary files."""
        return self.folder / "data" / "emulator"

    @property
    def dev(self) -> Path:
        """Return the folder of `aam dev`: what was deployed, and what of the checkout is live instead."""
        return self.folder / "dev"

    @property
    def build(self) -> Path:
        """Return the folder of `sam build`: SAM's usual one, unless another state folder must not share it."""
        usual = self.folder == self.root / ".aam"
        return self.root / ".aws-sam" / "build" if usual else self.folder / "build"

    @property
    def uv(self) -> Path:
        """Return the path of uv as `make dev` installed it."""
        return self.root / ".venv" / "bin" / "uv"

    def prepare(self) -> None:
        """Make the folders that every command expects."""
        for folder in (self.folder, self.logs, self.envs, self.cache, self.folder / "data"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o755)


def find_home(root: Path | None = None) -> Home:
    """Return the stack's folders of the checkout this code was installed from (an editable install)."""
    checkout = (root or Path(__file__).resolve().parents[3]).resolve()
    folder = os.environ.get("AAM_HOME")
    return Home(checkout, Path(folder).expanduser().resolve() if folder else checkout / ".aam")
