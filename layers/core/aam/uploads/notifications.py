"""The store's notifications: what has arrived, and one queue message for each upload among it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote_plus

from pydantic import ConfigDict, Field, ValidationError

from aam.foundation.errors import InvalidInput
from aam.foundation.schemas import Value
from aam.uploads.schemas import ReceivedObject
from aam.uploads.subject import UPLOADED

Send = Callable[[ReceivedObject], None]


class BadNotification(InvalidInput):
    """The event is not shaped like one of S3."""

    code = "bad_notification"
    sentence = "This is not a notification of an S3-compatible store."


class _Named(Value):
    model_config = ConfigDict(extra="ignore")

    name: str


class _Object(Value):
    model_config = ConfigDict(extra="ignore")

    key: str
    size: int = 0
    etag: str = Field(alias="eTag", default="")
    version_id: str | None = Field(alias="versionId", default=None)
    sequencer: str | None = None


class _S3(Value):
    model_config = ConfigDict(extra="ignore")

    bucket: _Named
    object: _Object


class _Record(Value):
    model_config = ConfigDict(extra="ignore")

    event_name: str = Field(alias="eventName", default="")
    s3: _S3


class _Event(Value):
    """S3's event notification, version 2: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html."""

    model_config = ConfigDict(extra="ignore")

    records: tuple[_Record, ...] = Field(alias="Records", default=())


def queue_notifications(event: Mapping[str, Any], *, bucket: str, send: Send) -> int:
    """Send one message for each object that arrived under ``meetings/`` in our bucket; returns how many.

    Raises BadNotification.
    """
    ours = arrived(event, bucket=bucket, prefix=UPLOADED)
    for notification in ours:
        send(notification)
    return len(ours)


def arrived(event: Mapping[str, Any], *, bucket: str, prefix: str) -> list[ReceivedObject]:
    """Return the objects that arrived under a prefix of our bucket.

    Keys come URL-encoded with ``+`` for spaces and are decoded here.  Raises BadNotification.
    """
    try:
        records = _Event.model_validate(event).records
    except ValidationError:
        raise BadNotification from None
    found = [
        ReceivedObject(
            bucket=record.s3.bucket.name,
            key=unquote_plus(record.s3.object.key),
            size=record.s3.object.size,
            etag=record.s3.object.etag.strip('"'),
            version_id=record.s3.object.version_id,
            sequencer=record.s3.object.sequencer,
        )
        for record in records
        if "ObjectCreated:" in record.event_name and record.s3.bucket.name == bucket
    ]
    return [notification for notification in found if notification.key.startswith(prefix)]
