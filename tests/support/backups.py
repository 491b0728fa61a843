"""A small world for backups: real PostgreSQL, moto's S3 with both buckets, and the tools of a restore elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from moto import mock_aws
from sqlalchemy import text

from aam.backups.dependencies import BackupDeps, RestoreDeps, Schema, Step
from aam.backups.errors import LedgerUnavailable
from aam.backups.manifest import LedgerFacts, Manifest, manifest_key, name_of
from aam.backups.pg_connection import Login
from aam.backups.reconcile import ReconcileReport, reconcile
from aam.backups.restore import RestoreReport, restore
from aam.backups.service import BackupReport, back_up
from aam.erasure.errors import LedgerForged
from aam.foundation.clock import utc_now
from aam.foundation.storage import ObjectStore
from aam.migrations.roles import OWNER, STATEMENTS, set_app_password
from aam.migrations.service import ADVISORY_LOCK, MigrationRequest, known_revisions, migrate
from aam.pipeline.termination import fail_vanished_runs
from aam.store import identity
from aam.store.bucket import Bucket
from aam_local import postgres
from aam_local.ports import LOOPBACK
from tests.support.cloud import kept_client
from tests.support.postgres import PASSWORD, Database, admin_engine
from tests.support.retention import World

CATALOGUE = (
    "select relname, relkind, pg_get_userbyid(relowner), array(select unnest(relacl)::text order by 1)"
    " from pg_class where relnamespace = 'public'::regnamespace order by 1",
    "select attrelid::regclass::text, attname, format_type(atttypid, atttypmod), attnotnull"
    " from pg_attribute a join pg_class c on c.oid = a.attrelid"
    " where c.relnamespace = 'public'::regnamespace and attnum > 0 and not attisdropped order by 1, 2",
    "select conname, pg_get_constraintdef(oid) from pg_constraint"
    " where connamespace = 'public'::regnamespace order by 1, 2",
    "select indexname, indexdef from pg_indexes where schemaname = 'public' order by 1",
    "select tgname, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal order by 1, 2",
    "select proname, prosrc, pg_get_userbyid(proowner) from pg_proc"
    " where pronamespace = 'public'::regnamespace order by 1",
    "select pg_get_userbyid(defaclrole), defaclobjtype, array(select unnest(defaclacl)::text order by 1)"
    " from pg_default_acl order by 1, 2",
    "select nspname, array(select unnest(nspacl)::text order by 1) from pg_namespace where nspname = 'public'",
)
"""Owners and privileges, columns, constraints, indexes, triggers, functions, defaults of privileges."""

MEDIA, BACKUPS = "aam-media-test", "aam-backup-test"


@contextmanager
def two_buckets() -> Iterator[Any]:
    """Yield an S3 client, and both buckets as the template makes them."""
    with mock_aws():
        client = kept_client(
            "s3", region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing"
        )
        client.create_bucket(Bucket=MEDIA)
        client.create_bucket(Bucket=BACKUPS)
        client.put_bucket_versioning(Bucket=BACKUPS, VersioningConfiguration={"Status": "Enabled"})
        yield client


@dataclass
class BackupWorld(World):
    """A world whose buckets are moto's; time is the machine's, moved by ``now``."""

    s3: Any = None
    now: datetime = field(default_factory=utc_now)
    encrypted: Login | None = None
    forged: bool = False
    ledger: LedgerFacts | None = field(default_factory=lambda: LedgerFacts(fingerprint="a" * 64, entries=2))

    def say_ledger(self) -> LedgerFacts:
        """Return the facts of the ledger; raises where it is forged or silent."""
        if self.forged:
            raise LedgerForged
        if self.ledger is None:
            raise LedgerUnavailable
        return self.ledger

    @property
    def bucket(self) -> Bucket:
        """Return the bucket of recordings."""
        return Bucket(ObjectStore(self.s3, MEDIA))

    @property
    def backup_store(self) -> ObjectStore:
        """Return the bucket of backups."""
        return ObjectStore(self.s3, BACKUPS)

    def put(self, key: str, *, size: int = 10, at: datetime | None = None) -> str:
        """Write an object, now."""
        self.s3.put_object(Bucket=MEDIA, Key=key, Body=b"x" * size, ContentType="audio/mpeg")
        return key

    def found(self) -> set[str]:
        """Return every key in the bucket of recordings, but the system's own."""
        return {each.key for each in self.bucket.versions("") if not each.key.startswith("system/")}

    @property
    def backup_deps(self) -> BackupDeps:
        """Return the dependencies of backups."""
        return BackupDeps(
            media=self.bucket.store,
            backups=self.backup_store,
            signer=self.backup_store,
            open_transaction=self.database.transaction,
            login=self.login("aam_app"),
            policy=self.policy,
            clock=lambda: self.now,
            describe_stack=lambda: {"parameters": {"Stage": "test"}},
            ledger=self.say_ledger,
        )

    def login(self, user: str) -> Login:
        """Return the login to this world's database, by way of ``encrypted`` where that is set."""
        plain = login_to(self.database, user)
        return plain if self.encrypted is None else replace(plain, port=self.encrypted.port, tls=self.encrypted.tls)

    def backed_up(self, *, has_time: Callable[[], bool] = lambda: True, **more: Any) -> BackupReport:
        """Make a backup and return its report."""
        return back_up(deps=self.backup_deps, has_time=has_time, **more)

    @property
    def restore_deps(self) -> RestoreDeps:
        """Return the dependencies of restores: this world's own database."""
        database = self.database
        return RestoreDeps(
            bucket=self.bucket,
            backups=self.backup_store,
            admin=database.admin,
            login=self.login(postgres.SUPERUSER),
            open_transaction=database.transaction,
            open_statements=self.statements,
            policy=self.policy,
            clock=lambda: self.now,
            schema=schema_of(database),
            after={
                "failed_runs": lambda _has_time: Step(
                    fail_vanished_runs(
                        restarted=True,
                        open_transaction=database.transaction,
                        look_up=lambda _arn: "missing",
                        now=self.now,
                    )
                )
            },
            ledger=self.say_ledger,
        )

    def restored(self, wanted: str | None = None, **more: bool) -> RestoreReport:
        """Restore a backup and return the report."""
        return restore(wanted, deps=self.restore_deps, has_time=lambda: True, **more)

    def reconciled(self) -> ReconcileReport:
        """Reconcile after a restore and return the report."""
        return reconcile(point=None, deps=self.restore_deps, has_time=lambda: True)

    def wipe(self) -> None:
        """Lose the database: replace it by a new one."""
        with self.database.admin.begin() as connection:
            connection.execute(text(f"drop owned by {OWNER} cascade"))

    def everything(self) -> dict[str, list[str]]:
        """Return every row of every table as text, in order."""
        with self.database.admin.connect() as connection:
            names = connection.scalars(text("select tablename from pg_tables where schemaname = 'public'")).all()
            parts = (f"select '{name}', array(select t::text from {name} t order by 1)" for name in names)
            found = connection.execute(text(" union all ".join(parts))) if names else ()
            return {str(row[0]): list(row[1]) for row in found}

    def catalogue(self) -> list[list[tuple[object, ...]]]:
        """Return the rest of a schema: its constraints, indexes and the like."""
        with self.database.admin.connect() as connection:
            return [[tuple(row) for row in connection.execute(text(statement))] for statement in CATALOGUE]


