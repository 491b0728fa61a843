"""Uploads by presigned requests."""

from __future__ import annotations

from uuid import UUID

from aam.foundation.database import transaction
from aam.foundation.storage import StorageUnavailable
from aam.meetings.errors import MeetingNotFound, OwnerOnly
from aam.pipeline.errors import RunInProgress
from aam.pipeline.progress import refuse_while_running, settled_status
from aam.uploads.errors import (
    BadParts,
    NotMultipart,
    PartsMissing,
    UnsupportedMediaType,
    UploadNotFound,
    UploadOver,
    UploadTooLarge,
)
from aam.uploads.schemas import NewUpload, SignedParts, UploadView, WantedParts
from aam.uploads.service import (
    begin_upload,
    begun,
    complete_upload,
    give_up_upload,
    look_at_upload,
    own_upload,
    reach_upload,
    sign_parts,
)
from aam.uploads.store import upload_store
from calls import JSON_TYPE, Call, Endpoints, Reply

endpoints = Endpoints("uploads")

OWNING = (UploadNotFound, OwnerOnly)


def begun_again(call: Call, upload_id: UUID) -> UploadView:
    """The answer to a repeated POST: the same upload, with a URL that is fresh."""
    with transaction() as session:
        return begun(own_upload(session, upload_id, caller=call.caller), store=upload_store())


@endpoints.route(
    "POST",
    "/meetings/{meeting_id}/uploads",
    body=NewUpload,
    answer=UploadView,
    status=201,
    idempotent=True,
    replay=begun_again,
    errors=(MeetingNotFound, OwnerOnly, RunInProgress, UploadTooLarge, UnsupportedMediaType, StorageUnavailable),
)
def post_upload(call: Call, *, meeting_id: UUID, body: NewUpload) -> Reply:
    """Begin an upload: one presigned PUT up to 100 MB, otherwise parts."""
    with transaction() as session:
        upload = begin_upload(
            session,
            body,
            meeting_id=meeting_id,
            caller=call.caller,
            rules=call.settings.upload_rules,
            store=upload_store(),
            refuse_while_running=refuse_while_running,
            now=call.now,
        )
    return Reply(body=upload.model_dump_json(), media_type=JSON_TYPE, resource_id=upload.id)


@endpoints.route("GET", "/uploads/{upload_id}", answer=UploadView, errors=(UploadNotFound, StorageUnavailable))
def get_upload(call: Call, *, upload_id: UUID) -> UploadView:
    """Look at an upload and at the parts that have arrived."""
    with transaction() as session:
        upload = reach_upload(session, upload_id, caller=call.caller)
    return look_at_upload(upload, store=upload_store())


@endpoints.route(
    "POST",
    "/uploads/{upload_id}/parts",
    body=WantedParts,
    answer=SignedParts,
    errors=(*OWNING, NotMultipart, UploadOver, BadParts),
)
def post_parts(call: Call, *, upload_id: UUID, body: WantedParts) -> SignedParts:
    """Sign up to a hundred parts; asking again for the same parts gives fresh URLs."""
    with transaction() as session:
        upload = own_upload(session, upload_id, caller=call.caller)
    return sign_parts(upload, body, store=upload_store())


@endpoints.route(
    "POST",
    "/uploads/{upload_id}/complete",
    answer=UploadView,
    errors=(*OWNING, NotMultipart, UploadOver, PartsMissing, StorageUnavailable),
)
def post_complete(call: Call, *, upload_id: UUID) -> UploadView:
    """Put the parts together; may be called again."""
    with transaction() as session:
        upload = own_upload(session, upload_id, caller=call.caller)
    return complete_upload(upload, store=upload_store())


@endpoints.route("DELETE", "/uploads/{upload_id}", status=204, errors=(*OWNING, UploadOver, StorageUnavailable))
def delete_upload(call: Call, *, upload_id: UUID) -> None:
    """Give an upload up."""
    with transaction() as session:
        give_up_upload(session, upload_id, caller=call.caller, store=upload_store(), settled_status=settled_status)
