"""Access tokens: JWT with HS256 and nothing else, fifteen minutes, two keys valid while one replaces the other."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from aam.foundation.schemas import Value
from aam.identity.errors import BadAccessToken
from aam.identity.schemas import Caller

ALGORITHM = "HS256"
ISSUER, AUDIENCE = "aam", "aam-api"
ACCESS_LIFETIME = timedelta(minutes=15)
REFRESH_LIFETIME = timedelta(days=30)
REFRESH_REPEATS_FOR = timedelta(seconds=10)
"""So long a second exchange is taken for the same one: two tabs, or an answer that got lost on its way."""
REQUIRED_CLAIMS = ("exp", "iat", "iss", "aud", "sub", "org")


class SigningKeys(Value):
    """The secret's text: the key that signs, and the one before it while its tokens still live."""

    model_config = ConfigDict(extra="ignore")

    kid: str = Field(min_length=1)
    key: str = Field(min_length=32, repr=False)
    previous_kid: str | None = None
    previous_key: str | None = Field(default=None, min_length=32, repr=False)

    def key_of(self, kid: object) -> str | None:
        """Return the key of this id, or None."""
        if kid == self.kid:
            return self.key
        return self.previous_key if kid is not None and kid == self.previous_kid else None


def read_signing_keys(secret_arn: str) -> SigningKeys:
    """Return the keys out of Secrets Manager."""
    from aam.foundation.secrets import read_secret

    return SigningKeys.model_validate_json(read_secret(secret_arn))


def issue_access_token(caller: Caller, *, keys: SigningKeys, now: datetime) -> str:
    """Return a signed token that identifies the caller for ACCESS_LIFETIME."""
    import jwt

    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(caller.user_id),
        "org": str(caller.organization_id),
        "iat": now,
        "exp": now + ACCESS_LIFETIME,
    }
    return jwt.encode(claims, keys.key, algorithm=ALGORITHM, headers={"kid": keys.kid})


def read_access_token(token: str, *, keys: SigningKeys) -> Caller:
    """Return the caller that the token names; raises BadAccessToken for anything that is not entirely right."""
    import jwt

    try:
        key = keys.key_of(jwt.get_unverified_header(token).get("kid"))
        if key is None:
            raise BadAccessToken
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            options={"require": list(REQUIRED_CLAIMS)},
        )
        return Caller(user_id=UUID(claims["sub"]), organization_id=UUID(claims["org"]))
    except (jwt.PyJWTError, ValueError):
        raise BadAccessToken from None


def new_refresh_token() -> str:
    """Return 256 random bits as text."""
    return secrets.token_urlsafe(32)


def successor_of(token: str, *, key: str, client: str) -> str:
    """Return the refresh token that this one is exchanged for, always the same for one client.

    So a second exchange at the same moment gives what the first gave, without it being kept; without the key nothing
    follows from a token that was used up.
    """
    message = f"refresh token\0{token}\0{client}".encode()
    return base64.urlsafe_b64encode(hmac.digest(key.encode(), message, "sha256")).rstrip(b"=").decode()


def refresh_hash(token: str) -> str:
    """Return the stored hash of a refresh token; the token has enough entropy for a plain hash."""
    return hashlib.sha256(token.encode()).hexdigest()
