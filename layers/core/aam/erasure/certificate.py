"""The certificate of an erasure: counts, what remains elsewhere and until when, and a hash over all of it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from sqlalchemy import select

from aam.erasure.models import Erasure, ErasureState, Trigger
from aam.erasure.schemas import Certificate, Certificates, ListRequest, Remains
from aam.foundation.pagination import after, cut, decode
from aam.redaction.schemas import SubjectKind

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

VENDORS = {
    "deepgram": Remains(
        what="recordings that were sent to be transcribed",
        where="Deepgram",
        until="by its terms of the day; requests said mip_opt_out unless model_improvement was allowed",
    ),
    "openai": Remains(
        what="prompts and answers",
        where="OpenAI, or the server at OpenAiBaseUrl",
        until="by its terms of the day; OpenAI says up to 30 days",
    ),
}

ALWAYS = (
    Remains(
        what="rows as they were then",
        where="backups of the database, point-in-time recovery, snapshots",
        until="they expire; a restore erases again whom the ledger knows",
    ),
    Remains(what="ids, stages, durations, codes of errors", where="logs", until="30 days"),
    Remains(
        what="ids of meetings and runs",
        where="queues of vendors' work, histories of executions, tombstones, the maintenance log",
        until="14, 90, 30 and 30 days",
    ),
    Remains(what="amounts that were spent, without whose they were", where="cost_entries", until="for good"),
    Remains(what="HMACs of ids", where="the ledger of erasures", until="its retention period ends"),
)

SPOKEN = Remains(
    what="what others said without the whole name, what a user said, reasons of legal holds",
    where="transcripts and minutes of other meetings; holds",
    until="the meeting goes, the user is erased as a participant too, the hold ends",
)


def certificate_of(row: Erasure) -> Certificate:
    """Return the certificate as the row stands; one that is complete is as it was when it was hashed."""
    report = row.report
    if "certificate" in report:
        return Certificate.model_validate({**report["certificate"], "hash": row.certificate_hash})
    remains = [VENDORS[name] for name in report.get("vendors", ())] + list(ALWAYS)
    if row.subject_kind in (SubjectKind.USER, SubjectKind.PARTICIPANT):
        remains.append(SPOKEN)
    return Certificate(
        id=row.id,
        subject=SubjectKind(row.subject_kind),
        subject_id=row.subject_id,
        trigger=Trigger(row.trigger),
        state=ErasureState(row.state),
        requested_at=row.created_at,
        erased_at=row.erased_at,
        rescan_at=row.rescan_at,
        completed_at=row.completed_at,
        counts=report.get("counts", {}),
        kept=report.get("kept", 0),
        waits=report.get("waits", 0),
        unrecognised=report.get("unrecognised", 0),
        remains=tuple(remains),
        hash=row.certificate_hash,
    )


def hash_of(certificate: Certificate) -> str:
    """Return the SHA-256 of everything in a certificate but the hash itself, as JSON with sorted keys."""
    said = certificate.model_dump(mode="json", exclude={"hash"})
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def newest(session: Session, asked: ListRequest) -> Certificates:
    """Return a page of certificates, the newest first; raises BadCursor."""
    of_subject = [] if asked.subject_id is None else [Erasure.subject_id == asked.subject_id]
    rows = session.scalars(
        select(Erasure)
        .where(*of_subject, *after(decode(asked.cursor), Erasure.created_at, Erasure.id))
        .order_by(Erasure.created_at.desc(), Erasure.id.desc())
        .limit(asked.limit + 1)
    ).all()
    shown, following = cut(rows, asked.limit)
    return Certificates(certificates=tuple(certificate_of(row) for row in shown), next_cursor=following)
