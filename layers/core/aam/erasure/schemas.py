"""Requests and answers of erasures."""

from __future__ import annotations

from typing import Any, Literal, get_args
from uuid import UUID

from pydantic import AwareDatetime, Field

from aam.erasure.errors import BadErasureRequest
from aam.erasure.models import ErasureState, Trigger
from aam.foundation.requests import read_request
from aam.foundation.schemas import RequestBody, Value
from aam.redaction.schemas import SubjectKind

SECONDS_MAX = 900


class EraseRequest(RequestBody):
    """Subject to erase; without ``dry_run: false`` nothing is erased.  ``seconds`` is how long this call may take."""

    subject: SubjectKind
    id: UUID
    dry_run: bool = True
    seconds: int | None = Field(default=None, ge=0, le=SECONDS_MAX)


class ContinueRequest(RequestBody):
    """Go on with an erasure that ran out of time or was killed."""

    action: Literal["continue"]
    erasure_id: UUID
    seconds: int | None = Field(default=None, ge=0, le=SECONDS_MAX)


class CertificateRequest(RequestBody):
    """Show what an erasure did."""

    action: Literal["certificate"]
    erasure_id: UUID


class ListRequest(RequestBody):
    """Show the newest erasures, of one subject or of all, and from where the last page ended."""

    action: Literal["list"]
    subject_id: UUID | None = None
    limit: int = Field(default=50, ge=1, le=500)
    cursor: str | None = Field(default=None, max_length=200)


class SweepRequest(RequestBody):
    """Go on with what was interrupted or held, and look again for what came late."""

    action: Literal["sweep"]


class ReplayRequest(RequestBody):
    """Erase again, after a restore, every subject in the ledger; ``seconds`` count once the ledger was read."""

    action: Literal["replay"]
    seconds: int | None = Field(default=None, ge=0, le=SECONDS_MAX)


class LedgerRequest(RequestBody):
    """Say which ledger this is: a fingerprint of its key, and how many entries it has.

    With ``read`` each entry is read, as a replay does; one that cannot be is refused.
    """

    action: Literal["ledger"]
    read: bool = False


Request = (
    EraseRequest | ContinueRequest | CertificateRequest | ListRequest | SweepRequest | ReplayRequest | LedgerRequest
)

MODELS: tuple[type[Request], ...] = get_args(Request)


def parse(event: Any) -> Request:
    """Return the request in an event; raises BadErasureRequest, whose sentence says what is wrong with it."""
    return read_request(event, models=MODELS, error=BadErasureRequest, ending="nothing was erased")


class Preview(Value):
    """Preview of an erasure.

    ``name`` is what a person types to confirm.  ``counts`` is what would go, by kind.  ``held`` and ``held_clients``
    are what a legal hold keeps; the erasure then waits for its end.  ``heir`` gets the meetings of a user.
    ``unrecognised`` are meetings in which the participant took part but no speaker is known to be them;
    ``namesakes`` are participants of the same name in other meetings, who may be somebody else.  With ``all_read``
    false there is more that others said than a preview reads, and ``utterances_of_others`` may be too few.
    """

    subject: SubjectKind
    id: UUID
    name: str
    counts: dict[str, int]
    held: tuple[UUID, ...] = ()
    held_clients: tuple[UUID, ...] = ()
    heir: UUID | None = None
    unrecognised: tuple[UUID, ...] = ()
    namesakes: tuple[UUID, ...] = ()
    all_read: bool = True


class Remains(Value):
    """Something that an erasure does not reach, and until when."""

    what: str
    where: str
    until: str


class Certificate(Value):
    """Certificate of an erasure.

    ``hash`` is the SHA-256 of all the rest, and stands once the erasure is complete; the ledger has it too.  ``kept``
    counts meetings and clients that a legal hold keeps, ``waits`` the runs that have to end first.
    """

    id: UUID
    subject: SubjectKind
    subject_id: UUID
    trigger: Trigger
    state: ErasureState
    requested_at: AwareDatetime
    erased_at: AwareDatetime | None
    rescan_at: AwareDatetime | None
    completed_at: AwareDatetime | None
    counts: dict[str, int]
    kept: int
    waits: int
    unrecognised: int
    remains: tuple[Remains, ...]
    hash: str | None = None


class Certificates(Value):
    """One page of certificates; ``next_cursor`` is None on the last."""

    certificates: tuple[Certificate, ...]
    next_cursor: str | None = None


class Report(Value):
    """State of an erasure; ``finished`` false: time ran out, and `continue` continues it."""

    finished: bool = True
    dry_run: bool = False
    preview: Preview | None = None
    certificate: Certificate | None = None


class Swept(Value):
    """Result of a sweep or a replay.

    ``found``: subjects of the ledger that the database had again.  ``waiting``: those that a legal hold keeps.
    ``going``: erasures with more to do.  ``failed``: those that a replay could not do; the sweep tries them again.
    """

    finished: bool
    found: int = 0
    erased: int = 0
    waiting: int = 0
    completed: int = 0
    going: int = 0
    failed: int = 0
