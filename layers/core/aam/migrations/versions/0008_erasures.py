"""erasures: what was erased, counts and ids only."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def document(name: str) -> sa.Column[dict[str, object]]:
    return sa.Column(
        name, postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
    )


def moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("lease_owner", sa.Uuid(), nullable=True),
        moment("lease_until", nullable=False),
        moment("erased_at"),
        moment("rescan_at"),
        moment("completed_at"),
        document("report"),
        document("trail"),
        sa.Column("certificate_hash", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "subject_kind in ('client', 'meeting', 'user', 'participant')", name=op.f("ck_erasures_subject_kind")
        ),
        sa.CheckConstraint("trigger in ('person', 'replay')", name=op.f("ck_erasures_trigger")),
        sa.CheckConstraint("state in ('running', 'waiting', 'erased', 'complete')", name=op.f("ck_erasures_state")),
        sa.CheckConstraint("(state = 'complete') = (certificate_hash is not null)", name=op.f("ck_erasures_certified")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_erasures_organization_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index(
        "uq_erasures_open",
        "erasures",
        ["subject_kind", "subject_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'complete'"),
    )
    op.create_index(
        "ix_erasures_organization_id_created_at", "erasures", ["organization_id", sa.text("created_at desc")]
    )
    op.create_table(
        "erasure_traces",
        sa.Column("erasure_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("traced_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind in ('meeting', 'redacted', 'run')", name=op.f("ck_erasure_traces_kind")),
        sa.ForeignKeyConstraint(
            ["erasure_id"], ["erasures.id"], name=op.f("fk_erasure_traces_erasure_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_erasure_traces_organization_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("erasure_id", "kind", "traced_id", name=op.f("pk_erasure_traces")),
    )
    op.create_index("ix_erasure_traces_organization_id", "erasure_traces", ["organization_id"])


def downgrade() -> None:
    op.drop_table("erasure_traces")
    op.drop_table("erasures")
