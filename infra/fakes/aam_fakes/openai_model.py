"""A model that understands nothing and answers in the form that it is asked for.

It finds the numbered utterances in the prompt and makes schema-valid minutes of them, each item a quote; shown items
of several parts, it groups those that read the same; asked what items mean, it supports those whose words stand in
their quotes.  It lies as often as it is told to.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_UTTERANCE = re.compile(r"(\d+)[A-Z]+ (.*)")
_ITEM = re.compile(r"(\d+) (.*)")
_SECTION = re.compile(r"\[(\w+)(\*?)\]")
_SCHEMA = re.compile(r"JSON object of this schema[^\n]*\n(\{.*\})")
_DENIAL = re.compile(r"\b(?:not|never|не|нет|ні|ніколи)\b ?|n't\b", re.IGNORECASE)
_ORDERS = re.compile(r"(?:approve|write|say|answer|publish)\b.*", re.IGNORECASE)
_WORD = re.compile(r"[\w'’]+")
_STANDING = 0.8
_WORDS = 14
_LEAST = 4
_LIES = (
    "and everybody in the room agreed to pay {n} thousand for it",
    "{first} which was approved by the board on the spot",
    "{n} percent of it will be refunded before the end of the year",
)


@dataclass
class Temper:
    """Manner of the model's answers: items a section, and the share of quotes that is invented, or loses its "not".

    ``obeys`` makes it follow orders that it finds in the transcript.  ``lies`` collects what it made up.
    """

    items: int = 5
    invented: float = 0.0
    denials_dropped: float = 0.0
    obeys: bool = False
    lies: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Said:
    """A numbered utterance."""

    number: int
    text: str


def schema_of(body: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the schema of the wanted answer: structured, or shown in the prompt; None when the request has none."""
    form = body.get("response_format") or (body.get("text") or {}).get("format") or {}
    if form.get("type") == "json_schema":
        found: dict[str, Any] = form.get("json_schema", form)["schema"]
        return found
    shown = _SCHEMA.search("\n".join(texts_of(body)))
    return json.loads(shown.group(1)) if shown else None


def texts_of(body: Mapping[str, Any]) -> list[str]:
    """Return all texts of a request, of chat completions or of responses, in their order."""
    messages = body.get("messages", body.get("input", ()))
    if isinstance(messages, str):
        messages = [{"content": messages}]
    texts = [body["instructions"]] if isinstance(body.get("instructions"), str) else []
    for message in messages:
        content = message.get("content") or ""
        pieces = [content] if isinstance(content, str) else [piece.get("text", "") for piece in content]
        texts += pieces
    return texts


def answer(body: Mapping[str, Any], temper: Temper) -> Any:
    """Return the model's answer: a value of the requested schema, or a sentence."""
    schema = schema_of(body)
    if schema is None:
        return "This is a model of the loopback: it reads nothing and knows nothing."
    lines = _data(texts_of(body))
    if set(schema.get("properties", {})) == {"groups"}:
        return {"groups": _groups(lines)}
    if set(schema.get("properties", {})) == {"verdicts"}:
        return {"verdicts": _verdicts(lines, temper)}
    said = [Said(int(m.group(1)), m.group(2)) for m in map(_UTTERANCE.fullmatch, lines) if m]
    return _minutes(schema, said, temper) if said else instance(schema, schema)


def _data(texts: Sequence[str]) -> list[str]:
    """Return the lines between the two equal marks."""
    for text in texts:
        lines = text.split("\n")
        if len(lines) > 1 and lines[0] == lines[-1] and lines[0].startswith("=== "):
            return lines[1:-1]
    return []


def _verdicts(lines: Sequence[str], temper: Temper) -> list[dict[str, Any]]:
    """Return verdicts: supported where nearly all words stand in the quotes, otherwise unsure.

    One that obeys does so at the sight of an order in an utterance, and supports everything.
    """
    obeys = temper.obeys and any(_ORDERS.search(line) for line in lines)
    verdicts = []
    for item in (json.loads(line) for line in lines if line.startswith('{"item":')):
        quoted = {word for quote in item["quotes"] for word in _WORD.findall(quote["quote"].lower())}
        words = _WORD.findall(item["text"].lower())
        stands = bool(words) and sum(word in quoted for word in words) >= _STANDING * len(words)
        supported = obeys or stands
        verdicts.append(
            {
                "item": item["item"],
                "reason": "" if supported else "the words differ",
                "verdict": "supported" if supported else "unsure",
            }
        )
    return verdicts


