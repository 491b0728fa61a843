"""Talking to our own API over HTTP, as any client would."""

from __future__ import annotations

import json
from typing import Any

from aam_local.errors import UserError

Answer = dict[str, Any]


class Api:
    """Client of the API at one address, with the tokens of the user who has logged in.

    An access token lives fifteen minutes and a recording may take hours: when it has expired, it is renewed once and
    the call repeated.
    """

    def __init__(self, url: str) -> None:
        import urllib3

        self.url = url.rstrip("/")
        self.http = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=5, read=60), retries=urllib3.Retry(3, backoff_factor=0.2)
        )
        self.token: str | None = None
        self.refresh_token: str | None = None

    def hold(self, tokens: Answer) -> None:
        """Keep the tokens of a login, a registration or a refresh for the calls to come."""
        self.token, self.refresh_token = tokens["access_token"], tokens["refresh_token"]

    def call(self, verb: str, path: str, body: Answer | None = None) -> Answer:
        """Send JSON and return the answer; raises UserError with the API's own sentence."""
        answer: Answer = json.loads(self.fetch(verb, path, body) or b"{}")
        return answer

    def fetch(self, verb: str, path: str, body: Answer | None = None) -> bytes:
        """Send a request and return the answer unparsed; a redirect is followed.  Raises UserError."""
        status, data = self.try_call(verb, path, body)
        if status >= 400:
            raise UserError(f"{verb} {path} was refused ({status}): {self.detail(data)}")
        return data

    def try_call(self, verb: str, path: str, body: Answer | None = None) -> tuple[int, bytes]:
        """Send a request and return the answer with any status; raises UserError when the API does not answer."""
        status, data = self.send(verb, path, body)
        if status != 401 or self.refresh_token is None:
            return status, data
        renewed, tokens = self.send("POST", "/auth/refresh", {"refresh_token": self.refresh_token})
        if renewed != 200:
            return status, data
        self.hold(json.loads(tokens))
        return self.send(verb, path, body)

    def send(self, verb: str, path: str, body: Answer | None) -> tuple[int, bytes]:
        """Send one request and return its answer; a redirect is followed."""
        import urllib3

        headers = {"Accept": "*/*"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        data = None if body is None else json.dumps(body).encode()
        try:
            answer = self.http.request(verb, self.url + path, body=data, headers=headers, redirect=False)
            if answer.status == 303:
                answer = self.http.request("GET", answer.headers["Location"])
        except urllib3.exceptions.HTTPError as error:
            raise UserError(
                f"The API at {self.url} does not answer ({type(error).__name__}); see 'aam status'."
            ) from None
        return answer.status, answer.data

    @staticmethod
    def detail(data: bytes) -> str:
        """Return the sentence in a problem document."""
        try:
            problem = json.loads(data)
        except ValueError:
            return "no reason given"
        return str(problem.get("detail") or problem.get("message") or "no reason given")
