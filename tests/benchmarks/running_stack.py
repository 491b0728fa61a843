"""The embedded stack of this checkout as the benchmarks use it: brought up, somebody logged in."""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pg8000.dbapi

from aam_cli.api_client import Answer, Api
from aam_cli.uploading import content_type, send
from aam_local.paths import Home, find_home
from aam_local.ports import LOOPBACK
from aam_local.postgres import DATABASE, SUPERUSER, log_file
from aam_local.programs import Asked
from aam_local.secrets import load_secrets
from aam_local.state import load_state
from aam_local.status import read_status
from aam_local.up import bring_up

PATIENCE_S = 300
POLL_S = 0.05


@dataclass
class Stack:
    """A logged-in client of the running stack, and its database's administrator."""

    home: Home
    api: Api
    client_id: str

    def meeting(self, title: str) -> str:
        """A new meeting; its id."""
        body = {"client_id": self.client_id, "title": title, "language": "en", "meeting_type": "stand-up"}
        return str(self.api.call("POST", "/meetings", body)["id"])

    def begin_upload(self, meeting_id: str, file: Path) -> Answer:
        """The presigned PUT for a small file."""
        wanted = {"filename": file.name, "content_type": content_type(file), "size": file.stat().st_size}
        request: Answer = self.api.call("POST", f"/meetings/{meeting_id}/uploads", wanted)["put"]
        return request

    def put(self, request: Answer, file: Path) -> None:
        """Send the file."""
        send(self.api, request, file.read_bytes())

    def rows(self, statement: str) -> list[Any]:
        """What the administrator reads, outside any transaction."""
        password = load_secrets(self.home.secrets).database_password
        connection = pg8000.dbapi.connect(
            SUPERUSER, host=LOOPBACK, port=load_state(self.home).database_port, database=DATABASE, password=password
        )
        with closing(connection):
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []

    def wait(self, meeting_id: str) -> Answer:
        """The meeting once it waits for review; raises when it ends otherwise."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            meeting = self.api.call("GET", f"/meetings/{meeting_id}")
            if meeting["status"] == "review":
                return meeting
            if meeting["status"] in {"failed", "cancelled"}:
                raise RuntimeError(f"The run ended as {meeting['status']}: {meeting['errors']}")
            time.sleep(POLL_S)
        raise RuntimeError("The run did not end.")

    def wait_unseen(self, meeting_id: str) -> None:
        """Wait for review as the administrator, so that the application's own statements are the run's alone."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            ((status,),) = self.rows(f"select status from meetings where id = '{meeting_id}'")
            if status == "review":
                return
            time.sleep(POLL_S * 4)
        raise RuntimeError("The run did not end.")

    @contextmanager
    def logged_statements(self) -> Iterator[list[str]]:
        """What the application's role asks of the database inside the block: everything, BEGIN and COMMIT as well."""
        log = log_file(self.home)
        found: list[str] = []
        self.rows("alter system set log_line_prefix = '%u '")
        self.rows("alter system set log_statement = 'all'")
        try:
            self.rows("select pg_reload_conf()")
            time.sleep(1)  # the server's processes take a new setting when they are next asked something
            start = log.stat().st_size
            yield found
            with log.open("rb") as file:
                file.seek(start)
                lines = file.read().decode(errors="replace").splitlines()
            for line in lines:
                _, mark, statement = line.partition("aam_app LOG:  ")
                statement = statement.partition(": ")[2].strip(" ;").lower()
                if mark:
                    found.append(statement)
        finally:
            self.rows("alter system reset log_statement")
            self.rows("alter system reset log_line_prefix")
            self.rows("select pg_reload_conf()")


def bring_up_stack(*, fake_vendors: bool | None = None) -> Stack:
    """The stack of this checkout, with a user, a client and everything deployed; the vendors as before where None."""
    home = find_home()
    bring_up(home, tell=lambda said: sys.stderr.write(f"# {said}\n") and None, asked=Asked(fake_vendors=fake_vendors))
    url = read_status(home).api_url
    if url is None:
        raise RuntimeError("The stack has no API.")
    api = Api(url)
    user = {"email": f"bench-{secrets.token_hex(6)}@example.com", "password": secrets.token_urlsafe(18)}
    account = {**user, "full_name": "Bench", "organization_name": "Bench"}
    api.token = api.call("POST", "/auth/register", account)["access_token"]
    return Stack(home, api, str(api.call("POST", "/clients", {"name": "Bench"})["id"]))
