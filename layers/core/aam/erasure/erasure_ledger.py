"""Ledger of erasures: one object an erasure, in a bucket that outlives every restored database; merging two copies.

It holds HMACs only.  Who has neither the secret nor the id cannot tell whose they are; who has both, as a restored
database and this stack do, can.  The bucket has versions and Object Lock, so that nobody takes an entry back.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, ValidationError

from aam.erasure.errors import LedgerForged
from aam.foundation.schemas import Value
from aam.foundation.storage import ObjectMissing, ObjectStore, translated
from aam.redaction.schemas import SubjectKind
from aam.store.bucket import PARALLEL
from aam.store.manifest import LedgerFacts

PREFIX = "erasures/"
NAME = re.compile(rf"{PREFIX}([0-9a-f]{{64}})\.json")
FIXED_WORD = "the ledger of erasures"


class Entry(Value):
    """The ledger's knowledge of one erasure.

    ``marks`` are HMACs of the subject and of what else it may be recognised by in an older database; ``kept`` those of
    clients and meetings whose legal hold it had to respect, which a backup from before may not know; ``certificate`` is
    the hash of its certificate, once that is complete.
    """

    subject: SubjectKind
    marks: tuple[str, ...]
    kept: tuple[str, ...] = ()
    at: AwareDatetime
    certificate: str | None = None


@dataclass(frozen=True)
class Ledger:
    """The ledger's bucket, and the secret of its HMACs; methods raise StorageUnavailable, LedgerForged."""

    store: ObjectStore
    secret: Callable[[], str]

    def mark(self, *words: str) -> str:
        """Return the HMAC-SHA256 of some words, in hexadecimal."""
        return hmac.new(self.secret().encode(), "\n".join(words).encode(), hashlib.sha256).hexdigest()

    def mark_of(self, kind: SubjectKind, subject_id: UUID) -> str:
        """Return the mark of a subject."""
        return self.mark(kind, str(subject_id))

    def mark_of_name(self, meeting_id: UUID, full_name: str) -> str:
        """Return the mark of a participant who stands in a meeting only: one who is added there again gets a new id."""
        return self.mark("name", str(meeting_id), " ".join(full_name.casefold().split()))

    def facts(self, *, read: bool = False) -> LedgerFacts:
        """Return the ledger's fingerprint and size, which identify no subject; with ``read`` every entry is checked."""
        count = len(self.entries() if read else self.store.keys(PREFIX))
        return LedgerFacts(fingerprint=self.mark(FIXED_WORD), entries=count)

    def enter(
        self,
        kind: SubjectKind,
        subject_id: UUID,
        *,
        also: Iterable[str] = (),
        kept: Iterable[str] = (),
        at: datetime,
        certificate: str | None = None,
    ) -> None:
        """Write an erasure down before it begins, and again when it is complete; a repetition is another version."""
        own = self.mark_of(kind, subject_id)
        entry = Entry(
            subject=kind,
            marks=(own, *sorted(set(also) - {own})),
            kept=tuple(sorted(set(kept))),
            at=at,
            certificate=certificate,
        )
        with translated():
            self.store.client.put_object(
                Bucket=self.store.bucket,
                Key=f"{PREFIX}{own}.json",
                Body=entry.model_dump_json().encode(),
                ContentType="application/json",
                ChecksumAlgorithm="SHA256",  # S3 wants a checksum where Object Lock is on
            )

    def entry_of(self, kind: SubjectKind, subject_id: UUID) -> Entry | None:
        """Return the ledger's entry of a subject."""
        try:
            return self._read(f"{PREFIX}{self.mark_of(kind, subject_id)}.json")
        except ObjectMissing:
            return None

    def entries(self) -> list[Entry]:
        """Return every erasure that was ever begun."""
        with ThreadPoolExecutor(max_workers=PARALLEL) as pool:
            return list(pool.map(self._read, self.store.keys(PREFIX)))

    def _read(self, key: str) -> Entry:
        try:
            return Entry.model_validate_json(self.store.read(key))
        except ValidationError:
            raise LedgerForged from None


def read_entry(key: str, body: bytes) -> Entry:
    """Return the entry under its key; raises LedgerForged when it is none, or another one's."""
    name = NAME.fullmatch(key)
    try:
        entry = Entry.model_validate_json(body)
    except ValidationError:
        raise LedgerForged from None
    if name is None or entry.marks[:1] != (name[1],):
        raise LedgerForged
    return entry


def lacking(there: Mapping[str, bytes], kept: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the kept entries, by key, that a ledger lacks, or has only without a certificate; raises LedgerForged.

    Whatever either holds is looked at first.
    """
    ours = {key: read_entry(key, body) for key, body in there.items()}
    theirs = {key: read_entry(key, body) for key, body in kept.items()}
    return {
        key: kept[key]
        for key, entry in theirs.items()
        if key not in ours or (entry.certificate is not None and ours[key].certificate is None)
    }
