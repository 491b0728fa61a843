"""Add the costs of runs, the budgets of organizations, and runs that wait for them"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organizations", sa.Column("monthly_budget_usd", sa.Numeric(12, 6), nullable=True))
    op.add_column("organizations", sa.Column("budget_warned_month", sa.Date(), nullable=True))
    op.create_check_constraint(op.f("ck_organizations_monthly_budget"), "organizations", "monthly_budget_usd >= 0")
    op.add_column("processing_runs", sa.Column("waiting_reason", sa.Text(), nullable=True))
    op.add_column(
        "processing_runs", sa.Column("resumptions", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_processing_runs_waiting_reason"),
        "processing_runs",
        "waiting_reason is null or waiting_reason in ('budget_exceeded') and status = 'queued'",
    )
    op.create_index(
        "ix_processing_runs_waiting",
        "processing_runs",
        ["organization_id", "created_at"],
        unique=False,
        postgresql_where=sa.text("waiting_reason is not null"),
    )
    op.create_table(
        "cost_entries",
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_usd", sa.Numeric(12, 6), nullable=True),
        sa.Column("partial", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind in ('estimate', 'actual')", name=op.f("ck_cost_entries_kind")),
        sa.CheckConstraint("vendor in ('deepgram', 'openai')", name=op.f("ck_cost_entries_vendor")),
        sa.CheckConstraint("amount_usd >= 0", name=op.f("ck_cost_entries_amount")),
        sa.CheckConstraint("extract(day from month) = 1", name=op.f("ck_cost_entries_month")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_cost_entries_client_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_cost_entries_meeting_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_cost_entries_organization_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["processing_runs.id"], name=op.f("fk_cost_entries_run_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_cost_entries_user_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_entries")),
    )
    op.create_index("uq_cost_entries_of_run", "cost_entries", ["run_id", "kind", "vendor", "model"], unique=True)
    op.create_index("ix_cost_entries_organization_id_month", "cost_entries", ["organization_id", "month"], unique=False)
    op.create_index("ix_cost_entries_meeting_id", "cost_entries", ["meeting_id"], unique=False)
    op.create_index("ix_cost_entries_client_id", "cost_entries", ["client_id"], unique=False)
    op.create_index("ix_cost_entries_user_id", "cost_entries", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_table("cost_entries")
    op.drop_index("ix_processing_runs_waiting", table_name="processing_runs")
    op.drop_constraint(op.f("ck_processing_runs_waiting_reason"), "processing_runs", type_="check")
    op.drop_column("processing_runs", "resumptions")
    op.drop_column("processing_runs", "waiting_reason")
    op.drop_constraint(op.f("ck_organizations_monthly_budget"), "organizations", type_="check")
    op.drop_column("organizations", "budget_warned_month")
    op.drop_column("organizations", "monthly_budget_usd")
