"""Wrap every route: correlation, origins, problem details, authentication."""

from __future__ import annotations

import re
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Request, Response

from aam.foundation.clock import new_id
from aam.foundation.database import sql_state
from aam.foundation.errors import AppError, Conflict, InvalidInput, NotFound, Unauthenticated
from aam.foundation.http import PROBLEM_TYPE, problem_headers, problem_of
from aam.foundation.observability import logger
from aam.foundation.settings import load
from aam.identity.errors import BadAccessToken
from aam.identity.tokens import read_access_token
from calls import Endpoint, signing_keys
from serving import Failed
from settings import ApiSettings

CORRELATION_HEADER = "X-Correlation-Id"
CORRELATION_ID = re.compile(r"[A-Za-z0-9._:-]{8,64}")
EXPOSED = "Location, Retry-After, X-Correlation-Id, Idempotency-Replayed"
ACCEPTED = "Authorization, Content-Type, Idempotency-Key, X-Correlation-Id"
GUARDED = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
}
"""On every answer: nothing of ours is kept by caches, run or framed by a browser, or asked for without TLS."""

PREFLIGHT_KEPT_S = "600"
FOREIGN_KEY_VIOLATION = "23503"

Next = Callable[[Request], Response]
Table = Mapping[tuple[str, str], Endpoint]


class NoSuchRoute(NotFound):
    """No such path."""

    code = "no_such_route"
    sentence = "There is no such path; see the OpenAPI document."


class MethodNotAllowed(InvalidInput):
    """The path has no such method."""

    code = "method_not_allowed"
    http_status = 405
    sentence = "This path does not take this method."


class ContentTypeRefused(InvalidInput):
    """Bodies are JSON."""

    code = "content_type_refused"
    http_status = 415
    sentence = "Send the body as application/json."


class GoneMeanwhile(Conflict):
    """A row that the request builds upon was deleted while it was worked on, or its token outlived its user."""

    code = "gone_meanwhile"
    sentence = "Something that this request builds upon was deleted meanwhile; look again and repeat it."


class BadRequest(InvalidInput):
    """The gateway's event cannot be answered."""

    code = "bad_request"
    http_status = 400
    sentence = "This request cannot be understood."


BY_STATUS: dict[int, type[AppError]] = {405: MethodNotAllowed, 415: ContentTypeRefused}
"""Chalice's own refusals in our words."""


def follow(request: Request, get_response: Next) -> Response:
    """Give the request its correlation id, log one line about it, and keep answers out of caches."""
    sent = request.headers.get(CORRELATION_HEADER.lower(), "")
    correlation_id = sent if CORRELATION_ID.fullmatch(sent) else str(new_id())
    request.context["aam_correlation_id"] = correlation_id
    log = logger()
    log.clear_state()
    log.set_correlation_id(correlation_id)
    began = time.monotonic()
    response = get_response(request)
    response.headers[CORRELATION_HEADER] = correlation_id
    response.headers.update(GUARDED)
    caller = request.context.get("aam_caller")
    log.info(
        "answered",
        method=request.method,
        route=request.path,
        status=response.status_code,
        milliseconds=round((time.monotonic() - began) * 1000),
        user_id=str(caller.user_id) if caller else None,
    )
    return response


def allow_origins(request: Request, get_response: Next) -> Response:
    """Let pages of the configured origins read the answer; for any other origin no header is sent."""
    response = get_response(request)
    origin = request.headers.get("origin")
    response.headers["Vary"] = "Origin"
    if origin is not None and origin in load(ApiSettings).origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = EXPOSED
    return response


def explain_problems(request: Request, get_response: Next) -> Response:
    """Turn every error into problem details; what we did not foresee is logged by place and type only."""
    try:
        response = get_response(request)
    except Failed as failed:
        return explained(failed.__cause__ or failed, request)
    except Exception as error:  # noqa: BLE001 - the border: nothing may leave unexplained
        return explained(error, request)
    if response.status_code >= 400 and isinstance(response.body, dict):
        refused = BY_STATUS.get(response.status_code, BadRequest if response.status_code < 500 else AppError)
        return explained(refused(), request, headers=response.headers)
    return response


def explained(error: BaseException, request: Request, headers: Mapping[str, Any] | None = None) -> Response:
    """Return the problem details of an error."""
    if sql_state(error) == FOREIGN_KEY_VIOLATION:
        error = GoneMeanwhile()
    problem = problem_of(error, correlation_id=request.context["aam_correlation_id"])
    if problem.status >= 500:
        frames = traceback.extract_tb(error.__traceback__)
        logger().error(
            "failed",
            code=problem.code,
            error_type=type(error).__name__,
            traceback_lines=[f"{frame.filename}:{frame.lineno}" for frame in frames],
        )
    kept = {name: value for name, value in (headers or {}).items() if name == "Allow"}
    return Response(
        body=problem.model_dump_json(),
        status_code=problem.status,
        headers={**kept, **problem_headers(error), "Content-Type": PROBLEM_TYPE},
    )


def authenticate(table: Table) -> Callable[[Request, Next], Response]:
    """Ask for a valid access token wherever the route is not declared public; raises NoSuchRoute for other paths."""
    paths = {path for _method, path in table}

    def authenticated(request: Request, get_response: Next) -> Response:
        if request.path not in paths:
            raise NoSuchRoute
        endpoint = table.get((request.method, request.path))
        if endpoint is not None and not endpoint.public:
            request.context["aam_caller"] = read_access_token(bearer(request.headers), keys=signing_keys())
        return get_response(request)

    return authenticated


def bearer(headers: Mapping[str, str]) -> str:
    """Return the token of the Authorization header; raises Unauthenticated's leaf when there is none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise BadAccessToken(Unauthenticated.sentence)
    return token.strip()


def preflight(methods: list[str]) -> Callable[[], Response]:
    """Return the answer to OPTIONS; ``allow_origins`` decides whether the origin may call."""
    allowed = ", ".join(sorted({*methods, "OPTIONS"}))

    def answer() -> Response:
        return Response(
            body="",
            status_code=204,
            headers={
                "Access-Control-Allow-Methods": allowed,
                "Access-Control-Allow-Headers": ACCEPTED,
                "Access-Control-Max-Age": PREFLIGHT_KEPT_S,
            },
        )

    return answer
