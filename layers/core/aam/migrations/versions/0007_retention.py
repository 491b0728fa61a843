"""retention: whose bucket this is, ages, holds, tombstones, cleanups and their log."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

VACUUMED = ("refresh_tokens", "processing_errors", "processing_runs", "meetings", "upload_blobs", "maintenance_log")
STATUSES = "status in ('pending', 'received', 'aborted'{})"


def organization(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id"], ["organizations.id"], name=op.f(f"fk_{table}_organization_id"), ondelete="CASCADE"
    )


def made() -> sa.Column[datetime]:
    return sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "store_identity",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        made(),
        sa.PrimaryKeyConstraint("store_id", name=op.f("pk_store_identity")),
    )
    op.create_index("uq_store_identity_one", "store_identity", [sa.text("(true)")], unique=True)
    op.execute("INSERT INTO store_identity (store_id) VALUES (gen_random_uuid())")
    op.create_table(
        "retention_rules",
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("meeting_type_id", sa.Uuid(), nullable=True),
        sa.Column("data_class", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        made(),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "data_class in ('audio', 'video', 'transcript', 'artifacts')", name=op.f("ck_retention_rules_data_class")
        ),
        sa.CheckConstraint("days between 0 and 36500", name=op.f("ck_retention_rules_days")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_retention_rules_client_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_type_id"],
            ["meeting_types.id"],
            name=op.f("fk_retention_rules_meeting_type_id"),
            ondelete="CASCADE",
        ),
        organization("retention_rules"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_rules")),
    )
    op.create_index(
        "uq_retention_rules_of",
        "retention_rules",
        ["organization_id", "client_id", "meeting_type_id", "data_class"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_index("ix_retention_rules_client_id", "retention_rules", ["client_id"])
    op.create_index("ix_retention_rules_meeting_type_id", "retention_rules", ["meeting_type_id"])
    op.create_table(
        "legal_holds",
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        made(),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("num_nonnulls(client_id, meeting_id) = 1", name=op.f("ck_legal_holds_subject")),
        sa.CheckConstraint("length(reason) between 1 and 1000", name=op.f("ck_legal_holds_reason_length")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_legal_holds_client_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_legal_holds_meeting_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_legal_holds_organization_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_holds")),
    )
    op.create_index("ix_legal_holds_organization_id", "legal_holds", ["organization_id"])
    op.create_index("uq_legal_holds_client_id", "legal_holds", ["client_id"], unique=True)
    op.create_index("uq_legal_holds_meeting_id", "legal_holds", ["meeting_id"], unique=True)
    op.create_table(
        "meeting_tombstones",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        organization("meeting_tombstones"),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_meeting_tombstones")),
    )
    op.create_index("ix_meeting_tombstones_organization_id", "meeting_tombstones", ["organization_id"])
    op.create_index("ix_meeting_tombstones_marked_at", "meeting_tombstones", ["marked_at"])
    op.create_table(
        "cleanup_runs",
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("plan_hash", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("done_lines", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease_owner", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "report",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        made(),
        sa.CheckConstraint("state in ('running', 'done', 'failed')", name=op.f("ck_cleanup_runs_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cleanup_runs")),
    )
    op.create_index(
        "uq_cleanup_runs_running",
        "cleanup_runs",
        [sa.text("(true)")],
        unique=True,
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_index("ix_cleanup_runs_mode_finished_at", "cleanup_runs", ["mode", sa.text("finished_at desc")])
    op.create_table(
        "maintenance_log",
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column(
            "details",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        made(),
        sa.CheckConstraint("level in ('DEBUG', 'INFO', 'WARNING', 'ERROR')", name=op.f("ck_maintenance_log_level")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintenance_log")),
    )
    op.create_index("ix_maintenance_log_created_at", "maintenance_log", ["created_at"])
    op.drop_constraint(op.f("ck_upload_blobs_status"), "upload_blobs", type_="check")
    op.create_check_constraint(op.f("ck_upload_blobs_status"), "upload_blobs", STATUSES.format(", 'expired'"))
    op.execute(
        "do $$ begin if current_setting('server_version_num')::int >= 170000 then "
        f"execute 'grant maintain on {', '.join(VACUUMED)} to aam_app'; end if; end $$"
    )


def downgrade() -> None:
    op.execute(
        "do $$ begin if current_setting('server_version_num')::int >= 170000 then "
        f"execute 'revoke maintain on {', '.join(VACUUMED)} from aam_app'; end if; end $$"
    )
    op.execute("UPDATE upload_blobs SET status = 'aborted' WHERE status = 'expired'")
    op.drop_constraint(op.f("ck_upload_blobs_status"), "upload_blobs", type_="check")
    op.create_check_constraint(op.f("ck_upload_blobs_status"), "upload_blobs", STATUSES.format(""))
    for table in (
        "maintenance_log",
        "cleanup_runs",
        "meeting_tombstones",
        "legal_holds",
        "retention_rules",
        "store_identity",
    ):
        op.drop_table(table)
