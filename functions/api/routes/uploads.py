"""Uploads by presigned requests."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from aam.costs.estimates import PaidModels, paid_models
from aam.costs.schemas import CostView, PricedUpload
from aam.costs.upload_estimates import cost_of_upload, with_cost
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
from aam.uploads.models import UploadBlob
from aam.uploads.schemas import NewUpload, SignedParts, WantedParts
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

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

endpoints = Endpoints("uploads")

OWNING = (UploadNotFound, OwnerOnly)


def cost_of(session: Session, call: Call, upload: UploadBlob, models: PaidModels) -> CostView:
    """Return the highest cost of processing this upload."""
    return cost_of_upload(
        session,
        meeting_id=upload.meeting_id,
        filename=upload.filename,
        size_bytes=upload.size_bytes,
        content_type=upload.content_type,
        models=models,
        on=call.now.date(),
    )


def begun_again(call: Call, upload_id: UUID) -> PricedUpload:
    """Return the answer to a repeated POST: the same upload, with a URL that is fresh."""
    models = paid_models()
    with transaction() as session:
        upload = own_upload(session, upload_id, caller=call.caller)
        return with_cost(begun(upload, store=upload_store()), cost_of(session, call, upload, models))


@endpoints.route(
    "POST",
    "/meetings/{meeting_id}/uploads",
    body=NewUpload,
    answer=PricedUpload,
    status=201,
    idempotent=True,
    replay=begun_again,
    errors=(MeetingNotFound, OwnerOnly, RunInProgress, UploadTooLarge, UnsupportedMediaType, StorageUnavailable),
)
def post_upload(call: Call, *, meeting_id: UUID, body: NewUpload) -> Reply:
    """Begin an upload: one presigned PUT up to 100 MB, otherwise parts; says what processing it will cost at most."""
    models = paid_models()
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
        cost = cost_of_upload(
            session,
            meeting_id=meeting_id,
            filename=body.filename,
            size_bytes=body.size,
            content_type=body.content_type,
            models=models,
            on=call.now.date(),
        )
    return Reply(body=with_cost(upload, cost).model_dump_json(), media_type=JSON_TYPE, resource_id=upload.id)


@endpoints.route("GET", "/uploads/{upload_id}", answer=PricedUpload, errors=(UploadNotFound, StorageUnavailable))
def get_upload(call: Call, *, upload_id: UUID) -> PricedUpload:
    """Look at an upload, at the parts that have arrived, and at what processing it will cost at most."""
    models = paid_models()
    with transaction() as session:
        upload = reach_upload(session, upload_id, caller=call.caller)
        cost = cost_of(session, call, upload, models)
    return with_cost(look_at_upload(upload, store=upload_store()), cost)


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
    answer=PricedUpload,
    errors=(*OWNING, NotMultipart, UploadOver, PartsMissing, StorageUnavailable),
)
def post_complete(call: Call, *, upload_id: UUID) -> PricedUpload:
    """Put the parts together; may be called again."""
    models = paid_models()
    with transaction() as session:
        upload = own_upload(session, upload_id, caller=call.caller)
        cost = cost_of(session, call, upload, models)
    return with_cost(complete_upload(upload, store=upload_store()), cost)


@endpoints.route("DELETE", "/uploads/{upload_id}", status=204, errors=(*OWNING, UploadOver, StorageUnavailable))
def delete_upload(call: Call, *, upload_id: UUID) -> None:
    """Give an upload up."""
    with transaction() as session:
        give_up_upload(session, upload_id, caller=call.caller, store=upload_store(), settled_status=settled_status)
