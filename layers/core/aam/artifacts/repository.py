"""Store artifacts and the record of every call to a language model."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as insert_or_keep

from aam.artifacts.charges import charge_of
from aam.artifacts.models import ArtifactsRow, LLMInteraction
from aam.artifacts.recorded_calls import read_interactions
from aam.artifacts.schemas import Interaction
from aam.costs.ledger import book
from aam.costs.models import CostKind
from aam.costs.prices import sums_by_model
from aam.evidence.schemas import CheckedArtifacts
from aam.foundation.clock import new_id
from aam.foundation.storage import ObjectMissing, ObjectStore
from aam.pipeline.budget import account_of
from aam.pipeline.context import read_context
from aam.pipeline.schemas import RunInput
from aam.transcription.repository import transcript_in_use

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def insert_artifacts(session: Session, *, run: RunInput, artifacts: CheckedArtifacts) -> None:
    """Write the meeting's next version of artifacts, unless this run has written it."""
    session.execute(
        insert_or_keep(ArtifactsRow)
        .values(
            id=new_id(),
            organization_id=run.organization_id,
            meeting_id=run.meeting_id,
            run_id=run.run_id,
            transcript_id=transcript_in_use(run),
            version=select(func.coalesce(func.max(ArtifactsRow.version), 0) + 1)
            .where(ArtifactsRow.meeting_id == run.meeting_id)
            .scalar_subquery(),
            engine=artifacts.engine,
            model=artifacts.model,
            prompt_version=artifacts.prompt_version,
            label=artifacts.label,
            language=artifacts.language,
            supported_count=artifacts.supported_count,
            quoted_count=artifacts.quoted_count,
            unsupported_count=artifacts.unsupported_count,
            document=artifacts.model_dump(mode="json"),
        )
        .on_conflict_do_nothing(index_elements=["run_id"])
    )


def insert_interactions(
    session: Session, *, run: RunInput, attempt: int, interactions: list[Interaction], succeeded: bool, now: datetime
) -> None:
    """Write the calls of a run and book what they cost; those written before stay as they are.

    Final are the calls whose answers a run that succeeded was made of: one a window, and what put them together.
    """
    charges = [charge_of(call, on=now.date()) for call in interactions]
    rows = [
        {
            "id": new_id(),
            "organization_id": run.organization_id,
            "meeting_id": run.meeting_id,
            "run_id": run.run_id,
            "ordinal": ordinal,
            "is_final": succeeded and call.outcome == "ok",
            **call.model_dump(exclude={"engine"}),
            "attempt": attempt,
            "cost_usd": charge.usd,
        }
        for ordinal, (call, charge) in enumerate(zip(interactions, charges, strict=True), start=1)
    ]
    if rows:
        statement = insert_or_keep(LLMInteraction).values(rows)  # the driver would send a list row by row
        session.execute(statement.on_conflict_do_nothing(index_elements=["run_id", "attempt", "ordinal"]))
        book(session, sums_by_model(charges), to=account_of(run), kind=CostKind.ACTUAL, now=now)


def keep_interactions_of_failed_run(session: Session, *, run: RunInput, store: ObjectStore, now: datetime) -> None:
    """Write what a failed run's workers recorded; a run that failed before its first step has nothing."""
    try:
        context = read_context(store, run)
    except ObjectMissing:
        return
    insert_interactions(
        session, run=run, attempt=context.attempt, interactions=read_interactions(store, run), succeeded=False, now=now
    )
