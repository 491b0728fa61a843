"""Minutes in another language than the one spoken, and what each call to a model was for."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("meetings", sa.Column("summary_language", sa.Text(), nullable=True))
    op.add_column("llm_interactions", sa.Column("purpose", sa.Text(), server_default="map", nullable=False))
    op.create_check_constraint(
        "ck_llm_interactions_purpose", "llm_interactions", "purpose in ('map', 'reduce', 'repair')"
    )


def downgrade() -> None:
    op.drop_constraint("ck_llm_interactions_purpose", "llm_interactions", type_="check")
    op.drop_column("llm_interactions", "purpose")
    op.drop_column("meetings", "summary_language")
