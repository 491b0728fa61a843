"""Connection of PostgreSQL's own programs to the database: by environment, through a tunnel where it wants TLS."""

from __future__ import annotations

import json
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aam.backups.tls_tunnel import CONNECT_S, Server, tunnel
from aam.foundation.database import tls_arguments
from aam.foundation.secrets import read_secret
from aam.foundation.settings import DatabaseSettings


@dataclass(frozen=True)
class Login:
    """A database and the user that opens it; without ``tls`` it is spoken to plainly."""

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    tls: ssl.SSLContext | None = None


def login_of(settings: DatabaseSettings, secret_arn: str) -> Login:
    """Return the database of a function's settings, with the user and password in a secret."""
    secret = json.loads(read_secret(secret_arn))
    return Login(
        host=settings.database_host,
        port=settings.database_port,
        database=settings.database_name,
        user=secret["username"],
        password=secret["password"],
        tls=tls_arguments(settings).get("ssl_context"),
    )


@contextmanager
def reachable(login: Login) -> Iterator[dict[str, str]]:
    """Yield the environment in which libpq finds the database."""
    environment = {
        "PGHOST": login.host,
        "PGPORT": str(login.port),
        "PGDATABASE": login.database,
        "PGUSER": login.user,
        "PGPASSWORD": login.password,
        "PGCONNECT_TIMEOUT": str(CONNECT_S),
        "PGAPPNAME": "aam-backup",
        "PGCLIENTENCODING": "UTF8",
    }
    if login.tls is None:
        yield environment
        return
    server = Server(login.host, login.port, login.tls)
    with tempfile.TemporaryDirectory(prefix="pg-") as folder, tunnel(server, Path(folder)):
        yield environment | {"PGHOST": folder}
