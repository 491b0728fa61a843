"""Prompts for a language model and the requests made of them, in the form that the server understands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from aam.artifacts.schemas import Purpose

_REPAIR = (
    "Your answer cannot be used: {fault}. Answer again with nothing but one JSON object of this schema, and with the"
    " same quotes:\n{schema}"
)
_PLAIN = "\n\nAnswer with nothing but one JSON object of this schema:\n{schema}"


@dataclass(frozen=True)
class Prompt:
    """A system text of ours, a user's message that is data, and the schema of the answer.

    ``reply`` and ``fault`` are set when an answer's form is to be repaired.
    """

    purpose: Purpose
    prompt_version: str
    system: str
    data: str
    name: str
    schema: Mapping[str, Any]
    reply: str | None = None
    fault: str | None = None

    def to_repair(self, reply: str, fault: str) -> Prompt:
        """Return the prompt that shows the model its own answer and asks for another one."""
        return replace(self, purpose=Purpose.REPAIR, reply=reply, fault=fault)


class Feature(StrEnum):
    """Ability that a server may lack: a parameter, a way to hold an answer to its form, or room for a long answer.

    Most servers know ``max_tokens``, some of them nothing else; OpenAI's reasoning models want its successor.
    """

    STRUCTURED = "response_format"
    JSON_MODE = "json_object"
    EFFORT = "reasoning_effort"
    OLD_LIMIT = "max_tokens"
    LONG_ANSWERS = "long_answers"


@dataclass(frozen=True)
class Request:
    """The body of a request, and its digest."""

    body: Mapping[str, Any]

    @cached_property
    def prompt(self) -> str:
        """Return the messages as JSON."""
        return json.dumps(self.body["messages"], ensure_ascii=False)

    @cached_property
    def digest(self) -> str:
        """Return the digest of the request, equal for equal ones."""
        return hashlib.sha256(json.dumps(self.body, sort_keys=True).encode()).hexdigest()[:32]


def request_of(
    prompt: Prompt, *, model: str, max_output_tokens: int, effort: str, without: frozenset[Feature] = frozenset()
) -> Request:
    """Return the request as this server understands it.

    What all windows and meetings of a scenario share (schema, system text) comes first, so that a service that caches
    prefixes knows it already.
    """
    structured = Feature.STRUCTURED not in without
    schema = json.dumps(prompt.schema, ensure_ascii=False, separators=(",", ":"))
    system = prompt.system if structured else prompt.system + _PLAIN.format(schema=schema)
    messages = [{"role": "system", "content": system}, {"role": "user", "content": prompt.data}]
    if prompt.fault is not None:
        if prompt.reply:
            messages.append({"role": "assistant", "content": prompt.reply})
        messages.append({"role": "user", "content": _REPAIR.format(fault=prompt.fault, schema=schema)})
    strict = {"name": prompt.name, "strict": True, "schema": dict(prompt.schema)}
    body: dict[str, Any] = {
        "model": model,
        "messages": messages,
        "max_completion_tokens" if Feature.OLD_LIMIT in without else Feature.OLD_LIMIT.value: max_output_tokens,
    }
    if structured:
        body["response_format"] = {"type": "json_schema", "json_schema": strict}
    elif Feature.JSON_MODE not in without:
        body["response_format"] = {"type": "json_object"}
    if effort and Feature.EFFORT not in without:
        body["reasoning_effort"] = effort
    return Request(body)
