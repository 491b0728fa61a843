"""Replies and errors as OpenAI's chat completions give them."""

from __future__ import annotations

import json
from typing import Any

from aam_fakes.scripted_server import Reply


def completion(
    content: Any = None,
    *,
    refusal: str | None = None,
    finish_reason: str = "stop",
    model: str = "gpt-test-2026",
) -> Reply:
    """A whole reply; ``content`` that is no string is sent as JSON."""
    text = content if content is None or isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_795_000_000,
        "model": model,
        "choices": [
            {
                "index": 0,
                "finish_reason": finish_reason,
                "logprobs": None,
                "message": {"role": "assistant", "content": text, "refusal": refusal},
            }
        ],
        "usage": {
            "prompt_tokens": 1200,
            "completion_tokens": 300,
            "total_tokens": 1500,
            "prompt_tokens_details": {"cached_tokens": 1024},
        },
    }
    return Reply(200, body, {"x-request-id": "req_1"})


def failure(status: int, code: str | None = None, **headers: str) -> Reply:
    """An error with OpenAI's body."""
    error = {"message": "no", "type": "some_error", "param": None, "code": code}
    return Reply(status, {"error": error}, {"x-request-id": "req_1", **headers})
