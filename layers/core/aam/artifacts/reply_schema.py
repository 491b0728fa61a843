"""The JSON that a model must answer with, built from the sections, and its way into a draft.

Structured outputs want every object closed (``additionalProperties: false``) and every property required;
what may be absent is null (https://platform.openai.com/docs/guides/structured-outputs).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from aam.artifacts.catalogue import FieldSpec, SectionSpec
from aam.artifacts.errors import ModelReplyMismatch
from aam.artifacts.lenient_json import Entries, LooseNumber, Word, largest_object_in
from aam.artifacts.schemas import DraftItem, DraftQuote, DraftSection, ItemField, Priority

# Stands in a draft for a number that the model was never given; evidence finds no utterance under it.
_NO_UTTERANCE = 0
_NOT_STATED = ("", "null")


def reply_schema(sections: Sequence[SectionSpec]) -> dict[str, Any]:
    """Return the JSON schema of a whole answer: one array of items a section.

    What stands in several places stands once, under a short name, because the schema is paid for with each request.
    """
    shared: dict[str, Any] = {
        "p": {"type": "string", "enum": [p.value for p in Priority]},
        "q": {"type": "array", "items": _closed({"quote": {"type": "string"}, "utterance": {"type": "integer"}})},
    }
    shapes = Counter(section.fields for section in sections)
    uses = Counter(field.name for fields in shapes for field in fields)
    arrays = {}
    for section in sections:
        for field in section.fields:
            if uses[field.name] > 1:
                shared[field.name] = _field_schema(field)
        array = {"type": "array", "items": _item_schema(section, shared)}
        if shapes[section.fields] > 1:
            name = "i" + "".join(f"_{field.name}" for field in section.fields)
            shared[name] = array
            array = _reference(name)
        arrays[section.kind] = array
    return {**_closed(arrays), "$defs": shared}


def _item_schema(section: SectionSpec, shared: Mapping[str, Any]) -> dict[str, Any]:
    fields = {f.name: _reference(f.name) if f.name in shared else _field_schema(f) for f in section.fields}
    return _closed({"text": {"type": "string"}, "priority": _reference("p"), **fields, "quotes": _reference("q")})


def _reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


class _Quote(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    quote: str
    utterance: LooseNumber | None = None


class _Item(BaseModel):
    """The fields of the section come as extras and are checked against its own list."""

    model_config = ConfigDict(extra="allow")

    text: str
    priority: Annotated[Priority | None, Word] = None
    quotes: Annotated[list[_Quote], Entries] = []


_REPLY = TypeAdapter(dict[str, Annotated[list[_Item], Entries]])


def read_reply(
    content: str, *, sections: Sequence[SectionSpec], language: str, utterance_ids: Sequence[int]
) -> tuple[DraftSection, ...]:
    """Return the sections of an answer, utterance numbers (from 1) mapped to ids.

    A section or an optional field that is missing is empty.  Raises ModelReplyMismatch when the answer has none of the
    sections, or anything that was not asked for.
    """
    kinds = {section.kind for section in sections}
    try:
        reply = _REPLY.validate_python(largest_object_in(content))
        if not reply or not set(reply) <= kinds:
            raise ModelReplyMismatch
        return tuple(
            DraftSection(
                kind=section.kind,
                title=section.title.in_language(language),
                items=tuple(_item(section, item, utterance_ids) for item in reply.get(section.kind, ())),
            )
            for section in sections
        )
    except ValidationError as error:
        raise ModelReplyMismatch from error


def _item(section: SectionSpec, item: _Item, ids: Sequence[int]) -> DraftItem:
    extras = item.model_extra or {}
    if not set(extras) <= {field.name for field in section.fields}:
        raise ModelReplyMismatch
    return DraftItem(
        text=item.text,
        priority=item.priority or Priority.MEDIUM,
        fields=tuple(_field(field, extras) for field in section.fields),
        quotes=tuple(
            DraftQuote(
                quote=q.quote,
                utterance_id=ids[q.utterance - 1] if q.utterance and 1 <= q.utterance <= len(ids) else _NO_UTTERANCE,
            )
            for q in item.quotes
        ),
    )


def _field(field: FieldSpec, extras: Mapping[str, object]) -> ItemField:
    value = extras.get(field.name)
    if value is not None and not isinstance(value, str):
        raise ModelReplyMismatch
    if value is None or value.strip().lower() in _NOT_STATED:
        return ItemField(name=field.name, kind=field.kind)
    if not field.values:
        return ItemField(name=field.name, kind=field.kind, value=value)
    chosen = next((known for known in field.values if known.lower() == value.strip().lower()), None)
    if chosen is None:
        raise ModelReplyMismatch
    return ItemField(name=field.name, kind=field.kind, value=chosen)


def _field_schema(field: FieldSpec) -> dict[str, Any]:
    nullable: dict[str, Any] = {"type": ["string", "null"]}
    if field.values:  # they say themselves what they are
        return {**nullable, "enum": [*field.values, None]}
    return {**nullable, "description": field.instruction}


def _closed(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }
