"""speech options of organizations, meeting types and meetings, and names of speakers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WITH_SPEECH = ("organizations", "meeting_types", "meetings")


def upgrade() -> None:
    for table in WITH_SPEECH:
        op.add_column(table, sa.Column("speech", postgresql.JSONB(), server_default="{}", nullable=False))
    op.create_table(
        "speaker_names",
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("named_by", sa.Uuid(), nullable=True),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposed_name", sa.Text(), nullable=True),
        sa.Column("quote", sa.Text(), nullable=True),
        sa.Column("utterance_number", sa.Integer(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(name) between 1 and 200", name=op.f("ck_speaker_names_name_length")),
        sa.CheckConstraint(
            "num_nonnulls(proposed_name, quote, utterance_number) in (0, 3)",
            name=op.f("ck_speaker_names_proposal_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"], ["transcripts.id"], name=op.f("fk_speaker_names_transcript_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["named_by"], ["users.id"], name=op.f("fk_speaker_names_named_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_speaker_names_organization_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("transcript_id", "label", name=op.f("pk_speaker_names")),
    )
    op.create_index("ix_speaker_names_organization_id", "speaker_names", ["organization_id"], unique=False)
    op.create_index("ix_speaker_names_named_by", "speaker_names", ["named_by"], unique=False)


def downgrade() -> None:
    op.drop_table("speaker_names")
    for table in reversed(WITH_SPEECH):
        op.drop_column(table, "speech")
