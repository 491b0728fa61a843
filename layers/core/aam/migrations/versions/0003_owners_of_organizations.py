"""Give every organization an owner: the one who registered it, or its first user."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organizations", sa.Column("owner_id", sa.Uuid(), nullable=True))
    op.execute(
        "UPDATE organizations SET owner_id = (SELECT users.id FROM users"
        " WHERE users.organization_id = organizations.id ORDER BY users.created_at, users.id LIMIT 1)"
    )
    op.create_foreign_key(
        "fk_organizations_owner_id_users", "organizations", "users", ["owner_id"], ["id"], ondelete="SET NULL"
    )
    op.create_index("ix_organizations_owner_id", "organizations", ["owner_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_organizations_owner_id", table_name="organizations")
    op.drop_constraint("fk_organizations_owner_id_users", "organizations", type_="foreignkey")
    op.drop_column("organizations", "owner_id")
