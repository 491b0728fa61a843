"""care: runs that begin at a later stage, and who has read what."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STAGES = "('probe', 'extract_audio', 'transcribe', 'write_artifacts', 'verify_evidence', 'finish')"
TRIGGERS = "trigger in ('upload', 'retry', 'rejection'{})"


def upgrade() -> None:
    op.add_column(
        "processing_runs", sa.Column("from_stage", sa.Text(), server_default=sa.text("'probe'"), nullable=False)
    )
    op.add_column("processing_runs", sa.Column("takes_over_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_processing_runs_takes_over_id"),
        "processing_runs",
        "processing_runs",
        ["takes_over_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index("ix_processing_runs_takes_over_id", "processing_runs", ["takes_over_id"])
    op.create_check_constraint(op.f("ck_processing_runs_from_stage"), "processing_runs", f"from_stage in {STAGES}")
    op.drop_constraint(op.f("ck_processing_runs_trigger"), "processing_runs", type_="check")
    op.create_check_constraint(op.f("ck_processing_runs_trigger"), "processing_runs", TRIGGERS.format(", 'stall'"))
    op.create_table(
        "access_log",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("times", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("what in ('transcript', 'artifacts')", name=op.f("ck_access_log_what")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_access_log_meeting_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_access_log_organization_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_access_log_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("meeting_id", "user_id", "what", "day", name=op.f("pk_access_log")),
    )
    op.create_index("ix_access_log_organization_id", "access_log", ["organization_id"])
    op.create_index("ix_access_log_user_id", "access_log", ["user_id"])


def downgrade() -> None:
    op.drop_table("access_log")
    op.execute("UPDATE processing_runs SET trigger = 'retry' WHERE trigger = 'stall'")
    op.drop_constraint(op.f("ck_processing_runs_trigger"), "processing_runs", type_="check")
    op.create_check_constraint(op.f("ck_processing_runs_trigger"), "processing_runs", TRIGGERS.format(""))
    op.drop_constraint(op.f("ck_processing_runs_from_stage"), "processing_runs", type_="check")
    op.drop_index("ix_processing_runs_takes_over_id", table_name="processing_runs")
    op.drop_constraint(op.f("fk_processing_runs_takes_over_id"), "processing_runs", type_="foreignkey")
    op.drop_column("processing_runs", "takes_over_id")
    op.drop_column("processing_runs", "from_stage")
