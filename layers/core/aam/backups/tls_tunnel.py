"""Tunnel for libpq: a Unix socket in a private folder, and TLS from there to the database.

The libpq that comes with PostgreSQL's programs was built without OpenSSL.  The tunnel speaks PostgreSQL's own way into
TLS and checks the certificate as everywhere else.
https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL
"""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SSL_REQUEST = struct.pack("!ii", 8, 80877103)
CONNECT_S = 10
CHUNK = 256 * 1024


@dataclass(frozen=True)
class Server:
    """Address of a database that wants TLS, and how its certificate is checked."""

    host: str
    port: int
    tls: ssl.SSLContext


@contextmanager
def tunnel(server: Server, folder: Path) -> Iterator[None]:
    """Listen on libpq's Unix socket in ``folder`` and carry each connection over TLS to the database."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / f".s.PGSQL.{server.port}"))
        listener.listen()
        accepting = threading.Thread(target=_accept, args=(listener, server), daemon=True)
        accepting.start()
        try:
            yield
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join(CONNECT_S)


def _accept(listener: socket.socket, server: Server) -> None:
    """Take connections until the listener is closed, and see each to its end."""
    carrying: list[threading.Thread] = []
    while True:
        try:
            plain, _ = listener.accept()
        except OSError:
            break
        carrying.append(threading.Thread(target=_carry, args=(plain, server), daemon=True))
        carrying[-1].start()
    for thread in carrying:
        thread.join(CONNECT_S)


def _carry(plain: socket.socket, server: Server) -> None:
    """Carry one connection; any error closes both ends, which libpq reports in its own words."""
    with plain, contextlib.suppress(OSError), open_tls(server) as encrypted:
        relay(plain, encrypted)


def open_tls(server: Server) -> ssl.SSLSocket:
    """Return a connection to the database that has agreed on TLS; raise OSError (ssl.SSLError is one)."""
    raw = socket.create_connection((server.host, server.port), timeout=CONNECT_S)
    try:
        raw.sendall(SSL_REQUEST)
        agreed = raw.recv(1)
        if agreed == b"S":
            encrypted = server.tls.wrap_socket(raw, server_hostname=server.host)
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
