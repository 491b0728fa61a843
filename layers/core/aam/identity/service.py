"""Use cases: register, log in, refresh, log out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from aam.foundation.clock import new_id
from aam.foundation.database import Transaction, violates
from aam.foundation.state_table import StateTable
from aam.foundation.throttle import Limit, forgive, spend
from aam.identity.errors import BadRefreshToken, EmailTaken, OrganizationOwnerOnly, WrongCredentials
from aam.identity.models import Organization, RefreshToken, User
from aam.identity.passwords import hash_password, matches
from aam.identity.schemas import Caller, Credentials, NewAccount, Session, Tokens, UserView, normal_email
from aam.identity.tokens import (
    ACCESS_LIFETIME,
    REFRESH_LIFETIME,
    REFRESH_REPEATS_FOR,
    SigningKeys,
    issue_access_token,
    new_refresh_token,
    refresh_hash,
    successor_of,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as DatabaseSession

REGISTER_PER_ADDRESS = Limit("register-address", attempts=200, window_s=3600)
LOGIN_PER_ADDRESS = Limit("login-address", attempts=100, window_s=900)
LOGIN_PER_EMAIL = Limit("login-email", attempts=10, window_s=900)


@dataclass(frozen=True)
class LoginContext:
    """Context of a login: signing keys, throttle counters, the caller's address, and the time."""

    keys: SigningKeys
    counters: StateTable
    address: str
    now: datetime


def register(session: DatabaseSession, account: NewAccount, *, password_hash: str) -> User:
    """Make a new organization and its first user, who owns it; raises EmailTaken.

    The hash is made before the transaction begins, because it takes its time.
    """
    organization = Organization(id=new_id(), name=account.organization_name)
    session.add(organization)
    session.flush()
    user = User(
        id=new_id(),
        organization_id=organization.id,
        email=account.email,
        full_name=account.full_name,
        password_hash=password_hash,
    )
    session.add(user)
    try:
        session.flush()
    except IntegrityError as error:
        if violates(error, "uq_users_email"):
            raise EmailTaken from None
        raise
    organization.owner_id = user.id
    return user


def throttle_registration(context: LoginContext) -> None:
    """Count a registration from this address; raises Throttled."""
    spend(context.counters, REGISTER_PER_ADDRESS, context.address, now=context.now)


def hashed(account: NewAccount) -> str:
    """Return the hash of a new account's password."""
    return hash_password(account.password.get_secret_value())


def log_in(credentials: Credentials, *, context: LoginContext, open_transaction: Transaction) -> Session:
    """Check e-mail and password and begin a session.

    Raises WrongCredentials, in the same words and after the same work whether the user exists or not, and Throttled.
    """
    email = normal_email(credentials.email)
    spend(context.counters, LOGIN_PER_ADDRESS, context.address, now=context.now)
    spend(context.counters, LOGIN_PER_EMAIL, email, now=context.now)
    with open_transaction() as session:
        user = session.execute(select(User).where(func.lower(User.email) == email)).scalar_one_or_none()
    fits = matches(user.password_hash if user else None, credentials.password.get_secret_value())
    if user is None or not fits or user.disabled_at is not None:
        raise WrongCredentials
    forgive(context.counters, LOGIN_PER_EMAIL, email, now=context.now)
    with open_transaction() as session:
        return begin_session(session, user, context=context)


def begin_session(session: DatabaseSession, user: User, *, context: LoginContext) -> Session:
    """Return tokens of a new family for this user."""
    refresh = new_refresh_token()
    keep_refresh_token(session, user, refresh, family_id=new_id(), now=context.now)
    tokens = tokens_of(user, refresh, context=context)
    return Session(user=UserView.model_validate(user), **tokens.model_dump())


def keep_refresh_token(session: DatabaseSession, user: User, refresh: str, *, family_id: UUID, now: datetime) -> None:
    """Store a refresh token, of which only the hash is kept."""
    session.add(
        RefreshToken(
            id=new_id(),
            organization_id=user.organization_id,
            user_id=user.id,
            family_id=family_id,
            token_hash=refresh_hash(refresh),
            expires_at=now + REFRESH_LIFETIME,
        )
    )


