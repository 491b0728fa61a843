"""Making a backup: dump, what the stack was, copies of objects, and the manifest last."""

from __future__ import annotations

import hashlib
import json
import platform
from datetime import datetime, timedelta
from typing import Any

from aam.backups.copies import expire, keep_up
from aam.backups.dependencies import BackupDeps
from aam.backups.dump_database import LIMIT_S, Moment, Written, dump_to, refuse_large
from aam.backups.errors import LedgerUnavailable
from aam.backups.manifest import (
    CONFIG,
    Copied,
    LedgerFacts,
    Manifest,
    backups_in,
    config_key,
    dump_key,
    manifest_key,
    name_of,
)
from aam.foundation.deadline import HasTime
from aam.foundation.observability import gauge, logger
from aam.foundation.schemas import Value
from aam.foundation.storage import ObjectStore
from aam.retention.policy import FILE
from aam.store.bucket import BATCH, Bucket, batched
from aam.store.manifest import DATABASE

UNFINISHED_AFTER = timedelta(hours=1)
"""A function lives for a quarter of an hour: what is older and has no manifest belongs to a backup that died."""

BROUGHT_AFTER = timedelta(hours=24)
"""What was written long after the moment that its name says is brought from elsewhere, where the manifest comes last;
`aws s3 sync` sends every configuration and a dump's gigabytes before it."""


class BackupReport(Value):
    """A backup that was made; ``finished`` false: objects are left to be copied, by `copy`."""

    backup: str
    dump_bytes: int
    rows: int
    objects: Copied
    swept: int
    expired: int
    finished: bool


def back_up(*, deps: BackupDeps, has_time: HasTime, limit_s: float = LIMIT_S) -> BackupReport:
    """Make a backup of the database and bring the copies of objects up to date.

    Raises DatabaseTooLarge, DumpTooSlow, DumpFailed, StorageUnavailable, DatabaseUnavailable; what was written by then
    counts for nothing and is swept away by a later backup.
    """
    began = deps.clock()
    swept = sweep(deps.backups, now=began)
    name = name_of(began)
    with deps.open_transaction() as session:
        refuse_large(session)
    with deps.open_transaction() as session:
        moment, written = dump_to(deps.backups, dump_key(name), session=session, login=deps.login, limit_s=limit_s)
    config = configuration_json(deps, moment)
    deps.backups.write(config_key(name), config, content_type="application/json")
    objects = keep_up(deps.media, deps.backups, has_time=has_time)
    manifest = manifest_of(name, moment, written, config, objects, ledger_of(deps))
    deps.backups.write(manifest_key(name), manifest.model_dump_json().encode(), content_type="application/json")
    gauge("BackupSeconds", (deps.clock() - began).total_seconds(), "Seconds")
    gauge("BackupBytes", written.size, "Bytes")
    return BackupReport(
        backup=name,
        dump_bytes=written.size,
        rows=sum(moment.counts.values()),
        objects=objects,
        swept=swept,
        expired=expire(deps.backups, deps.policy.backups, now=began) if has_time() else 0,
        finished=objects.complete,
    )


def ledger_of(deps: BackupDeps) -> LedgerFacts | None:
    """Return the facts of the backup's ledger; None where it does not answer: the backup is made all the same."""
    try:
        return deps.ledger()
    except LedgerUnavailable as error:
        logger().warning("a backup does not say which ledger it belongs to", error_code=error.code)
        return None


def manifest_of(
    name: str, moment: Moment, written: Written, config: bytes, objects: Copied, ledger: LedgerFacts | None
) -> Manifest:
    """Return the manifest of the parts that were written."""
    return Manifest(
        backup=name,
        taken_at=moment.taken_at,
        store_id=moment.store_id,
        revision=moment.revision,
        server_version=moment.server_version,
        dump_bytes=written.size,
        dump_sha256=written.digest.hexdigest(),
        config_sha256=hashlib.sha256(config).hexdigest(),
        counts=moment.counts,
        objects=objects,
        ledger=ledger,
    )


def configuration_json(deps: BackupDeps, moment: Moment) -> bytes:
    """Return the stack's description as JSON, for an operator who has to make it again.  Secrets are not in it."""
    said: dict[str, Any] = {
        "taken_at": moment.taken_at.isoformat(),
        "store_id": str(moment.store_id),
        "buckets": {"media": deps.media.bucket, "backups": deps.backups.bucket},
        "database": {
            "host": deps.login.host,
            "port": deps.login.port,
            "name": deps.login.database,
            "server_version": moment.server_version,
            "revision": moment.revision,
            "rows": moment.counts,
        },
        "policy_sha256": hashlib.sha256(FILE.read_bytes()).hexdigest(),
        "python": platform.python_version(),
        "stack": dict(deps.describe_stack()),
        "not_here": "signing keys, vendors' keys, the store's webhook secret and the database's passwords",
    }
    return json.dumps(said, indent=2, sort_keys=True).encode()


def sweep(backups: ObjectStore, *, now: datetime) -> int:
    """Delete what backups that died have left behind; returns how many versions and unfinished uploads."""
    whole, bucket = set(backups_in(backups)), Bucket(backups)
    gone = 0
    for each in bucket.unfinished(DATABASE):
        if is_abandoned(each.key, each.begun, whole, now):
            bucket.abort(each.key, each.upload_id)
            gone += 1
    for prefix in (DATABASE, CONFIG):
        every = (each for history in bucket.histories(prefix) for each in history)
        left = [(each.key, each.version) for each in every if is_abandoned(each.key, each.modified, whole, now)]
        bucket.delete(list(batched(left, BATCH)))
        gone += len(left)
    return gone


def is_abandoned(key: str, written: datetime, whole: set[str], now: datetime) -> bool:
    """Return whether a key belongs to an abandoned backup: without a manifest, begun too long ago by its name."""
    name = key.removeprefix(DATABASE).removeprefix(CONFIG).rpartition(".")[0]
    brought = name < name_of(written - UNFINISHED_AFTER)
    return name not in whole and written < now - (BROUGHT_AFTER if brought else UNFINISHED_AFTER)
