"""Steps of a run as tests take them: queued from a notification, then one frame after another."""

from __future__ import annotations

from datetime import UTC, datetime

from aam.foundation.storage import ObjectStore
from aam.pipeline.models import Stage
from aam.pipeline.schemas import RunInput
from aam.pipeline.steps import Step
from aam.uploads.schemas import ReceivedObject
from aam.workflow.start import start_from_notification
from tests.support.postgres import Database
from tests.support.rows import Scene
from tests.support.store import BUCKET


def queued(database: Database, scene: Scene, *, size: int, now: datetime | None = None) -> RunInput:
    """Return the first run of a scene's upload, as the store's notification begins it."""
    run_id = start_from_notification(
        ReceivedObject(bucket=BUCKET, key=scene.key, size=size, etag="e"),
        correlation_id="c",
        open_transaction=database.transaction,
        start_execution=lambda _run: None,
        delete_object=lambda _key: None,
        now=now or datetime.now(UTC),
    )
    assert run_id is not None
    return RunInput(
        run_id=run_id,
        meeting_id=scene.meeting_id,
        organization_id=scene.organization_id,
        upload_id=scene.upload_id,
        correlation_id="c",
    )


def step(database: Database, store: ObjectStore, run: RunInput, stage: Stage) -> Step:
    """Return the dependencies of a step, outside Lambda."""
    return Step(
        run=run,
        stage=stage,
        event={},
        open_store=lambda: store,
        open_transaction=database.transaction,
        open_statements=database.transaction,
        clock=lambda: datetime.now(UTC),
    )
