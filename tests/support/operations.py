"""A meeting and all that the function which looks and repairs works with; PostgreSQL is real, AWS is moto's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from aam.foundation.operator import as_json
from aam.foundation.state_table import StateTable
from aam.foundation.storage import ObjectStore
from aam.foundation.vendor_keys import StoredKeys
from aam.operations.dependencies import OperationsDeps
from aam.operations.handlers import perform
from aam.operations.requests import parse
from aam.pipeline import runs
from aam.pipeline.models import ProcessingRun, Stage
from aam.pipeline.schemas import RunInput
from aam.pipeline.termination import fail_run
from tests.support.cloud import BUCKET, TABLE, kept_client
from tests.support.postgres import Database
from tests.support.rows import make_scene
from tests.support.steps import queued

NOW = datetime.now(UTC)


class World:
    """A meeting, and the dependencies of the function; AWS is moto's."""

    def __init__(self, database: Database) -> None:
        self.database, self.scene = database, make_scene(database)
        self.started: list[ProcessingRun] = []
        s3, sqs, dynamodb = (kept_client(name, region_name="us-east-1") for name in ("s3", "sqs", "dynamodb"))
        s3.create_bucket(Bucket=BUCKET)
        dynamodb.create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        names = ("processing", "transcription", "artifacts")
        urls = {
            name: tuple(sqs.create_queue(QueueName=f"{name}{end}")["QueueUrl"] for end in ("", "-dead"))
            for name in names
        }
        self.deps = OperationsDeps(
            store=ObjectStore(s3, BUCKET),
            open_transaction=database.transaction,
            table=StateTable(dynamodb, TABLE),
            sqs=sqs,
            queues=urls,  # type: ignore[arg-type]
            look_up=lambda _arn: "running",
            start_execution=self.started.append,
            stored_keys=lambda: StoredKeys(deepgram=True, openai=False),
            clock=lambda: NOW,
        )

    def ask(self, **event: Any) -> Any:
        return as_json(perform(parse(event), deps=self.deps))

    def meeting(self) -> Any:
        return self.ask(action="diagnose", meeting_id=str(self.scene.meeting_id))

    def begin(self, stage: Stage | None = None) -> RunInput:
        self.deps.store.write(self.scene.key, b"x" * 10, content_type="text/vtt")
        run = queued(self.database, self.scene, size=10, now=NOW)
        if stage is not None:
            with self.database.transaction() as session:
                runs.begin_stage(session, run_id=run.run_id, stage=stage, now=NOW - timedelta(minutes=2))
        return run

    def fail(self, run: RunInput, name: str = "") -> None:
        fail_run(run_id=run.run_id, error_name=name, cause="", open_transaction=self.database.transaction, now=NOW)


def advice(answer: Any) -> list[str | None]:
    return [each["command"] for each in answer["advice"]]
