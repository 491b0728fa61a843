"""How PostgreSQL's own programs reach the database: by environment, and through a TLS tunnel of ours.

The libpq that comes with them was built without OpenSSL.  Where the database wants TLS, it is given a Unix socket in a
private folder; behind that we speak PostgreSQL's own way into TLS, and check the certificate as everywhere else.
https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL
"""

from __future__ import annotations

import contextlib
import json
import select
import socket
import ssl
import struct
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aam.foundation.database import tls_arguments
from aam.foundation.secrets import read_secret
from aam.foundation.settings import DatabaseSettings

SSL_REQUEST = struct.pack("!ii", 8, 80877103)
CONNECT_S = 10
CHUNK = 256 * 1024


@dataclass(frozen=True)
class Login:
    """A database, and as whom it is opened; ``tls`` None speaks plainly."""

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    tls: ssl.SSLContext | None = None


def login_of(settings: DatabaseSettings, secret_arn: str) -> Login:
    """The database of a function's settings, opened with this secret's words."""
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
    """The environment in which libpq finds the database, for the block."""
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
    with tempfile.TemporaryDirectory(prefix="pg-") as folder, tunnel(login, Path(folder)):
        yield environment | {"PGHOST": folder}


@contextmanager
def tunnel(login: Login, folder: Path) -> Iterator[None]:
    """Listen on libpq's Unix socket in ``folder`` and carry each connection over TLS to the database."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / f".s.PGSQL.{login.port}"))
        listener.listen()
        accepting = threading.Thread(target=_accept, args=(listener, login), daemon=True)
        accepting.start()
        try:
            yield
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join(CONNECT_S)


def _accept(listener: socket.socket, login: Login) -> None:
    """Take connections until nobody listens any more, and see each to its end."""
    carrying: list[threading.Thread] = []
    while True:
        try:
            plain, _ = listener.accept()
        except OSError:
            break
        carrying.append(threading.Thread(target=_carry, args=(plain, login), daemon=True))
        carrying[-1].start()
    for thread in carrying:
        thread.join(CONNECT_S)


def _carry(plain: socket.socket, login: Login) -> None:
    """One connection; whatever goes wrong closes both ends, which libpq tells of in its own words."""
    with plain, contextlib.suppress(OSError), open_tls(login) as encrypted:
        relay(plain, encrypted)


def open_tls(login: Login) -> ssl.SSLSocket:
    """A connection to the database that has agreed on TLS; raises OSError (ssl.SSLError is one)."""
    assert login.tls is not None  # noqa: S101 - only asked then
    raw = socket.create_connection((login.host, login.port), timeout=CONNECT_S)
    try:
        raw.sendall(SSL_REQUEST)
        agreed = raw.recv(1)
        if agreed == b"S":
            encrypted = login.tls.wrap_socket(raw, server_hostname=login.host)
            encrypted.settimeout(None)
            return encrypted
    except BaseException:
        raw.close()
        raise
    raw.close()
    raise ConnectionRefusedError("the database does not speak TLS")


def relay(plain: socket.socket, encrypted: ssl.SSLSocket) -> None:
    """Carry bytes both ways until either end is closed."""
    ways: dict[socket.socket, socket.socket] = {plain: encrypted, encrypted: plain}
    while True:
        ready = [encrypted] if encrypted.pending() else select.select(list(ways), [], [])[0]
        for source in ready:
            data = source.recv(CHUNK)
            if not data:
                return
            ways[source].sendall(data)