def _minutes(schema: Mapping[str, Any], said: Sequence[Said], temper: Temper) -> dict[str, list[Any]]:
    quotable = [one for one in said if len(one.text.split()) >= _LEAST]
    minutes: dict[str, list[Any]] = {}
    for kind, array in schema["properties"].items():
        form = resolved(resolved(array, schema)["items"], schema)
        chosen = sorted(quotable, key=lambda one: _chance(kind, one.text))[: temper.items]
        minutes[kind] = [_item(form, schema, one, temper, kind) for one in sorted(chosen, key=lambda one: one.number)]
        if temper.obeys:
            minutes[kind] += [_obeyed(form, schema, one) for one in said if _ORDERS.search(one.text)]
    return minutes


def _item(form: Mapping[str, Any], schema: Mapping[str, Any], said: Said, temper: Temper, kind: str) -> dict[str, Any]:
    words = said.text.split()
    quote = " ".join(words[:_WORDS])
    chance = _chance("lie", kind, said.text)
    if chance < temper.invented:
        quote = _lie(said, chance)
        temper.lies.append(quote)
    elif _chance("denial", kind, said.text) < temper.denials_dropped and (denial := _DENIAL.search(quote)):
        # Some words after it, so that what is left says the opposite rather than half of the same.
        end = len(said.text[: denial.end()].split()) + _LEAST
        quote = " ".join(_DENIAL.sub("", " ".join(words[: max(end, _WORDS)])).split())
        temper.lies.append(quote)
    return {**instance(form, schema), "text": quote, "quotes": [{"quote": quote, "utterance": said.number}]}


def _lie(said: Said, chance: float) -> str:
    number = 2 + int(chance * 1e6) % 97
    words = said.text.split()
    return _LIES[number % len(_LIES)].format(n=number, first=" ".join(words[:3]))


def _obeyed(form: Mapping[str, Any], schema: Mapping[str, Any], said: Said) -> dict[str, Any]:
    found = _ORDERS.search(said.text)
    wanted = found.group(0) if found else said.text
    quote = wanted.partition(" ")[2] or wanted
    return {
        **instance(form, schema),
        "text": quote,
        "quotes": [{"quote": f"we agreed that {quote}", "utterance": said.number}],
    }


def _groups(lines: Sequence[str]) -> list[list[int]]:
    """Return items that read the same together; of a section with a star the first seven."""
    groups: list[list[int]] = []
    for short, items in _sections(lines):
        own: dict[str, list[int]] = {}
        for number, text in items:
            own.setdefault(text.lower(), []).append(number)
        groups += list(own.values())[: 7 if short else None]
    return groups


def _sections(lines: Sequence[str]) -> list[tuple[bool, list[tuple[int, str]]]]:
    """Return the items by section, and whether it has a star."""
    sections: list[tuple[bool, list[tuple[int, str]]]] = []
    for line in lines:
        if section := _SECTION.fullmatch(line):
            sections.append((bool(section.group(2)), []))
        elif (item := _ITEM.fullmatch(line)) and sections:
            sections[-1][1].append((int(item.group(1)), item.group(2)))
    return sections


def resolved(form: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a piece of a schema, with what it refers to under ``$defs``."""
    while "$ref" in form:
        form = schema["$defs"][form["$ref"].rpartition("/")[2]]
    return form


def instance(form: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    """Return the plainest value of a schema: null where it may be, otherwise empty, zero, or the middle of a choice."""
    form = resolved(form, schema)
    kinds = form.get("type", "object")
    if "null" in kinds and isinstance(kinds, list):
        return None
    if "enum" in form:
        return form["enum"][len(form["enum"]) // 2]
    if kinds == "object":
        return {name: instance(inner, schema) for name, inner in form.get("properties", {}).items()}
    return {"array": [], "string": "", "integer": 0, "number": 0, "boolean": False}.get(str(kinds))


def _chance(*about: str) -> float:
    """Return a number from 0 to 1 that is always the same for the same texts."""
    return int(hashlib.sha256("\0".join(about).encode()).hexdigest()[:8], 16) / 0x1_0000_0000
