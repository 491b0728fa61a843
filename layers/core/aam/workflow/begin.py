"""Begin the run of an object that has arrived."""

from __future__ import annotations

from collections.abc import Callable

from aam.foundation.clock import new_id, utc_now
from aam.foundation.database import transaction
from aam.foundation.storage import media_store
from aam.pipeline.executions import start_execution
from aam.pipeline.start import ReceivedObject, start_from_notification
from aam.store.bucket import Bucket
from aam.store.restore_marker import knows_its_objects


def begin(received: ReceivedObject, *, delete_object: Callable[[str], None]) -> None:
    """Begin the run of one received object; ``delete_object`` is for one of a deleted meeting."""
    start_from_notification(
        received,
        correlation_id=str(new_id()),
        open_transaction=transaction,
        start_execution=start_execution,
        delete_object=delete_object,
        now=utc_now(),
    )


def begin_from_queue(received: ReceivedObject) -> None:
    """Begin the run of an object of which a message in the queue tells."""
    begin(received, delete_object=delete_late)


def delete_late(key: str) -> None:
    """Delete an object of a deleted meeting, unless a restored database may have forgotten that the meeting exists."""
    if knows_its_objects(Bucket(media_store()), open_transaction=transaction):
        media_store().delete(key)
