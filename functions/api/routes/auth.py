"""Registering, logging in, refreshing, logging out."""

from __future__ import annotations

from aam.foundation.database import transaction
from aam.foundation.throttle import Throttled
from aam.identity.errors import BadRefreshToken, EmailTaken, RegistrationClosed, WrongCredentials
from aam.identity.schemas import Credentials, NewAccount, RefreshRequest, Session, Tokens
from aam.identity.service import (
    begin_session,
    hashed,
    log_in,
    log_out,
    refresh_session,
    register,
    throttle_registration,
)
from calls import Call, Endpoints

endpoints = Endpoints("auth")


@endpoints.route(
    "POST",
    "/auth/register",
    body=NewAccount,
    answer=Session,
    status=201,
    public=True,
    errors=(RegistrationClosed, EmailTaken, Throttled),
)
def register_account(call: Call, *, body: NewAccount) -> Session:
    """Register: makes a new organization that the registrant owns, and begins a session."""
    from aam.meetings.catalogue_rows import sync_catalogue

    if not call.settings.open_registration:
        raise RegistrationClosed
    login_context = call.login_context()
    throttle_registration(login_context)
    password_hash = hashed(body)
    with transaction() as session:
        user = register(session, body, password_hash=password_hash)
        sync_catalogue(session, user.organization_id)
        return begin_session(session, user, context=login_context)


@endpoints.route(
    "POST", "/auth/login", body=Credentials, answer=Session, public=True, errors=(WrongCredentials, Throttled)
)
def login(call: Call, *, body: Credentials) -> Session:
    """Log in with e-mail and password."""
    return log_in(body, context=call.login_context(), open_transaction=transaction)


@endpoints.route("POST", "/auth/refresh", body=RefreshRequest, answer=Tokens, public=True, errors=(BadRefreshToken,))
def refresh(call: Call, *, body: RefreshRequest) -> Tokens:
    """Exchange a refresh token, which works once, for a new pair of tokens."""
    return refresh_session(
        body.refresh_token.get_secret_value(), context=call.login_context(), open_transaction=transaction
    )


@endpoints.route("POST", "/auth/logout", body=RefreshRequest, status=204, public=True)
def logout(call: Call, *, body: RefreshRequest) -> None:
    """End the session that a refresh token belongs to."""
    with transaction() as session:
        log_out(session, body.refresh_token.get_secret_value(), now=call.now)
