"""Woken by the processing queue: an object has arrived, so its run begins."""

from typing import Any

from aam.foundation.clock import new_id, utc_now
from aam.foundation.database import transaction
from aam.foundation.handlers import Event, lambda_handler
from aam.foundation.queues import work_through
from aam.foundation.storage import media_store
from aam.pipeline.executions import start_execution
from aam.pipeline.start import ReceivedObject, start_from_notification
from aam.store.bucket import Bucket
from aam.store.restore_marker import knows_its_objects


def delete_late(key: str) -> None:
    """Delete what arrives for a deleted meeting; not while the database may have forgotten meetings that there are."""
    if knows_its_objects(Bucket(media_store()), open_transaction=transaction):
        media_store().delete(key)


def start(received: ReceivedObject) -> None:
    """Begin the run of one received object."""
    start_from_notification(
        received,
        correlation_id=str(new_id()),
        open_transaction=transaction,
        start_execution=start_execution,
        delete_object=delete_late,
        now=utc_now(),
    )


@lambda_handler
def handler(event: Event, context: Any) -> dict[str, Any]:
    """Work through a batch of notifications."""
    return work_through(event, context, message_type=ReceivedObject, work=start)
