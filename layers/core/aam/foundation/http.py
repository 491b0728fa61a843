"""The one place where errors become HTTP: problem details (RFC 9457) without traces and without values."""

from __future__ import annotations

from http import HTTPStatus

from pydantic import ValidationError

from aam.foundation.errors import AppError, InvalidInput, TooManyRequests
from aam.foundation.schemas import Value

PROBLEM_TYPE = "application/problem+json"


class MalformedJson(InvalidInput):
    """The body is no JSON."""

    code = "malformed_json"
    http_status = 400
    sentence = "The body is not valid JSON; send one JSON object in UTF-8."


class InvalidFields(InvalidInput):
    """Fields are missing, unknown or out of range; the detail names them, never their values."""

    code = "invalid_fields"
    sentence = "Some fields are missing or cannot be used."


class Problem(Value):
    """Problem details as RFC 9457 has them, with our stable code and the correlation id to ask an operator about."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    correlation_id: str


def problem_of(error: BaseException, *, correlation_id: str) -> Problem:
    """Convert an exception into problem details (RFC 9457); an unforeseen one becomes a plain 500."""
    if isinstance(error, ValidationError):
        error = refused_fields(error)
    known = error if isinstance(error, AppError) else AppError()
    return Problem(
        type=f"urn:aam:error:{known.code}",
        title=HTTPStatus(known.http_status).phrase,
        status=known.http_status,
        code=known.code,
        detail=known.detail,
        correlation_id=correlation_id,
    )


def problem_headers(error: BaseException) -> dict[str, str]:
    """Return the headers that an error's answer carries besides its content type."""
    if isinstance(error, TooManyRequests):
        return {"Retry-After": str(error.retry_after_s)}
    return {"WWW-Authenticate": "Bearer"} if getattr(error, "http_status", None) == 401 else {}


def refused_fields(error: ValidationError) -> AppError:
    """Return pydantic's findings as field names with reasons; the reasons quote our limits, never the input."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    if any(problem["type"] == "json_invalid" for problem in problems):
        return MalformedJson()
    told = [
        f"{'.'.join(map(str, problem['loc'])) or 'body'}: {reason(problem['type'], problem['msg'])}"
        for problem in problems
    ]
    more = f" and {len(told) - 10} more" if len(told) > 10 else ""
    return InvalidFields(f"These fields cannot be used: {'; '.join(told[:10])}{more}.")


def reason(kind: str, message: str) -> str:
    """Return why a field was refused; the few kinds whose message may quote the input get words of ours."""
    if kind in {"uuid_parsing", "datetime_from_date_parsing", "datetime_parsing", "int_parsing", "bool_parsing"}:
        return kind.replace("_from_date", "").replace("_parsing", " expected")
    return message.removeprefix("Value error, ").lower()
