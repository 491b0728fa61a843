"""The demo's way to talk to the API."""

from __future__ import annotations

import json
from typing import Any

from aam_cli.api_client import Api


class Expiring(Api):
    """An API that takes one access token, and one refresh token once."""

    def __init__(self) -> None:
        super().__init__("http://localhost")
        self.sent: list[str] = []

    def send(self, verb: str, path: str, body: dict[str, Any] | None) -> tuple[int, bytes]:
        self.sent.append(path)
        if path == "/auth/refresh":
            fits = body == {"refresh_token": "good"}
            return (200, b'{"access_token": "new", "refresh_token": "used up"}') if fits else (401, b"{}")
        return (200, b'{"id": "1"}') if self.token == "new" else (401, b'{"detail": "expired"}')


def test_a_token_that_expired_meanwhile_is_renewed_and_the_call_repeated() -> None:
    api = Expiring()
    api.hold({"access_token": "old", "refresh_token": "good"})
    assert api.call("GET", "/meetings/1") == {"id": "1"}
    assert api.sent == ["/meetings/1", "/auth/refresh", "/meetings/1"]


def test_what_stays_refused_is_told_as_it_was() -> None:
    api = Expiring()
    api.hold({"access_token": "old", "refresh_token": "bad"})
    status, data = api.try_call("GET", "/meetings/1")
    assert (status, json.loads(data)) == (401, {"detail": "expired"})