def login_to(database: Database, user: str) -> Login:
    """Return the test's database, as a user."""
    return Login(host=LOOPBACK, port=database.port, database=database.name, user=user, password=PASSWORD)


@cache
def revisions() -> frozenset[str]:
    """Return the revisions that this version knows."""
    return known_revisions()


def schema_of(database: Database) -> Schema:
    """Return the migrations that a restore needs to know."""

    def bring_up() -> None:
        migrate(
            MigrationRequest(command="up"),
            engine=admin_engine(database.port, database.name),
            finish=lambda connection: set_app_password(connection, PASSWORD),
        )

    return Schema(owner=OWNER, roles=STATEMENTS, advisory_lock=ADVISORY_LOCK, revisions=revisions(), bring_up=bring_up)


def leave_manifest(
    world: World, *, of: UUID | None = None, dump: bytes = b"dump", called: datetime | None = None, **since: float
) -> None:
    """Write what says that a whole backup was taken so long ago, of this system or of another."""
    with world.database.transaction() as session:
        store_id = of or identity.store_id(session)
    name, digest = name_of(called or world.ago(**since)), "0" * 64
    manifest = Manifest(
        backup=name,
        taken_at=world.ago(**since),
        store_id=store_id,
        revision="0001",
        server_version="18",
        dump_bytes=4,
        dump_sha256=digest,
        config_sha256=digest,
        counts={},
    )
    world.backups.put_object(Bucket="b", Key=manifest.dump_key, Body=dump)
    world.backups.put_object(Bucket="b", Key=manifest_key(name), Body=manifest.model_dump_json().encode())
