"""Replace verified and not verified by the support of items: supported, quoted or unsupported."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SECTIONS = """
UPDATE artifacts SET document = jsonb_set(document, '{{sections}}', coalesce((
    SELECT jsonb_agg(section - '{old}' || jsonb_build_object(
        'items', coalesce((
            SELECT jsonb_agg({held} ORDER BY n) FROM jsonb_array_elements(section -> 'items') WITH ORDINALITY AS i (item, n)
        ), '[]'),
        '{new}', coalesce((
            SELECT jsonb_agg({rest} ORDER BY n) FROM jsonb_array_elements(section -> '{old}') WITH ORDINALITY AS i (item, n)
        ), '[]')
    ) ORDER BY place)
    FROM jsonb_array_elements(document -> 'sections') WITH ORDINALITY AS s (section, place)
), '[]'))
WHERE jsonb_typeof(document -> 'sections') = 'array'
"""


def upgrade() -> None:
    op.alter_column("artifacts", "verified_items", new_column_name="quoted_count")
    op.alter_column("artifacts", "unverified_items", new_column_name="unsupported_count")
    op.add_column("artifacts", sa.Column("supported_count", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.alter_column("artifacts", "supported_count", server_default=None)
    # What was called verified had its quotes and facts checked; its meaning was confirmed by no one.
    op.execute(
        SECTIONS.format(
            old="unverified",
            new="unsupported",
            held="item - 'verified' || jsonb_build_object('support', 'quoted')",
            rest="item - 'verified' || jsonb_build_object('support', 'unsupported')",
        )
    )


def downgrade() -> None:
    op.execute(
        SECTIONS.format(
            old="unsupported",
            new="unverified",
            held="item - 'support' || jsonb_build_object('verified', true)",
            rest="item - 'support' || jsonb_build_object('verified', false)",
        )
    )
    op.execute("UPDATE artifacts SET quoted_count = quoted_count + supported_count WHERE supported_count > 0")
    op.drop_column("artifacts", "supported_count")
    op.alter_column("artifacts", "quoted_count", new_column_name="verified_items")
    op.alter_column("artifacts", "unsupported_count", new_column_name="unverified_items")
