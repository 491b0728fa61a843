"""Writes the OpenAPI document of the API: `make openapi`.

Paths come from the routes, schemas from the same pydantic models that parse and serialise; a test compares the
committed docs/openapi.json with what this makes.
"""

from __future__ import annotations

import json
import re
import sys
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from aam.foundation.errors import AppError
from aam.foundation.http import PROBLEM_TYPE, Problem
from aam.foundation.idempotency import BadIdempotencyKey, IdempotencyKeyReused, RequestInProgress
from calls import JSON_TYPE, Endpoint
from routes import ENDPOINTS

PLACEHOLDER = re.compile(r"{(\w+)}")
TITLE, VERSION = "Assist After Meeting", "1.0.0"
DESCRIPTION = "Recordings become minutes whose every quote is checked against the transcript."
ONCE: tuple[type[AppError], ...] = (BadIdempotencyKey, IdempotencyKeyReused, RequestInProgress)
TEMPLATE = "#/components/schemas/{model}"


def document(endpoints: tuple[Endpoint, ...]) -> dict[str, Any]:
    """Return the whole document (OpenAPI 3.1)."""
    bodies = {endpoint.body for endpoint in endpoints if endpoint.body is not None}
    answers = {endpoint.answer for endpoint in endpoints if endpoint.answer is not None} | {Problem}
    wanted = [
        *((model, "validation") for model in sorted(bodies, key=named)),
        *((model, "serialization") for model in sorted(answers, key=named)),
    ]
    references, schemas = models_json_schema(wanted, ref_template=TEMPLATE)  # type: ignore[arg-type]
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = operation(endpoint, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": VERSION, "description": DESCRIPTION},
        "servers": [{"url": "/"}],
        "security": [{"accessToken": []}],
        "tags": [{"name": tag} for tag in dict.fromkeys(endpoint.tag for endpoint in endpoints)],
        "paths": paths,
        "components": {
            "schemas": schemas.get("$defs", {}),
            "securitySchemes": {
                "accessToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            },
        },
    }


def named(model: type[BaseModel]) -> str:
    """Return the key that models are sorted by, so that the document is the same every time."""
    return f"{model.__name__} {model.__module__}"


def operation(endpoint: Endpoint, references: Any) -> dict[str, Any]:
    """Return one method of one path."""
    made: dict[str, Any] = {
        "operationId": endpoint.handle.__name__,
        "summary": endpoint.summary,
        "tags": [endpoint.tag],
        "parameters": parameters(endpoint),
        "responses": responses(endpoint, references),
    }
    if endpoint.body is not None:
        content = {JSON_TYPE: {"schema": references[(endpoint.body, "validation")]}}
        made["requestBody"] = {"required": endpoint.body_required, "content": content}
    if endpoint.public:
        made["security"] = []
    return made


def parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    """Return ids in the path, the query's fields, and the Idempotency-Key where it is heeded."""
    listed: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
        for name in PLACEHOLDER.findall(endpoint.path)
    ]
    if endpoint.query is not None:
        listed += query_parameters(endpoint.query)
    if endpoint.idempotent:
        text = {"type": "string", "pattern": "^[!-~]([ -~]{0,198}[!-~])?$"}
        listed.append({"name": "Idempotency-Key", "in": "header", "required": False, "schema": text})
    return listed


def query_parameters(model: type[BaseModel]) -> list[dict[str, Any]]:
    """Return the fields of a query's model; their enumerations are written out, for they are small."""
    schema = model.model_json_schema()
    definitions = schema.get("$defs", {})
    return [
        {"name": name, "in": "query", "required": False, "schema": inlined(field, definitions)}
        for name, field in schema["properties"].items()
    ]


def inlined(schema: Any, definitions: Any) -> Any:
    """Return a schema with its references replaced by their targets."""
    if isinstance(schema, list):
        return [inlined(entry, definitions) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return inlined(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions)
    return {name: inlined(value, definitions) for name, value in schema.items()}


def responses(endpoint: Endpoint, references: Any) -> dict[str, Any]:
    """Return the answer, the errors that have names here, and problem details for everything else."""
    success: dict[str, Any] = {"description": HTTPStatus(endpoint.status).phrase}
    if endpoint.answer is not None:
        success["content"] = {JSON_TYPE: {"schema": references[(endpoint.answer, "serialization")]}}
        success["content"] |= {kind: {"schema": {"type": "string"}} for kind in endpoint.media_types}
    problem = {PROBLEM_TYPE: {"schema": references[(Problem, "serialization")]}}
    made = {str(endpoint.status): success}
    made |= {str(status): {**success, "description": HTTPStatus(status).phrase} for status in endpoint.also}
    if endpoint.media_types:
        location = {"Location": {"schema": {"type": "string", "format": "uri"}}}
        made["303"] = {"description": "Too large for an answer: GET it from the store.", "headers": location}
    by_status: dict[int, list[type[AppError]]] = {}
    for error in (*endpoint.errors, *(ONCE if endpoint.idempotent else ())):
        by_status.setdefault(error.http_status, []).append(error)
    for status, errors in sorted(by_status.items()):
        told = "; ".join(f"`{error.code}`: {error.sentence}" for error in errors)
        made[str(status)] = {"description": told, "content": problem}
    return {**made, "default": {"description": "Problem details (RFC 9457).", "content": problem}}


def text() -> str:
    """Return the document as it is committed."""
    return json.dumps(document(ENDPOINTS), indent=1, ensure_ascii=False, sort_keys=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
