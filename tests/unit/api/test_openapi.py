"""The committed OpenAPI document is what the routes say."""

import json
import sys
from pathlib import Path
from typing import Any

from openapi_spec_validator import validate

from tests.support.api import load_app

ROOT = Path(__file__).resolve().parents[3]
COMMITTED = ROOT / "docs" / "openapi.json"


def generated() -> str:
    """What `make openapi` would write."""
    load_app()
    return str(sys.modules["openapi"].text()) if "openapi" in sys.modules else str(__import__("openapi").text())


def document() -> dict[str, Any]:
    """The committed document."""
    loaded: dict[str, Any] = json.loads(COMMITTED.read_text("utf-8"))
    return loaded


def test_the_document_is_up_to_date() -> None:
    assert COMMITTED.read_text("utf-8") == generated(), "run 'make openapi'"


def test_the_document_is_valid() -> None:
    validate(document())  # type: ignore[arg-type]


def test_the_document_has_exactly_our_routes() -> None:
    told = {(method.upper(), path) for path, item in document()["paths"].items() for method in item}
    served = {(method, path) for path, methods in load_app().app.routes.items() for method in methods}
    assert told == {route for route in served if route[0] != "OPTIONS"}


def test_operations_have_names_of_their_own_and_say_who_may_call() -> None:
    operations = [operation for item in document()["paths"].values() for operation in item.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    assert all(operation["summary"].endswith((".", ";")) for operation in operations)
    public = {operation["operationId"] for operation in operations if operation.get("security") == []}
    assert public == {
        "get_root",
        "get_health",
        "register_account",
        "login",
        "refresh",
        "logout",
        "post_storage_events",
        "post_deepgram_reply",
    }
