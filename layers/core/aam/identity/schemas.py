"""Requests and answers of registering, logging in and refreshing."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, SecretStr, StringConstraints

from aam.foundation.schemas import HIDDEN, Described, Line, RequestBody, Value, View, as_shown


def normal_email(email: str) -> str:
    """Return the form in which addresses are compared, counted and looked up.

    Each letter in its one small form, as PostgreSQL's ``lower`` has it, so that both find the same user: Python alone
    makes two letters of İ.
    """
    return "".join(letter.lower()[0] for letter in unicodedata.normalize("NFC", email))


def comparable(email: str) -> str:
    """Return an address as it is kept: the case of Latin letters as it came, any other letter in its normal form."""
    return "".join(
        letter if letter.isascii() else normal_email(letter) for letter in unicodedata.normalize("NFC", email)
    )


Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[^@\s]{1,64}@[^@\s]{1,189}$"),
    Described(as_shown, rf"^[^@\s{HIDDEN}]{{1,64}}@[^@\s{HIDDEN}]{{1,189}}$"),
    AfterValidator(comparable),
]
"""An address with something on both sides of its one @; only mail itself can prove more."""


class NewAccount(RequestBody):
    """A person who registers, and the organization that is made for them."""

    email: Email
    password: SecretStr = Field(min_length=10, max_length=128)
    full_name: Line
    organization_name: Line


class Credentials(RequestBody):
    """Credentials to log in with."""

    email: Email
    password: SecretStr = Field(min_length=1, max_length=128)


class RefreshRequest(RequestBody):
    """A refresh token to be exchanged or given up."""

    refresh_token: SecretStr = Field(min_length=20, max_length=100)


class UserView(View):
    """A person as the API shows them."""

    id: UUID
    organization_id: UUID
    email: str
    full_name: str


class Tokens(View):
    """A short-lived access token and the single-use token that buys the next pair; lifetimes in seconds."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the name of a scheme (RFC 6750), not a secret
    expires_in: int
    refresh_token: str
    refresh_expires_in: int


class Session(Tokens):
    """Tokens, and the user that they stand for."""

    user: UserView


class Caller(Value):
    """Caller of a request, as the access token says."""

    user_id: UUID
    organization_id: UUID
