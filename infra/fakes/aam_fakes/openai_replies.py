"""Replies and errors as OpenAI's chat completions, responses and embeddings give them."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from typing import Any

from aam_fakes.scripted_server import Reply

MODEL = "gpt-test-2026"
CREATED = 1_795_000_000
NO_USAGE = (1200, 1024, 300)
"""Input, cached and output tokens of a reply that nobody counted."""


def completion(
    content: Any = None,
    *,
    refusal: str | None = None,
    finish_reason: str = "stop",
    model: str = MODEL,
    usage: tuple[int, int, int] = NO_USAGE,
) -> Reply:
    """Return a whole chat completion; ``content`` that is no string is sent as JSON."""
    given, cached, made = usage
    body = {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": "chat.completion",
        "created": CREATED,
        "model": model,
        "choices": [
            {
                "index": 0,
                "finish_reason": finish_reason,
                "logprobs": None,
                "message": {"role": "assistant", "content": _text(content), "refusal": refusal, "annotations": []},
            }
        ],
        "usage": {
            "prompt_tokens": given,
            "completion_tokens": made,
            "total_tokens": given + made,
            "prompt_tokens_details": {"cached_tokens": cached},
        },
    }
    return _answer(body)


def response(
    content: Any = None,
    *,
    refusal: str | None = None,
    incomplete: str | None = None,
    model: str = MODEL,
    usage: tuple[int, int, int] = NO_USAGE,
) -> Reply:
    """Return a whole answer of the responses endpoint; ``incomplete`` is the reason why it stopped early."""
    given, cached, made = usage
    said: dict[str, Any] = {"type": "output_text", "text": _text(content) or "", "annotations": [], "logprobs": []}
    if refusal:
        said = {"type": "refusal", "refusal": refusal}
    status = "incomplete" if incomplete else "completed"
    message = {"id": f"msg_{uuid.uuid4().hex}", "type": "message", "role": "assistant", "status": status}
    body = {
        "id": f"resp_{uuid.uuid4().hex}",
        "object": "response",
        "created_at": CREATED,
        "status": status,
        "error": None,
        "incomplete_details": {"reason": incomplete} if incomplete else None,
        "instructions": None,
        "metadata": {},
        "model": model,
        "output": [{**message, "content": [said]}],
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": {
            "input_tokens": given,
            "input_tokens_details": {"cached_tokens": cached, "cache_write_tokens": 0},
            "output_tokens": made,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": given + made,
        },
    }
    return _answer(body)


def embeddings(texts: Sequence[str], *, model: str, dimensions: int, tokens: int) -> Reply:
    """Return a vector for each text: equal for equal texts, and of length one."""
    data = [{"object": "embedding", "index": n, "embedding": _vector(t, dimensions)} for n, t in enumerate(texts)]
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return _answer({"object": "list", "model": model, "data": data, "usage": usage})


def failure(
    status: int, code: str | None = None, message: str = "no", param: str | None = None, **headers: str
) -> Reply:
    """Return an error with OpenAI's body."""
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return Reply(status, {"error": error}, {"x-request-id": "req_1", **headers})


def _answer(body: dict[str, Any]) -> Reply:
    return Reply(200, body, {"x-request-id": "req_1"})


def _text(content: Any) -> str | None:
    return content if content is None or isinstance(content, str) else json.dumps(content, ensure_ascii=False)


def _vector(text: str, dimensions: int) -> list[float]:
    raw = hashlib.shake_256(text.encode()).digest(dimensions)
    centred = [byte - 127.5 for byte in raw]
    length = sum(value * value for value in centred) ** 0.5
    return [round(value / length, 6) for value in centred]
