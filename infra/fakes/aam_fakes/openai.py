"""OpenAI's chat completions, responses and embeddings on the loopback."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from aam_fakes.judging import OPENAI, objections
from aam_fakes.openai_model import Temper, answer, schema_of, texts_of
from aam_fakes.openai_replies import completion, embeddings, failure, response
from aam_fakes.scripted_server import Asked, FakeServer, Reply

CHAT, RESPONSES, EMBEDDINGS = "/v1/chat/completions", "/v1/responses", "/v1/embeddings"
_SCHEMAS = "/components/schemas/"
_JUDGES = {
    CHAT: ("CreateChatCompletionRequest", "CreateChatCompletionResponse"),
    RESPONSES: ("CreateResponse", "Response"),
    EMBEDDINGS: ("CreateEmbeddingRequest", "CreateEmbeddingResponse"),
}
CACHED_FROM, CACHED_STEP = 1024, 128
"""Prefixes are cached from 1,024 tokens on, in steps of 128 (https://platform.openai.com/docs/guides/prompt-caching)."""
_REMEMBERED = 64
_LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens")
_DIMENSIONS = {"text-embedding-3-large": 3072}


class Fault(StrEnum):
    """Fault of an answer that is a completion nevertheless."""

    REFUSAL = "refusal"
    TRUNCATION = "truncation"
    CONTENT_FILTER = "content_filter"
    OTHER_FORM = "other_form"


class OpenAIFake(FakeServer):
    """Answers by itself, or by its script.

    ``coming`` holds replies and faults for the next requests, one each; then it answers as it would.  ``temper`` says
    how well it writes.  ``context_tokens`` and ``answer_tokens`` are what the model reads and writes at most;
    ``lacks`` names parameters that this server refuses, ``ignores_schema`` makes it answer in prose.
    Tokens are bytes ÷ 4, and a prefix that it has seen before counts as cached.
    """

    def __init__(self, port: int = 0, *, temper: Temper | None = None) -> None:
        super().__init__(port)
        self.temper = temper or Temper()
        self.coming: deque[Reply | Fault] = deque()
        self.context_tokens: int | None = None
        self.answer_tokens: int | None = None
        self.lacks: frozenset[str] = frozenset()
        self.ignores_schema = False
        self.work_s = 0.0
        self._seen: deque[bytes] = deque(maxlen=_REMEMBERED)

    def reply_to(self, asked: Asked) -> Reply:
        """Judge the request, then answer it."""
        if asked.path not in _JUDGES or asked.method != "POST":
            return failure(404, "unknown_url")
        body = asked.json()
        self.report_violation(self._objections(asked, body))
        if self.work_s:
            self.released.wait(self.work_s)
        with self.lock:
            coming = self.coming.popleft() if self.coming else None
        if isinstance(coming, Reply):
            return coming
        scripted = self.scripted() if coming is None else None
        if scripted is not None:
            return scripted
        reply = self._refused(body) or self._answered(asked.path, body, coming)
        wanted = _JUDGES[asked.path][1] if reply.status == 200 else "ErrorResponse"
        self.report_violation(objections(OPENAI, _SCHEMAS + wanted, reply.body))
        return reply

    def _objections(self, asked: Asked, body: Any) -> list[str]:
        found = [] if asked.headers.get("authorization", "").startswith("Bearer ") else ["no 'Authorization: Bearer …'"]
        return found + objections(OPENAI, _SCHEMAS + _JUDGES[asked.path][0], body)

    def _refused(self, body: Any) -> Reply | None:
        if not isinstance(body, dict):
            return failure(400, "invalid_json")
        for name in sorted(self.lacks & set(body)):
            if name != "response_format" or body[name].get("type") == "json_schema":
                return failure(400, "unsupported_parameter", f"Unsupported parameter: '{name}'.", param=name)
        if self.context_tokens is not None and tokens_in(prompt_of(body)) > self.context_tokens:
            return failure(400, "context_length_exceeded", "Your input exceeds the context window.", param="messages")
        return None

    def _answered(self, path: str, body: Mapping[str, Any], fault: Fault | None) -> Reply:
        model = str(body.get("model", ""))
        if path == EMBEDDINGS:
            wanted = body.get("input", "")
            texts = [wanted] if isinstance(wanted, str) else [str(entry) for entry in wanted]
            dimensions = body.get("dimensions") or _DIMENSIONS.get(model, 1536)
            count = sum(tokens_in(text.encode()) for text in texts)
            return embeddings(texts, model=model, dimensions=dimensions, tokens=count)
        said = "I would rather tell you a story." if self.ignores_schema and not _is_mending(body) else None
        if fault is Fault.OTHER_FORM:
            said = json.dumps({"minutes": "as you like"})
        if said is None:
            value = answer(body, self.temper)
            said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        limits = [self.answer_tokens, *(body.get(name) for name in _LIMITS)]
        if tokens_in(said.encode()) > min((limit for limit in limits if limit is not None), default=10**9):
            fault = Fault.TRUNCATION
        if fault is Fault.TRUNCATION:
            said = said[: len(said) // 2]
        return self._spoken(path, model, said, fault, self._usage(body, said))

    def _spoken(self, path: str, model: str, said: str, fault: Fault | None, usage: tuple[int, int, int]) -> Reply:
        refusal = "I cannot help with that." if fault is Fault.REFUSAL else None
        content = None if fault in (Fault.REFUSAL, Fault.CONTENT_FILTER) else said
        if path == RESPONSES:
            reasons = {Fault.TRUNCATION: "max_output_tokens", Fault.CONTENT_FILTER: "content_filter"}
            return response(
                content, refusal=refusal, incomplete=reasons.get(fault) if fault else None, model=model, usage=usage
            )
        reasons = {Fault.TRUNCATION: "length", Fault.CONTENT_FILTER: "content_filter"}
        reason = reasons.get(fault, "stop") if fault else "stop"
        return completion(content, refusal=refusal, finish_reason=reason, model=model, usage=usage)

    def _usage(self, body: Mapping[str, Any], said: str) -> tuple[int, int, int]:
        prompt = prompt_of(body)
        with self.lock:
            known = max((_shared(prompt, earlier) for earlier in self._seen), default=0)
            self._seen.append(prompt)
        cached = known // 4 // CACHED_STEP * CACHED_STEP
        return tokens_in(prompt), cached if cached >= CACHED_FROM else 0, tokens_in(said.encode())


def prompt_of(body: Mapping[str, Any]) -> bytes:
    """Return the prompt as a model reads it: the schema, which goes before the system text, then all texts."""
    schema = schema_of(body) if "json_schema" in json.dumps(body.get("response_format", body.get("text"))) else None
    shown = json.dumps(schema, ensure_ascii=False, separators=(",", ":")) if schema else ""
    return "".join([shown, *texts_of(body)]).encode()


def tokens_in(text: bytes) -> int:
    """Return bytes ÷ 4, rounded up."""
    return -(-len(text) // 4)


def _shared(one: bytes, other: bytes) -> int:
    """Return how many bytes two texts begin with in common."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _is_mending(body: Mapping[str, Any]) -> bool:
    roles: Sequence[str] = [message.get("role", "") for message in body.get("messages", ())]
    return roles.count("user") > 1