def tokens_of(user: User, refresh: str, *, context: LoginContext) -> Tokens:
    """Return a refresh token with a new access token."""
    caller = Caller(user_id=user.id, organization_id=user.organization_id)
    return Tokens(
        access_token=issue_access_token(caller, keys=context.keys, now=context.now),
        expires_in=int(ACCESS_LIFETIME.total_seconds()),
        refresh_token=refresh,
        refresh_expires_in=int(REFRESH_LIFETIME.total_seconds()),
    )


def refresh_session(refresh_token: str, *, context: LoginContext, open_transaction: Transaction) -> Tokens:
    """Exchange a refresh token for a new pair; raises BadRefreshToken.

    A client that sends it again within a few seconds gets the same successor.  A token that comes again later, or from
    another address, was stolen on one of the two ways: its whole family is revoked, and that stays although the caller
    is refused.
    """
    with open_transaction() as session:
        tokens = exchange_refresh_token(session, refresh_token, context=context) or repeated(
            session, refresh_token, context=context
        )
        if tokens is None:
            revoke_family(session, refresh_hash(refresh_token), only_if_used=True, now=context.now)
    if tokens is None:
        raise BadRefreshToken
    return tokens


def exchange_refresh_token(session: DatabaseSession, refresh_token: str, *, context: LoginContext) -> Tokens | None:
    """Return new tokens for a token seen for the first time; the update decides between parallel attempts."""
    used = session.execute(
        update(RefreshToken)
        .where(
            RefreshToken.token_hash == refresh_hash(refresh_token),
            RefreshToken.used_at.is_(None),
            RefreshToken.revoked_at.is_(None),
            RefreshToken.expires_at > context.now,
        )
        .values(used_at=context.now)
        .returning(RefreshToken.user_id, RefreshToken.family_id)
    ).one_or_none()
    user = session.get(User, used.user_id) if used else None
    if used is None or user is None or user.disabled_at is not None:
        return None
    successor = successor_of(refresh_token, key=context.keys.key, client=context.address)
    keep_refresh_token(session, user, successor, family_id=used.family_id, now=context.now)
    return tokens_of(user, successor, context=context)


def repeated(session: DatabaseSession, refresh_token: str, *, context: LoginContext) -> Tokens | None:
    """Return the successor of a token that the same client exchanged just now, if that one is still unused."""
    successor = successor_of(refresh_token, key=context.keys.key, client=context.address)
    before, after = aliased(RefreshToken), aliased(RefreshToken)
    user = session.scalar(
        select(User)
        .join(after, after.user_id == User.id)
        .join(before, before.family_id == after.family_id)
        .where(
            before.token_hash == refresh_hash(refresh_token),
            before.used_at > context.now - REFRESH_REPEATS_FOR,
            after.token_hash == refresh_hash(successor),
            after.used_at.is_(None),
            after.revoked_at.is_(None),
            after.expires_at > context.now,
            User.disabled_at.is_(None),
        )
    )
    return tokens_of(user, successor, context=context) if user else None


def log_out(session: DatabaseSession, refresh_token: str, *, now: datetime) -> None:
    """End the session that this token belongs to; unknown tokens change nothing and are not told apart."""
    revoke_family(session, refresh_hash(refresh_token), only_if_used=False, now=now)


def revoke_family(session: DatabaseSession, token_hash: str, *, only_if_used: bool, now: datetime) -> None:
    """Revoke every token of the family that this one belongs to."""
    family = select(RefreshToken.family_id).where(RefreshToken.token_hash == token_hash)
    if only_if_used:
        family = family.where(RefreshToken.used_at.is_not(None))
    session.execute(
        update(RefreshToken)
        .where(RefreshToken.family_id.in_(family), RefreshToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def require_organization_owner(session: DatabaseSession, *, caller: Caller) -> None:
    """Raise OrganizationOwnerOnly unless the caller owns the organization."""
    owner_id = session.scalar(select(Organization.owner_id).where(Organization.id == caller.organization_id))
    if owner_id != caller.user_id:
        raise OrganizationOwnerOnly
