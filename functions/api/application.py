"""Chalice application: middleware, routes, and OPTIONS for each path."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from chalice.app import Chalice

from calls import Endpoint
from middleware import allow_origins, authenticate, explain_problems, follow, preflight
from serving import register


class Api(Chalice):
    """Chalice's application, which also answers the call that warms it."""

    def __call__(self, event: Any, context: Any) -> dict[str, Any]:
        """Answer one event of the gateway."""
        if event.get("warm") is True:
            return {"warm": True}
        answer: dict[str, Any] = super().__call__(event, context)
        return answer


def build(endpoints: tuple[Endpoint, ...]) -> Api:
    """Return the application: the middleware from outside in, the routes, and OPTIONS for each path."""
    made = Api(app_name="aam", configure_logs=False, env={})  # it would write into the environment
    table = {(endpoint.method, endpoint.path): endpoint for endpoint in endpoints}
    for layer in (follow, allow_origins, explain_problems, authenticate(table)):
        made.register_middleware(layer, "http")
    methods: dict[str, list[str]] = defaultdict(list)
    for endpoint in endpoints:
        register(made, endpoint)
        methods[endpoint.path].append(endpoint.method)
    for path, taken in methods.items():
        made.route(path, methods=["OPTIONS"], name=f"OPTIONS {path}")(anywhere(preflight(taken)))
    return made


def anywhere(answer: Any) -> Any:
    """Return a view that ignores the path's ids."""

    def view(**_path: str) -> Any:
        return answer()

    return view
