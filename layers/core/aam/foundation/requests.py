"""Requests of operators and schedules: an event becomes one validated request, or one sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from aam.foundation.errors import InvalidInput
from aam.foundation.schemas import RequestBody

Asked = TypeVar("Asked", bound=RequestBody)


def read_request(
    event: Any,
    *,
    actions: Mapping[str, type[Asked]],
    otherwise: type[Asked] | None = None,
    error: type[InvalidInput],
    ending: str,
) -> Asked:
    """The request in an event: of the model that its ``action`` names, or without one of ``otherwise``.

    Types are those of JSON: "1" and true are no numbers.  Raises ``error``, whose sentence says what is wrong and ends
    with ``ending``; it never quotes what was sent.
    """
    if not isinstance(event, dict):
        raise error(f"A request is one JSON object; {ending}.")
    asked = {name: value for name, value in event.items() if name != "correlation_id"}
    action = asked.get("action")
    if isinstance(action, str) and action in actions:
        model = actions[action]
    elif otherwise is not None and (action is None or not actions):
        model = otherwise
    else:
        raise error(f"action must be one of {', '.join(sorted(actions))}; {ending}.")
    try:
        return model.model_validate_json(json.dumps(asked), strict=True)
    except ValidationError as wrong:
        raise error(f"{in_words(wrong)}; {ending}.") from None


def in_words(wrong: ValidationError) -> str:
    """What is wrong with a request, first things first."""
    first = wrong.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    what = first["msg"].removeprefix("Value error, ")
    return f"{where}: {what}" if where else f"{what[0].upper()}{what[1:]}"
