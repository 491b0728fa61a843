"""What requests and answers share: strictness, and texts that a database can hold."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

_JOINERS = "\u200c\u200d"
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800" + _JOINERS)
"""Letters and symbols by their kind that show nothing: fillers of Hangul, Braille without a dot."""
_LINE_ENDS = re.compile(r"[\t\n\r]")


def without_nul(value: str) -> str:
    """Return the text; raises ValueError when it holds a NUL, which PostgreSQL's text cannot store."""
    if "\0" in value:
        raise ValueError("must not contain a NUL character")
    return value


def as_shown(value: str) -> str:
    """Return the text; raises ValueError when it holds what nobody sees, or shows nothing at all.

    Terminals obey control characters and line ends, bidirectional ones turn what follows round, and invisible ones
    make two names of one.  The joiners of Persian, Indic scripts and emoji may stand between visible letters.
    """
    kinds = {unicodedata.category(letter) for letter in value if letter not in _JOINERS}
    if kinds & {"Cc", "Zl", "Zp"}:
        raise ValueError("must not contain control characters or line ends")
    if kinds & {"Cf", "Cs"}:
        raise ValueError("must not contain invisible or bidirectional characters")
    if value and not any(unicodedata.category(letter)[0] in "LNPS" for letter in value if letter not in _BLANK):
        raise ValueError("must contain a visible character")
    return value


def as_written(value: str) -> str:
    """Return the lines of a remark; raises ValueError when they hold hidden characters, as `as_shown` does."""
    as_shown(_LINE_ENDS.sub(" ", value).strip())
    return value


def within_utc(value: datetime) -> datetime:
    """The moment itself; raises ValueError when its year in UTC is not one of 1 to 9999, which no driver can send."""
    try:
        value.astimezone(UTC)
    except OverflowError:
        raise ValueError("is out of range") from None
    return value


def replacing_nul(value: str) -> str:
    """The text with U+FFFD for every NUL, for what others wrote and we have to keep."""
    return value.replace("\0", "\ufffd")


def if_plausible(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
    """What a service reports beside its answer; None where that cannot be: the answer itself is worth keeping."""
    try:
        return validate(value)
    except ValidationError:
        return None


Shown = AfterValidator(as_shown)
"""Annotates the one line that a caller gives for people to read: a name, a title, a term."""

IfPlausible = WrapValidator(if_plausible)
"""Annotates an optional figure; its bounds stand before."""

Storable = Annotated[str, AfterValidator(replacing_nul)]
"""Somebody else's text in a form that a table can hold."""

Moment = Annotated[AwareDatetime, AfterValidator(within_utc)]
"""A point in time with its offset from UTC."""

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), Shown]
"""A name or title of 1–200 characters."""

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000), AfterValidator(as_written)]
"""A remark of at most 4,000 characters."""

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
