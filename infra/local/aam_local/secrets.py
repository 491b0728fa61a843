"""Passwords and keys of one stack: made once, kept 0600, never printed."""

import secrets
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from aam_local.errors import UserError
from aam_local.files import write_atomically


def _password() -> str:
    return secrets.token_urlsafe(24)


class Secrets(BaseModel):
    """Secrets that must outlive a killed emulator.

    ``kept`` holds the stack's own secrets by the name of the output that carries their ARN: the emulator
    forgets them when it is killed, and sessions and passwords must not change for that.
    """

    model_config = ConfigDict(frozen=True)

    database_password: str = Field(default_factory=_password)
    emulator_secret_access_key: str = Field(default_factory=_password)
    kept: dict[str, str] = Field(default_factory=dict)


def load_secrets(path: Path) -> Secrets:
    """Read the secrets, or make them on the first call."""
    if path.exists():
        try:
            return Secrets.model_validate_json(path.read_text(encoding="utf-8"))
        except ValidationError as error:
            raise UserError(
                f"{path} cannot be read; put back a good copy, or run 'aam reset' to start with new keys and no data."
            ) from error
    made = Secrets()
    save_secrets(path, made)
    return made


def save_secrets(path: Path, kept: Secrets) -> None:
    """Write the secrets so that only their owner reads them."""
    write_atomically(path, kept.model_dump_json(indent=2), mode=0o600)
