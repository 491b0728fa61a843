"""Convert errors of chat completions servers: into a leaf of ours, or into a feature that a request can do without.

OpenAI's own service names what it refuses. Others refuse a schema in any words and with 400, 422 or 500 (vLLM's
grammar compiler, llama.cpp's and Ollama's grammars, TGI's validation), so an unexplained refusal of a request with a
schema is taken for that, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aam.artifacts import errors
from aam.artifacts.prompts import Feature
from aam.foundation.clock import utc_now
from aam.foundation.errors import AppError
from aam.vendor_limits.retry_after import seconds_named

_REFUSALS = (400, 422, 500, 501)
_FORM = ("response_format", "json_schema", "json_object", "structured output")
_TOO_LONG = ("context length", "context size", "context window")
"""How vLLM, llama.cpp and others say it, none of which gives OpenAI's code."""

_ANSWER = ("max_tokens", "max_completion_tokens", "max_new_tokens", "in the completion", "output tokens")
_TOO_MUCH = ("too large", "context length", "context size", "at most", "<=", "exceed")


@dataclass(frozen=True)
class Failure:
    """An answer that is an error: its status, OpenAI's code where there is one, and all that it says, in small letters.

    The text may name a key, so it goes nowhere.
    """

    status: int
    code: str
    said: str
    retry_after: str

    def says(self, *words: str) -> bool:
        """Return whether the server refused and used one of these words."""
        return self.status in _REFUSALS and any(word in self.said for word in words)


def refused_feature(failure: Failure, body: Mapping[str, Any], *, is_openais: bool) -> Feature | None:
    """Return what the request can do without so that this server takes it; None when that is not the trouble."""
    if failure.status not in _REFUSALS or failure.code in ("content_filter", "content_policy_violation"):
        return None
    if failure.says(*_ANSWER) and failure.says(*_TOO_MUCH):
        return Feature.LONG_ANSWERS
    if isinstance(error_of(failure), errors.MeetingTooLong | errors.ModelQuotaExhausted):
        return None
    form = body.get("response_format", {}).get("type")
    named = failure.says(*_FORM)
    if Feature.EFFORT in body and failure.says(Feature.EFFORT):
        return Feature.EFFORT
    if Feature.OLD_LIMIT in body and failure.says(Feature.OLD_LIMIT):
        return Feature.OLD_LIMIT
    if form == "json_schema" and (named or not is_openais):
        return Feature.STRUCTURED
    return Feature.JSON_MODE if form == "json_object" and named else None


def error_of(failure: Failure) -> AppError:
    """Return our leaf for a status and code of https://platform.openai.com/docs/guides/error-codes."""
    if failure.code == "insufficient_quota" or failure.status == 402:
        return errors.ModelQuotaExhausted()
    if failure.code == "context_length_exceeded" or failure.status == 413 or failure.says(*_TOO_LONG):
        return errors.MeetingTooLong()
    if failure.code in ("content_filter", "content_policy_violation"):
        return errors.ModelContentFiltered()
    if failure.status in (401, 403):
        return errors.ModelCredentialsRefused()
    if failure.status in (408, 504):
        return errors.ModelTimedOut()
    if failure.status == 429:
        limited = errors.ModelRateLimited()
        limited.retry_after_s = seconds_named(failure.retry_after, now=utc_now())
        return limited
    return errors.ModelRequestRefused() if failure.status < 500 else errors.ModelUnavailable()
