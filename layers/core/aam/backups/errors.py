"""Errors of backups and restores; every sentence says whether anything was changed."""

from __future__ import annotations

from aam.foundation.errors import AppError, Conflict, InvalidInput, NotFound, Transient

INSTEAD = "use point-in-time recovery or snapshots of the database server instead"


class BadBackupRequest(InvalidInput):
    """The request does not say what to do."""

    code = "bad_backup_request"
    sentence = 'Say {"action": "backup"}; nothing was done.'


class BadRestoreRequest(InvalidInput):
    """The request does not say what to restore."""

    code = "bad_restore_request"
    sentence = 'Say {"action": "restore"} or {"action": "reconcile"}; nothing was changed.'


class DatabaseTooLarge(Conflict):
    """The database is larger than a function can dump."""

    code = "database_too_large"
    sentence = f"The database is larger than 10 GB; {INSTEAD}. No backup was made."


class DumpTooSlow(Conflict):
    """Dumping took longer than a function may."""

    code = "dump_too_slow"
    sentence = f"Dumping the database took over 10 minutes and was stopped; {INSTEAD}. No backup was made."


class DumpFailed(AppError):
    """pg_dump gave up."""

    code = "dump_failed"
    sentence = "The database could not be dumped; no backup was made."


class NoSuchBackup(NotFound):
    """There is no whole backup of this name."""

    code = "no_such_backup"
    sentence = "There is no such backup, or it is not whole; 'aam backup --list' shows those there are."


class ManifestBroken(Conflict):
    """The object at the backup's manifest key is no manifest, or another backup's."""

    code = "manifest_broken"
    sentence = "The manifest of this backup is cut or was changed; choose another by its name. Nothing was changed."


class BackupBroken(Conflict):
    """The dump is not what its manifest says."""

    code = "backup_broken"
    sentence = "The dump is cut or was changed: its checksum is not that of its manifest. Nothing was changed."


class BackupTooNew(Conflict):
    """The backup was made by a newer version of this system."""

    code = "backup_too_new"
    sentence = "The backup's schema is newer than this version knows; deploy that version first. Nothing was changed."


class ForeignBackup(Conflict):
    """The backup is of another store than this bucket belongs to."""

    code = "foreign_backup"
    sentence = "The backup is of another system than the recordings in this bucket. Nothing was changed."


class ForeignLedger(Conflict):
    """This stack's ledger of erasures is not the backup's, or lacks some of it."""

    code = "foreign_ledger"
    sentence = (
        "The backup belongs to another ledger of erasures than this stack has, so who was erased would be back; carry "
        "the ledger along (docs/privacy.md), or say --without-ledger. Nothing was changed."
    )


class LedgerUnavailable(Transient):
    """The function that reads the ledger of erasures did not answer."""

    code = "ledger_unavailable"
    sentence = "The ledger of erasures could not be asked; try again in a minute. Nothing was changed."


class ErasuresUnavailable(Transient):
    """The function that erases did not answer."""

    code = "erasures_unavailable"
    sentence = "What was erased could not be erased again; run 'aam restore reconcile', which goes on with it."


class DatabaseNotEmpty(Conflict):
    """The database holds something."""

    code = "database_not_empty"
    sentence = (
        "The database is not empty; a backup is restored into an empty one only, and 'aam restore reconcile' goes on "
        "with a restore that was interrupted. Nothing was changed."
    )


class RestoreInProgress(Transient):
    """Another restore or a migration is at work."""

    code = "restore_in_progress"
    sentence = "Another restore or a migration is at work; try again when it is done. Nothing was changed."


class RestoreFailed(AppError):
    """PostgreSQL refused the dump."""

    code = "restore_failed"
    sentence = "PostgreSQL refused the dump; the database was left as it was."


class NothingToReconcile(Conflict):
    """No restore waits to be reconciled."""

    code = "nothing_to_reconcile"
    sentence = (
        "No restore waits to be reconciled; after a recovery by other means say to which moment. Nothing was changed."
    )


class PointInFuture(InvalidInput):
    """The moment that was recovered has not been yet."""

    code = "point_in_future"
    sentence = "The moment that was recovered cannot lie in the future; say the one that was. Nothing was changed."


class RestoreWaits(Conflict):
    """A restore is not reconciled yet, and knows its own moment."""

    code = "restore_waits"
    sentence = (
        "A restore waits to be reconciled and knows its own moment; run 'aam restore reconcile' without --point. "
        "Nothing was changed."
    )


class RestoreUnfinished(Conflict):
    """A restore died on its way."""

    code = "restore_unfinished"
    sentence = "A restore was interrupted and has left the database empty; restore again first. Nothing was changed."


class RowsFirst(Conflict):
    """The rows are not restored yet, so the wanted objects are unknown."""

    code = "rows_first"
    sentence = (
        "Objects are brought when the rows are there that want them; restore the database first. Nothing was changed."
    )


class NotInQuarantine(NotFound):
    """There is no such object in quarantine."""

    code = "not_in_quarantine"
    sentence = "There is no such object in quarantine; nothing was changed."


class NotReleasable(Conflict):
    """The object cannot go back by itself."""

    code = "not_releasable"
    sentence = (
        "This was derived from a recording by a run that the database does not know; process the recording again. "
        "Nothing was changed."
    )


class NoMeetingForIt(NotFound):
    """The meeting of a quarantined recording is not in the database."""

    code = "no_meeting_for_it"
    sentence = "Its meeting is not in the restored database; make one and name it. Nothing was changed."
