"""index artifacts by transcript: deleting a transcript looks for its artifacts."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_artifacts_transcript_id", "artifacts", ["transcript_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_artifacts_transcript_id", table_name="artifacts")
