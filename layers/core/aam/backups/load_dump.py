"""Loading a dump: pg_restore writes SQL, psql runs it, and all of it is one transaction.

Nothing is committed before the last byte of the dump was read and its checksum found right: the COMMIT is ours to say.
Whoever dies on the way leaves the database as it was.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import threading
from collections.abc import Iterable, Iterator
from typing import IO

from aam.backups.dependencies import Schema
from aam.backups.empty_database_check import error_of, statements_before_dump
from aam.backups.errors import BackupBroken, RestoreFailed
from aam.backups.manifest import Manifest
from aam.backups.pg_connection import Login, reachable
from aam.backups.programs import first_words, running
from aam.foundation.observability import logger
from aam.foundation.storage import ObjectMissing, ObjectStore

CHUNK = 1024 * 1024
STATE = re.compile(rb"ERROR: +([0-9A-Z]{5})")


def verify(backups: ObjectStore, manifest: Manifest) -> None:
    """Read the whole dump once and compare; raises BackupBroken, StorageUnavailable."""
    for _ in checked(backups, manifest):
        pass


def checked(backups: ObjectStore, manifest: Manifest) -> Iterator[bytes]:
    """Yield the dump in chunks, the last of which comes only when all of them are what the manifest says."""
    digest, size = hashlib.sha256(), 0
    held = b""
    try:
        for chunk in backups.stream(manifest.dump_key):
            digest.update(chunk)
            size += len(chunk)
            if held:
                yield held
            held = chunk
    except ObjectMissing:
        raise BackupBroken from None
    if (size, digest.hexdigest()) != (manifest.dump_bytes, manifest.dump_sha256):
        raise BackupBroken
    yield held


def load(chunks: Iterable[bytes], *, login: Login, schema: Schema) -> None:
    """Replace an empty database by the dump.

    Raises DatabaseNotEmpty, RestoreInProgress, BackupBroken, RestoreFailed, whatever reading raises; nothing is changed
    then.
    """
    with (
        reachable(login) as environment,
        running(
            "psql",
            *("--no-psqlrc", "--quiet", "--no-password", "--file=-"),
            *("--set=ON_ERROR_STOP=1", "--set=VERBOSITY=sqlstate"),  # an error's text may quote what people said
            environment=environment,
            takes_input=True,
            gives_output=False,
        ) as (psql, said),
        running("pg_restore", "--file=-", "--schema=public", environment={}, takes_input=True) as (reader, complaints),
    ):
        feeding = Feeding(chunks, reader.stdin)
        try:
            carry(statements_before_dump(schema), reader.stdout, psql.stdin)
            feeding.join()
            if feeding.failure is not None:
                raise feeding.failure
            if reader.wait() != 0:
                logger().error("pg_restore gave up", said=first_words(complaints))
                raise RestoreFailed
            assert psql.stdin is not None  # noqa: S101 - opened as a pipe
            psql.stdin.write(b"\nreset role;\ncommit;\n")
            psql.stdin.close()
        except BrokenPipeError:  # psql has said why
            pass
        if psql.wait() != 0:
            state = STATE.search(said.read_bytes())
            code = state[1].decode() if state else None
            logger().error("psql gave up", sql_state=code)
            raise error_of(code) or RestoreFailed
        if feeding.failure is not None:
            raise feeding.failure


class Feeding:
    """A thread that writes chunks into a program; ``failure`` is what reading them raised."""

    def __init__(self, chunks: Iterable[bytes], pipe: IO[bytes] | None) -> None:
        assert pipe is not None  # noqa: S101 - opened as a pipe
        self.failure: Exception | None = None
        self._chunks, self._pipe = chunks, pipe
        self._thread = threading.Thread(target=self._feed, daemon=True)
        self._thread.start()

    def _feed(self) -> None:
        try:
            for chunk in self._chunks:
                self._pipe.write(chunk)
        except BrokenPipeError:
            pass
        except Exception as error:  # noqa: BLE001 - raised again where the other end waits
            self.failure = error
        finally:
            with contextlib.suppress(BrokenPipeError):
                self._pipe.close()

    def join(self) -> None:
        """Wait until all of it is written or reading has failed."""
        self._thread.join()


def carry(first: str, source: IO[bytes] | None, target: IO[bytes] | None) -> None:
    """Write ``first`` and then everything that ``source`` says; raises BrokenPipeError."""
    assert source is not None  # noqa: S101 - opened as pipes
    assert target is not None  # noqa: S101
    target.write(first.encode())
    while chunk := source.read(CHUNK):
        target.write(chunk)
    target.flush()
