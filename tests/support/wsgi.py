"""The API's function as a WSGI application: tools that speak HTTP reach it as they would through the gateway."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from tests.support.api import load_app, rest_event

StartResponse = Callable[[str, list[tuple[str, str]]], object]


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Answer a WSGI request by the function; bytes that are no UTF-8 arrive replaced, as the gateway has them."""
    path = environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
    query = environ.get("QUERY_STRING", "")
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode(errors="replace")
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").title(): value
        for name, value in environ.items()
        if name.startswith("HTTP_") or name == "CONTENT_TYPE"
    }
    event = rest_event(environ["REQUEST_METHOD"], f"{path}?{query}" if query else path, body or None, headers=headers)
    answer = load_app().app(event, None)
    status = answer["statusCode"]
    start_response(f"{status} {HTTPStatus(status).phrase}", list(answer["headers"].items()))
    return [answer["body"].encode()]
