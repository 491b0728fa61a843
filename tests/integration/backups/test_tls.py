"""PostgreSQL's programs come without OpenSSL: where the database wants TLS, our tunnel carries them."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from aam.backups.errors import DumpFailed
from aam.backups.manifest import choose
from aam.backups.tls_tunnel import SSL_REQUEST, relay
from tests.support.backups import BackupWorld


def certificate(folder: Path) -> Path:
    """A self-signed certificate for loopback, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC).replace(tzinfo=None)  # the builder compares times without zones
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@contextmanager
def front(certificate: Path, port: int) -> Iterator[tuple[int, list[bytes]]]:
    """A TLS front of the real server; its port, and what each connection began with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    begun: list[bytes] = []

    def serve(accepted: socket.socket) -> None:
        with accepted, suppress(OSError):
            begun.append(accepted.recv(8))
            accepted.sendall(b"S")
            with (
                context.wrap_socket(accepted, server_side=True) as encrypted,
                socket.create_connection(("127.0.0.1", port)) as plain,
            ):
                relay(plain, encrypted)

    def accept() -> None:
        with suppress(OSError):
            while True:
                thread = threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True)
                thread.start()
                serving.append(thread)

    serving: list[threading.Thread] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        try:
            yield listener.getsockname()[1], begun
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            for thread in (accepting, *serving):
                thread.join(10)


def test_a_backup_and_a_restore_over_tls_whose_certificate_is_checked(world: BackupWorld, tmp_path: Path) -> None:
    file = certificate(tmp_path)
    world.meeting()
    with front(file, world.database.port) as (port, begun):
        trusted = ssl.create_default_context(cafile=str(file))
        login = replace(world.backup_deps.login, port=port, tls=trusted)
        world.encrypted = login
        world.backed_up()
        assert begun == [SSL_REQUEST]
        world.wipe()
        assert world.restored().rows > 0
        assert begun == [SSL_REQUEST] * 2
        assert choose(world.backup_store, None).counts["meetings"] == 1
        world.encrypted = replace(login, tls=ssl.create_default_context())
        with pytest.raises(DumpFailed):
            world.backed_up()
