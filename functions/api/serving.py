"""From a declared route to a view of Chalice: parse, do it once, serialise."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from chalice.app import Chalice, ChaliceUnhandledError, MultiDict, Request, Response
from pydantic import BaseModel

from aam.foundation.clock import utc_now
from aam.foundation.errors import InvalidInput, NotFound
from aam.foundation.http import InvalidFields
from aam.foundation.idempotency import Once, StoredAnswer, do_once
from aam.foundation.state_table import state_table
from calls import JSON_TYPE, Call, Endpoint, Reply

PLACEHOLDER = re.compile(r"{(\w+)}")


class BodyTooLarge(InvalidInput):
    """More than a request of ours can need; recordings go to the store directly."""

    code = "body_too_large"
    http_status = 413
    sentence = "The body is larger than this route takes; recordings go through POST /meetings/{id}/uploads."


class NoSuchThing(NotFound):
    """An id in the path is not even an id."""

    code = "not_found"


class Failed(ChaliceUnhandledError):
    """Carries any error past Chalice, which would swallow it, to the middleware that explains it."""


def register(app: Chalice, endpoint: Endpoint) -> None:
    """Make a view of a route."""

    def view(**path: str) -> Response:
        try:
            return serve(endpoint, cast("Request", app.current_request), path)
        except Exception as error:
            raise Failed from error

    name = f"{endpoint.method} {endpoint.path}"
    app.route(endpoint.path, methods=[endpoint.method], name=name)(view)


def serve(endpoint: Endpoint, request: Request, path: dict[str, str]) -> Response:
    """Answer one request."""
    call = call_of(request)
    if len(call.body) > endpoint.body_max:
        raise BodyTooLarge(
            f"The body is larger than {endpoint.body_max:,} bytes; recordings go through POST /meetings/{{id}}/uploads."
        )
    arguments: dict[str, Any] = {name: identifier(value) for name, value in path.items()}
    if endpoint.query is not None:
        arguments["query"] = parsed_query(endpoint.query, request.query_params)
    if endpoint.body is not None:
        nothing = b"null" if endpoint.body_required else b"{}"
        arguments["body"] = endpoint.body.model_validate_json(call.body or nothing, strict=True)
    key = request.headers.get("idempotency-key")
    if not endpoint.idempotent or key is None:
        return response_of(reply_of(endpoint, endpoint.handle(call, **arguments)))
    return served_once(endpoint, call, path, key, lambda: endpoint.handle(call, **arguments))


def served_once(
    endpoint: Endpoint, call: Call, path: dict[str, str], key: str, handle: Callable[[], BaseModel | Reply | None]
) -> Response:
    """Answer a request that carries an Idempotency-Key."""
    fresh: list[Reply] = []

    def work() -> StoredAnswer:
        reply = reply_of(endpoint, handle())
        fresh.append(reply)
        status = reply.status or endpoint.status
        if endpoint.replay is not None:
            return StoredAnswer(status=status, resource_id=str(reply.resource_id))
        return StoredAnswer(status=status, body=reply.body)

    route = f"{endpoint.method} {PLACEHOLDER.sub(lambda found: path[found[1]], endpoint.path)}"
    once = Once(
        user_id=str(call.caller.user_id),
        organization_id=str(call.caller.organization_id),
        route=route,
        key=key,
        body=call.body,
    )
    stored, _replayed = do_once(once, work, table=state_table(), now=call.now)
    if fresh:
        return response_of(fresh[0])
    if endpoint.replay is not None and stored.resource_id is not None:
        again = endpoint.replay(call, UUID(stored.resource_id))
        reply = Reply(body=again.model_dump_json(), status=stored.status)
    else:
        reply = Reply(body=stored.body or "", status=stored.status)
    response = response_of(reply)
    response.headers["Idempotency-Replayed"] = "true"
    return response


def call_of(request: Request) -> Call:
    """Return the middleware's and the gateway's facts about this request."""
    identity = request.context.get("identity") or {}
    return Call(
        address=str(identity.get("sourceIp") or "unknown"),
        correlation_id=request.context["aam_correlation_id"],
        now=utc_now(),
        headers=request.headers,
        body=cast("bytes", request.raw_body) or b"",
        known_caller=request.context.get("aam_caller"),
    )


def identifier(value: str) -> UUID:
    """Return an id out of the path; a malformed one names nothing that exists."""
    try:
        return UUID(value)
    except ValueError:
        raise NoSuchThing from None


def parsed_query(model: type[BaseModel], params: MultiDict | None) -> BaseModel:
    """Return the query's parameters; one that stands twice is refused rather than guessed at."""
    given: dict[str, str] = {}
    if params is None:
        return model.model_validate(given)
    for name in params:
        values = params.getlist(name)
        if len(values) != 1:
            raise InvalidFields("These fields cannot be used: a query parameter stands twice.")
        given[name] = values[0]
    return model.model_validate(given)


def reply_of(endpoint: Endpoint, answer: BaseModel | Reply | None) -> Reply:
    """Return a handler's result as a reply with a status."""
    if answer is None:
        return Reply(status=204)
    if isinstance(answer, Reply):
        return Reply(**{**vars(answer), "status": answer.status or endpoint.status})
    return Reply(body=answer.model_dump_json(by_alias=True), status=endpoint.status)


def response_of(reply: Reply) -> Response:
    """Return a reply in Chalice's words."""
    headers: dict[str, str | list[str]] = dict(reply.headers)
    if reply.body or reply.media_type != JSON_TYPE:
        headers["Content-Type"] = reply.media_type
    return Response(body=reply.body, headers=headers, status_code=reply.status or 200)
