"""Requests and views of uploads, and the store's notification of one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from aam.foundation.schemas import RequestBody, Shown, Value, View, Whole
from aam.uploads.status import UploadStatus

PARTS_PER_CALL = 100

FileName = Annotated[str, StringConstraints(min_length=1, max_length=1024), Shown]
ContentType = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        max_length=120,
        pattern=r"^[A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+( ?; ?[A-Za-z0-9-]+=[A-Za-z0-9.,_-]+)*$",
    ),
]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{43}=$")]
"""A SHA-256 in base64, as the header x-amz-checksum-sha256 has it."""


class NewUpload(RequestBody):
    """A file to be uploaded; its size in bytes must be exact, because it is signed."""

    filename: FileName
    content_type: ContentType
    size: Whole = Field(ge=0)
    multipart: bool | None = None


class SignedRequest(View):
    """A request to the store that works once until it expires; send exactly these headers."""

    method: Literal["PUT"] = "PUT"
    url: str
    headers: dict[str, str]
    expires_in: int


class PartPlan(View):
    """Division of a file: every part but the last has ``part_size`` bytes; parts count from 1."""

    part_size: int
    part_count: int


class ReceivedPart(View):
    """A part that the store has."""

    part_number: int
    size: int
    sha256: str | None


class UploadView(View):
    """An upload: by one PUT, or in parts; ``parts_received`` is what a client need not send again.

    ``kind`` is what its content was found to be, ``language`` that of a transcript's text; both are null before a run
    has read it.
    """

    id: UUID
    meeting_id: UUID
    status: UploadStatus
    filename: str
    content_type: str
    size: int
    put: SignedRequest | None = None
    parts: PartPlan | None = None
    parts_received: tuple[ReceivedPart, ...] = ()
    created_at: datetime
    received_at: datetime | None
    kind: Literal["recording", "transcript"] | None = None
    language: str | None = None


class WantedPart(RequestBody):
    """A part for which a URL is wanted; its checksum is signed into the URL."""

    part_number: Whole = Field(ge=1, le=10_000)
    size: Whole = Field(ge=1)
    sha256: Sha256


class WantedParts(RequestBody):
    """Up to a hundred parts at a time."""

    parts: tuple[WantedPart, ...] = Field(min_length=1, max_length=PARTS_PER_CALL)


class SignedPart(SignedRequest):
    """The request that uploads one part."""

    part_number: int


class SignedParts(View):
    """The requests that upload these parts, in any order."""

    parts: tuple[SignedPart, ...]


def text_or_none(value: str | None) -> str | None:
    """Empty strings mean that there is nothing."""
    return value or None


class ReceivedObject(Value):
    """An object that the store says has arrived; one queue message each."""

    model_config = ConfigDict(extra="ignore")

    bucket: str
    key: str
    size: int
    etag: str
    version_id: Annotated[str | None, AfterValidator(text_or_none)] = None
    sequencer: str | None = None

    @property
    def version(self) -> str:
        """Return what tells this content from another under the same key."""
        return self.version_id or self.etag
