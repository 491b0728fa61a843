"""The API's function as a WSGI application: tools that speak HTTP reach it as they would through the gateway."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

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


class Plain(WSGIRequestHandler):
    """Nothing on the test's screen, and no content type that was not sent."""

    def get_environ(self) -> dict[str, Any]:
        """Return what came, without the text/plain that wsgiref assumes."""
        environ: dict[str, Any] = super().get_environ()
        if "content-type" not in self.headers:
            environ.pop("CONTENT_TYPE", None)
        return environ

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def served() -> Iterator[str]:
    """Serve the function on a free port of the loopback; gives its address."""
    with make_server("127.0.0.1", 0, application, handler_class=Plain) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            serving.join(5)
