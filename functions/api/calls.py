"""Declare routes: the call that a route takes, the reply that it returns, and its registration."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel

from aam.foundation.errors import AppError
from aam.foundation.http import MalformedJson
from aam.foundation.settings import load
from aam.foundation.state_table import state_table
from aam.identity.schemas import Caller
from aam.identity.service import LoginContext
from aam.identity.tokens import SigningKeys, read_signing_keys
from settings import ApiSettings

JSON_TYPE = "application/json"


@dataclass(frozen=True)
class Call:
    """One request: who makes it, from where, when, and under which correlation id."""

    address: str
    correlation_id: str
    now: datetime
    headers: Mapping[str, str]
    body: bytes
    known_caller: Caller | None

    @property
    def caller(self) -> Caller:
        """Return the caller; only routes that are not public may ask."""
        if self.known_caller is None:
            raise RuntimeError("a public route asked who calls")
        return self.known_caller

    @cached_property
    def settings(self) -> ApiSettings:
        """Return the settings of this function."""
        settings: ApiSettings = load(ApiSettings)
        return settings

    def login_context(self) -> LoginContext:
        """Return the context in which a caller registers, logs in or refreshes."""
        return LoginContext(keys=signing_keys(), counters=state_table(), address=self.address, now=self.now)

    def json_object(self) -> dict[str, Any]:
        """Return the body as JSON, unchanged; raises MalformedJson."""
        try:
            parsed = json.loads(self.body)
        except ValueError:
            raise MalformedJson from None
        if not isinstance(parsed, dict):
            raise MalformedJson
        return parsed


def signing_keys() -> SigningKeys:
    """Return the keys of access tokens, kept for a few minutes."""
    return read_signing_keys(load(ApiSettings).signing_keys_secret_arn)


@dataclass(frozen=True)
class Reply:
    """An answer that is more than a model with the route's usual status."""

    body: str = ""
    media_type: str = JSON_TYPE
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    resource_id: UUID | None = None


Handle = Callable[..., BaseModel | Reply | None]
H = TypeVar("H", bound=Handle)
Replay = Callable[[Call, UUID], BaseModel]


@dataclass(frozen=True)
class Endpoint:
    """A route: what it takes (at most ``body_max`` bytes), what it gives, and who may call it.

    Without ``body_required`` no body means an empty object.  ``also`` are further statuses with the same answer.
    ``idempotent``: an Idempotency-Key is heeded.  ``replay`` makes the answer anew from the id of what the first call
    made, where the first answer holds signed URLs that must not be kept.
    """

    method: str
    path: str
    tag: str
    summary: str
    handle: Handle
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None
    status: int = 200
    also: tuple[int, ...] = ()
    public: bool = False
    body_max: int = 1024 * 1024
    body_required: bool = True
    idempotent: bool = False
    replay: Replay | None = None
    media_types: tuple[str, ...] = ()
    errors: tuple[type[AppError], ...] = ()


class Endpoints:
    """Collects the routes of one module."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.listed: list[Endpoint] = []

    def route(self, method: str, path: str, **options: Any) -> Callable[[H], H]:
        """Declare a route; its summary is the first line of the handler's docstring."""

        def declare(handle: H) -> H:
            summary = (handle.__doc__ or "").strip().splitlines()[0]
            self.listed.append(
                Endpoint(method=method, path=path, tag=self.tag, summary=summary, handle=handle, **options)
            )
            return handle

        return declare
