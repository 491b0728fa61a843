"""Alembic's environment: one transaction a migration, as the owner's role, on the connection that we hand over."""

from typing import Any

from alembic import context

from aam.migrations.models import metadata


def include(_object: Any, name: str | None, kind: str, reflected: bool, _compare_to: Any) -> bool:
    """Leave alone what extensions put into the schema."""
    return not (kind == "table" and reflected and name not in metadata.tables)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_object=include,
    compare_type=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
