"""Requests of operators and schedules: an event becomes one validated request, or one sentence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeVar, get_args

from pydantic import ValidationError

from aam.foundation.errors import InvalidInput
from aam.foundation.schemas import RequestBody

Asked = TypeVar("Asked", bound=RequestBody)


def read_request(event: Any, *, models: Sequence[type[Asked]], error: type[InvalidInput], ending: str) -> Asked:
    """Return the request in an event, of the model whose ``action`` it names.

    One of the models may have no action; it reads the events without one.  Types are those of JSON: "1" and true are
    no numbers.  Raises ``error``, whose sentence says what
    is wrong and ends with ``ending``; it never quotes what was sent.  (pydantic's own discriminated unions quote.)
    """
    if not isinstance(event, dict):
        raise error(f"The request must be a JSON object; {ending}.")
    asked = {name: value for name, value in event.items() if name != "correlation_id"}
    by_action = {action: model for model in models for action in actions_of(model)}
    plain = next((model for model in models if not actions_of(model)), None)
    action = asked.get("action")
    if isinstance(action, str) and action in by_action:
        model = by_action[action]
    elif plain is not None and (action is None or not by_action):
        model = plain
    else:
        raise error(f"action must be one of {', '.join(sorted(by_action))}; {ending}.")
    try:
        return model.model_validate_json(json.dumps(asked), strict=True)
    except ValidationError as wrong:
        raise error(f"{in_words(wrong)}; {ending}.") from None


def actions_of(model: type[RequestBody]) -> tuple[str, ...]:
    """Return the actions that a model's ``action`` allows; none where it has no such field."""
    field = model.model_fields.get("action")
    return get_args(field.annotation) if field else ()


def in_words(wrong: ValidationError) -> str:
    """Return a sentence about the first thing that is wrong with a request."""
    first = wrong.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    what = first["msg"].removeprefix("Value error, ")
    return f"{where}: {what}" if where else f"{what[0].upper()}{what[1:]}"
