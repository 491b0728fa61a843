"""Passwords: argon2id with the parameters that OWASP gives for 19 MiB.

https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MEMORY_KIB, PASSES, LANES = 19 * 1024, 2, 1

NOBODYS_HASH = "$argon2id$v=19$m=19456,t=2,p=1$Tm9ib2R5LCBub2JvZHkhIQ$Tm9ib2R5IGtub3dzIHRoaXMgcGFzc3dvcmQsIGV2ZXI"
"""Checked when there is no such user, so that the answer takes as long; no password is known to match it."""


@lru_cache(maxsize=1)
def hasher() -> PasswordHasher:
    """Return the hasher with our parameters."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)


def hash_password(password: str) -> str:
    """Return the hash that is stored, parameters and salt included."""
    return hasher().hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Return whether the password belongs to the hash; without a hash it takes as long and says no."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        hasher().verify(password_hash or NOBODYS_HASH, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None
