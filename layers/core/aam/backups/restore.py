"""Restoring: look at everything first, load in one transaction, bring it to now, and say what does not fit.

mark → load → follow up → record: the mark lies in the bucket before anything is changed, so that no cleanup takes what
a restored database does not know; every step may be repeated.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from aam.backups.dependencies import RestoreDeps, Step, counted
from aam.backups.empty_database_check import require_empty
from aam.backups.erasure_client import refuse_foreign
from aam.backups.errors import BackupBroken, BackupTooNew, ForeignBackup, LedgerUnavailable, RestoreFailed
from aam.backups.load_dump import checked, load, verify
from aam.backups.manifest import Manifest, backups_in, choose, has_dump
from aam.foundation.deadline import HasTime
from aam.foundation.schemas import Value
from aam.retention.integrity import Integrity, check
from aam.retention.models import CleanupRun, RunState, is_running
from aam.store import identity
from aam.store.maintenance_log import note
from aam.store.models import Level
from aam.store.restore_marker import RestoreMarker, RestoreState, read_marker, write_marker
from aam.uploads.subject import DERIVED, UPLOADED

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class RestoreReport(Value):
    """The restored backup; ``changed`` counts the later steps' changes, ``integrity`` what is still to be reconciled.

    ``rows`` counts what the database holds now, ``rows_in_backup`` what the backup says it held.  ``finished`` false:
    there was no time for all steps, and reconciling goes on with them.  ``ledger`` says whether the ledger of erasures
    was the backup's: ``unknown`` where the backup does not say.
    """

    backup: str
    taken_at: datetime
    rows: int
    rows_in_backup: int
    changed: dict[str, int]
    finished: bool
    ledger: Literal["same", "unknown", "left_out"]
    integrity: Integrity


def restore(wanted: str | None, *, deps: RestoreDeps, has_time: HasTime, without_ledger: bool = False) -> RestoreReport:
    """Restore a backup, by its name or date or the newest, into an empty database.

    ``without_ledger``: though its ledger of erasures is not this stack's.  Raises NoSuchBackup, ManifestBroken,
    BackupTooNew, ForeignBackup, ForeignLedger, LedgerUnavailable, LedgerForged, DatabaseNotEmpty,
    RestoreInProgress, BackupBroken, RestoreFailed: nothing is changed then.  Killed while it loads, it has changed
    nothing either; killed later, reconciling goes on with it.
    """
    manifest, _ = chosen(wanted, deps=deps)
    if not has_dump(deps.backups, manifest):
        raise BackupBroken
    refuse(manifest, deps=deps)
    # A replay follows whatever was said: an entry that nobody can read would end it when everybody is back already.
    if manifest.ledger is not None and not without_ledger:
        refuse_foreign(manifest, deps.ledger())
    else:
        with suppress(LedgerUnavailable):
            deps.ledger()
    verify(deps.backups, manifest)
    before = read_marker(deps.bucket)
    marked = RestoreMarker(
        backup=manifest.backup, point=manifest.taken_at, store_id=manifest.store_id, state=RestoreState.RESTORING
    )
    write_marker(deps.bucket, marked)
    try:
        load(checked(deps.backups, manifest), login=deps.login, schema=deps.schema)
    except Exception as error:
        # The connection may have broken after the commit; whatever else is refused before it.
        if not isinstance(error, RestoreFailed) or not is_loaded(manifest.store_id, deps=deps):
            write_marker(deps.bucket, before or marked.model_copy(update={"state": RestoreState.SETTLED}))
        raise
    steps = follow_up(marked, deps=deps, has_time=has_time)
    with deps.open_transaction() as session:
        rows = sum(count_of(session, name) for name in manifest.counts)
    return RestoreReport(
        backup=manifest.backup,
        taken_at=manifest.taken_at,
        rows=rows,
        rows_in_backup=sum(manifest.counts.values()),
        changed=counted(steps),
        finished=all(step.finished for step in steps.values()),
        ledger="left_out" if without_ledger else "unknown" if manifest.ledger is None else "same",
        integrity=check(deps=deps),
    )


def refuse(manifest: Manifest, *, deps: RestoreDeps) -> None:
    """Raise what can be seen without the dump and the ledger, which may still have to be brought."""
    if manifest.revision not in deps.schema.revisions:
        raise BackupTooNew
    if owner_of_recordings(deps) not in (None, manifest.store_id):
        raise ForeignBackup
    require_empty(deps.admin, deps.schema)


def chosen(wanted: str | None, *, deps: RestoreDeps) -> tuple[Manifest, list[str]]:
    """Return the wanted backup, or the newest of this bucket's system, and the newer ones that were passed over.

    Raises NoSuchBackup, ManifestBroken.
    """
    if wanted is not None:
        return choose(deps.backups, wanted), []
    found = choose(deps.backups, None, store_id=owner_of_recordings(deps))
    return found, [name for name in backups_in(deps.backups) if name > found.backup]


def owner_of_recordings(deps: RestoreDeps) -> UUID | None:
    """Return the system that the bucket's recordings belong to; None where the bucket names none or is empty."""
    label = identity.label_of(deps.bucket)
    return label if label is not None and holds_recordings(deps) else None


def holds_recordings(deps: RestoreDeps) -> bool:
    """Return whether the bucket holds any recording; an empty one may be given to the restored database."""
    return any(list(islice(deps.bucket.versions(prefix), 1)) for prefix in (UPLOADED, DERIVED))


def is_loaded(store_id: UUID, *, deps: RestoreDeps) -> bool:
    """Return whether the database is the one that was to be restored."""
    with deps.admin.connect() as connection:
        try:
            found = connection.execute(text("select store_id from store_identity")).scalar_one_or_none()
        except DBAPIError:  # there is no such table
            return False
        return found is not None and UUID(str(found)) == store_id


def follow_up(marked: RestoreMarker, *, deps: RestoreDeps, has_time: HasTime) -> dict[str, Step]:
    """Bring schema, password, label and rows from the backup's moment to now; what each step did.

    What ran at the backup's moment is over: cleanups, and the executions of runs.
    """
    deps.schema.bring_up()
    with deps.open_transaction() as session:
        identity.take_over(session, deps.bucket)
        session.execute(
            update(CleanupRun).where(is_running()).values(state=RunState.FAILED, finished_at=deps.clock()),
            execution_options={"synchronize_session": False},
        )
    steps = {name: step(has_time) for name, step in deps.after.items()}
    write_marker(deps.bucket, marked.model_copy(update={"state": RestoreState.RESTORED}))
    with deps.open_transaction() as session:
        note(session, Level.WARNING, "restore", "done", backup=marked.backup, **counted(steps))
    return steps


def count_of(session: Session, table: str) -> int:
    """Return the number of a table's rows; 0 when a later migration removed the table."""
    if session.scalar(text("select to_regclass(:name)"), {"name": f'public."{table}"'}) is None:
        return 0
    return int(session.scalar(text(f'select count(*) from "{table}"')) or 0)  # noqa: S608 - a name of our own dump
