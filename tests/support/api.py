"""Driving the API's function as the gateway does: REST v1 events in, answers out; AWS around it is moto's."""

from __future__ import annotations

import importlib.util
import io
import json
import logging
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import boto3
import pytest
from moto import mock_aws

from tests.support.cloud import (
    BUCKET,
    ORIGIN,
    QUEUE,
    SIGNING_KEY,
    WEBHOOK_SECRET,
    kept_client,
    make_resources,
    settings_for,
)
from tests.support.postgres import Database

API_FOLDER = Path(__file__).resolve().parents[2] / "functions" / "api"
ADDRESS = "203.0.113.7"


__all__ = ["BUCKET", "ORIGIN", "QUEUE", "SIGNING_KEY", "WEBHOOK_SECRET"]


@cache
def load_app() -> Any:
    """Return the module functions/api/app.py, imported as the Lambda imports it: its folder stands on the path."""
    if str(API_FOLDER) not in sys.path:
        sys.path.insert(0, str(API_FOLDER))
    spec = importlib.util.spec_from_file_location("api_app", API_FOLDER / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def reset_caches() -> None:
    """Forget everything that a worker keeps: settings, clients, connections, secrets."""
    from aws_lambda_powertools.utilities import parameters

    from aam.foundation import aws, database, settings, storage

    if database.engine.cache_info().currsize:
        database.engine().dispose()
    for kept in (settings.load, database.engine, storage.s3, storage.public_s3, storage.media_store, aws.client):
        kept.cache_clear()
    parameters.clear_caches()
    if "routes.system" in sys.modules:
        sys.modules["routes.system"].probes.cache_clear()


def listen_to_logs() -> io.StringIO:
    """Return what the function's logger writes from now on, as it would stand in CloudWatch."""
    from aam.foundation.observability import logger

    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(logger().registered_formatter)
    logger().addHandler(handler)
    return said


@dataclass(frozen=True)
class Answer:
    """Answer of the API."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        """Return the body, parsed."""
        return json.loads(self.text)

    @property
    def code(self) -> str:
        """Return the code of problem details."""
        assert self.headers["Content-Type"] == "application/problem+json", (self.status, self.text)
        return str(self.json["code"])


@dataclass
class Person:
    """A user who is logged in."""

    token: str
    user_id: str
    organization_id: str
    email: str
    refresh_token: str = ""


@dataclass
class Api:
    """The API with its database and AWS; ``statements`` are those that the function itself sent."""

    database: Database
    aws: Any
    statements: list[str] = field(default_factory=list)
    people: int = 0

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        by: Person | str | None = None,
        headers: Mapping[str, str] | None = None,
        address: str = ADDRESS,
    ) -> Answer:
        """Send one request and return the answer; ``body`` is sent as JSON unless it is a string."""
        token = by.token if isinstance(by, Person) else by
        sent = {"Accept": "*/*", **(headers or {})}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        raw = body if body is None or isinstance(body, str) else json.dumps(body)
        if raw is not None and "Content-Type" not in sent:
            sent["Content-Type"] = "application/json"
        event = rest_event(method, path, raw, headers=sent, address=address)
        answer = load_app().app(event, None)
        return Answer(answer["statusCode"], answer["headers"], answer["body"])

    def person(self, **account: str) -> Person:
        """Register a user with an organization of their own, and return the user."""
        self.people += 1
        email = account.get("email", f"person-{self.people}@example.com")
        body = {
            "email": email,
            "password": "correct horse",
            "full_name": f"Person {self.people}",
            "organization_name": "O",
        }
        session = self.call("POST", "/auth/register", {**body, **account}).json
        user = session["user"]
        return Person(session["access_token"], user["id"], user["organization_id"], email, session["refresh_token"])

    def colleague(self, of: Person) -> Person:
        """Return another user of the same organization, as an operator would add them."""
        from datetime import UTC, datetime
        from uuid import UUID

        from aam.foundation.clock import new_id
        from aam.identity.models import User
        from aam.identity.schemas import Caller
        from aam.identity.tokens import SigningKeys, issue_access_token

        self.people += 1
        organization_id = UUID(of.organization_id)
        user = User(
            id=new_id(),
            organization_id=organization_id,
            email=f"colleague-{self.people}@example.com",
            full_name=f"Colleague {self.people}",
            password_hash="x",
        )
        with self.database.transaction() as session:
            session.add(user)
        caller = Caller(user_id=user.id, organization_id=organization_id)
        token = issue_access_token(caller, keys=SigningKeys(kid="initial", key=SIGNING_KEY), now=datetime.now(UTC))
        return Person(token, str(user.id), of.organization_id, user.email)

    def client_id(self, by: Person) -> str:
        """Return a client of this person's organization."""
        return str(self.call("POST", "/clients", {"name": "Client"}, by=by).json["id"])

    def meeting(self, by: Person, **fields: Any) -> Any:
        """Return a meeting of this person."""
        body = {"title": "Meeting", "language": "en", **fields}
        body.setdefault("client_id", self.client_id(by))
        answer = self.call("POST", "/meetings", body, by=by)
        assert answer.status == 201, answer.text
        return answer.json


def each(cases: Sequence[Any]) -> Callable[[Callable[..., None]], Callable[[Api], None]]:
    """Run a test for each case in one world: a fresh database and cloud take longer than a request."""

    def decorate(test: Callable[..., None]) -> Callable[[Api], None]:
        def run(api: Api) -> None:
            for case in cases:
                try:
                    test(api, *(case if isinstance(case, tuple) else (case,)))
                except AssertionError as error:
                    error.add_note(f"case: {case!r}"[:300])
                    raise

        run.__name__, run.__doc__ = test.__name__, test.__doc__
        return run

    return decorate


def rest_event(
    method: str, path: str, body: str | None, *, headers: Mapping[str, str], address: str = ADDRESS
) -> dict[str, Any]:
    """Return the event that API Gateway (REST, version 1) makes of a request."""
    bare, _, query = path.partition("?")
    resource, ids = matched(bare)
    params: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        params.setdefault(name, []).append(value)
    return {
        "resource": resource,
        "path": bare,
        "httpMethod": method,
        "headers": dict(headers),
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {name: values[-1] for name, values in params.items()} or None,
        "multiValueQueryStringParameters": params or None,
        "pathParameters": ids or None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": resource,
            "httpMethod": method,
            "path": bare,
            "requestId": "request",
            "identity": {"sourceIp": address},
        },
        "body": body,
        "isBase64Encoded": False,
    }


def matched(path: str) -> tuple[str, dict[str, str]]:
    """Return the route that a path belongs to, and its ids."""
    for resource in load_app().app.routes:
        pattern = re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", resource)
        if found := re.fullmatch(pattern, path):
            return resource, found.groupdict()
    return path, {}


@contextmanager
def running_api(database: Database, monkeypatch: pytest.MonkeyPatch, **settings: str) -> Iterator[Api]:
    """Yield the API over this database and an AWS of its own."""
    from sqlalchemy import event

    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "STORAGE_ENDPOINT", "STORAGE_PUBLIC_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings_for(database).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "client", kept_client)
    with mock_aws():
        for name, value in {**make_resources(), **settings}.items():
            monkeypatch.setenv(name, value)
        reset_caches()
        from aam.foundation.database import engine

        api = Api(database=database, aws=boto3)
        listen = lambda _c, _cur, sql, *_: api.statements.append(sql)  # noqa: E731
        event.listen(engine(), "before_cursor_execute", listen)
        try:
            yield api
        finally:
            reset_caches()
