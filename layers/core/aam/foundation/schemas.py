"""Base of requests and answers: strictness, and texts that a database can hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from pydantic_core.core_schema import no_info_after_validator_function

_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029"
_LINE_ENDS = "\t\n\r"
_INVISIBLE = "\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
_BLANK = " \xa0\u115f\u1160\u1680\u2000-\u200a\u200c\u200d\u202f\u205f\u2800\u3000\u3164\uffa0"
"""What may stand between letters and shows nothing: spaces, joiners, fillers of Hangul, Braille without a dot."""

HIDDEN = f"{_CONTROLS}{_LINE_ENDS}{_INVISIBLE}"
"""The inside of a class of characters that no name, title or address may hold."""

_SHOWN = f"^[^{HIDDEN}]*[^{HIDDEN}{_BLANK}][^{HIDDEN}]*$"
_WRITTEN = f"^(?:[{_BLANK}{_LINE_ENDS}]*|[^{_CONTROLS}{_INVISIBLE}]*[^{HIDDEN}{_BLANK}][^{_CONTROLS}{_INVISIBLE}]*)$"


def without_nul(value: str) -> str:
    """Return the text; raises ValueError when it holds a NUL, which PostgreSQL's text cannot store."""
    if "\0" in value:
        raise ValueError("must not contain a NUL character")
    return value


def as_shown(value: str) -> str:
    """Return the text; raises ValueError when it holds invisible characters, or shows nothing at all.

    Terminals obey control characters and line ends, bidirectional ones turn what follows round, and invisible ones
    make two names of one.  The joiners of Persian, Indic scripts and emoji may stand between visible letters.
    """
    if re.search(f"[{_CONTROLS}{_LINE_ENDS}]", value):
        raise ValueError("must not contain control characters or line ends")
    if re.search(f"[{_INVISIBLE}]", value):
        raise ValueError("must not contain invisible or bidirectional characters")
    if value and not re.search(f"[^{_BLANK}]", value):
        raise ValueError("must contain a visible character")
    return value


def as_written(value: str) -> str:
    """Return the lines of a remark; raises ValueError when they hold hidden characters, as `as_shown` does."""
    as_shown(re.sub(f"[{_LINE_ENDS}]", " ", value).strip())
    return value


def as_whole(value: Any) -> Any:
    """Return a number without its empty fraction."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


@dataclass(frozen=True)
class Described:
    """Checks a text, and says in the JSON schema by a pattern what passes."""

    check: Callable[[str], str]
    pattern: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Check after everything else."""
        return no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Add the pattern."""
        return {**handler(schema), "pattern": self.pattern}


def within_utc(value: datetime) -> datetime:
    """Return the moment itself; raises ValueError unless its year in UTC is one of 1 to 9999."""
    try:
        value.astimezone(UTC)
    except OverflowError:
        raise ValueError("is out of range") from None
    return value


def replacing_nul(value: str) -> str:
    """Return the text with U+FFFD for every NUL, for texts of others that have to be kept."""
    return value.replace("\0", "\ufffd")


def if_plausible(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
    """Return a figure that a service reports beside its answer; None where it is impossible."""
    try:
        return validate(value)
    except ValidationError:
        return None


Shown = Described(as_shown, _SHOWN)
"""Annotates the one line that a caller gives for people to read: a name, a title, a term."""

IfPlausible = WrapValidator(if_plausible)
"""Annotates an optional figure; its bounds stand before."""

Storable = Annotated[str, AfterValidator(replacing_nul)]
"""Somebody else's text in a form that a table can hold."""

Moment = Annotated[AwareDatetime, AfterValidator(within_utc)]
"""A point in time with its offset from UTC."""

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), Shown]
"""A name or title of 1–200 characters."""

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000), Described(as_written, _WRITTEN)]
"""A remark of at most 4,000 characters."""

Whole = Annotated[int, BeforeValidator(as_whole)]
"""A whole number as JSON schemas know it: 2.0 is one; "2" and true are none where types are strict."""

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
"""The key of something that a reviewed file defines."""


class Value(BaseModel):
    """The base of our models: what was read stays as it is.

    Validators are built when a model is first used: a function imports many models and uses few of them at a time.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)


class RequestBody(Value):
    """The base of what clients send: unknown fields are refused rather than ignored."""

    model_config = ConfigDict(extra="forbid")


class View(Value):
    """The base of what we answer; it may be read from a table's row."""

    model_config = ConfigDict(from_attributes=True)
