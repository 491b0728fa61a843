"""the OpenAI-compatible speech server: a vendor of its own."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NAME, TABLE = "ck_cost_entries_vendor", "cost_entries"


def allow(vendors: str) -> None:
    op.drop_constraint(op.f(NAME), TABLE, type_="check")
    op.create_check_constraint(op.f(NAME), TABLE, f"vendor in ({vendors})")


def upgrade() -> None:
    allow("'deepgram', 'openai', 'openai_audio'")


def downgrade() -> None:
    op.execute("UPDATE cost_entries SET vendor = 'openai' WHERE vendor = 'openai_audio'")
    allow("'deepgram', 'openai'")
