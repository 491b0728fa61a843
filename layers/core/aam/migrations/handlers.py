"""Perform requests of the function that migrates."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from aam.foundation.database import admin_engine
from aam.foundation.requests import read_request
from aam.foundation.secrets import read_secret
from aam.foundation.settings import AdminSettings, load
from aam.identity.models import Organization
from aam.meetings.catalogue_rows import sync_catalogue
from aam.migrations.roles import set_app_password
from aam.migrations.service import MigrationRefused, MigrationReport, MigrationRequest, migrate


def parse(event: Any) -> MigrationRequest:
    """Return the request in an event; raise MigrationRefused, whose sentence says what is wrong with it."""
    return read_request(event, models=(MigrationRequest,), error=MigrationRefused, ending="nothing was changed")


def perform(request: MigrationRequest) -> MigrationReport:
    """Migrate as the administrator; afterwards give the application's role its password and the catalogue its rows."""
    settings = load(AdminSettings)
    password = json.loads(read_secret(settings.database_secret_arn))["password"]

    def finish(connection: Connection) -> None:
        set_app_password(connection, password)
        with Session(connection) as session:
            for organization_id in session.scalars(select(Organization.id)):
                sync_catalogue(session, organization_id)
            session.commit()

    return migrate(request, engine=admin_engine(settings), finish=finish)
