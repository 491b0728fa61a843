"""Woken by a deployment or an operator: roles and tables."""

import json
from typing import Any

from pydantic import Field
from sqlalchemy import URL, Connection, NullPool, create_engine, select
from sqlalchemy.orm import Session

from aam.foundation.database import tls_arguments
from aam.foundation.errors import AppError
from aam.foundation.handlers import Event, lambda_handler
from aam.foundation.requests import read_request
from aam.foundation.secrets import read_secret
from aam.foundation.settings import DatabaseSettings, load
from aam.identity.models import Organization
from aam.meetings.catalogue_rows import sync_catalogue
from aam.migrations.roles import set_app_password
from aam.migrations.service import MigrationRefused, MigrationRequest, migrate


class MigrateSettings(DatabaseSettings):
    """The administrator's secret."""

    admin_secret_arn: str = Field(alias="ADMIN_SECRET_ARN", min_length=1)


@lambda_handler
def handler(event: Event, _context: Any) -> dict[str, Any]:
    """Run one command; an error of ours is told as ``{"error": code, "detail": sentence}``."""
    try:
        request = read_request(
            event, actions={}, otherwise=MigrationRequest, error=MigrationRefused, ending="nothing was changed"
        )
        return run(request)
    except AppError as error:
        return {"error": error.code, "detail": error.detail}


def run(request: MigrationRequest) -> dict[str, Any]:
    """Migrate as the administrator; afterwards give the application's role its password and the catalogue its rows."""
    settings = load(MigrateSettings)
    admin = json.loads(read_secret(settings.admin_secret_arn))
    password = json.loads(read_secret(settings.database_secret_arn))["password"]
    url = URL.create(
        "postgresql+pg8000",
        username=admin["username"],
        password=admin["password"],
        host=settings.database_host,
        port=settings.database_port,
        database=settings.database_name,
    )
    engine = create_engine(url, poolclass=NullPool, connect_args=tls_arguments(settings))

    def finish(connection: Connection) -> None:
        set_app_password(connection, password)
        with Session(connection) as session:
            for organization_id in session.scalars(select(Organization.id)):
                sync_catalogue(session, organization_id)
            session.commit()

    return migrate(request, engine=engine, finish=finish).model_dump()
