"""Errors of registering and logging in."""

from __future__ import annotations

from aam.foundation.errors import AppError, Conflict, Unauthenticated


class WrongCredentials(Unauthenticated):
    """Unknown address, wrong password, or a disabled account: the words are the same for all three."""

    code = "wrong_credentials"
    sentence = "The e-mail address or the password is wrong."


class BadAccessToken(Unauthenticated):
    """The access token is missing, forged, expired or signed with a retired key."""

    code = "bad_access_token"
    sentence = "The access token is missing, expired or not ours; refresh it or log in again."


class BadRefreshToken(Unauthenticated):
    """The refresh token is unknown, expired, revoked or used already."""

    code = "bad_refresh_token"
    sentence = "This session is over; log in again."


class EmailTaken(Conflict):
    """The address is registered already."""

    code = "email_taken"
    sentence = "This e-mail address is registered already; log in instead."


class RegistrationClosed(AppError):
    """New organizations are made by operators here."""

    code = "registration_closed"
    http_status = 403
    sentence = "Registration is closed here; ask an operator for an account."


class OrganizationOwnerOnly(AppError):
    """A member tried what only the organization's owner may do."""

    code = "organization_owner_only"
    http_status = 403
    sentence = "Only the owner of your organization may change this; ask them."
