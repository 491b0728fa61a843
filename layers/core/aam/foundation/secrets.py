"""Secrets, read from Secrets Manager and kept for a few minutes."""

from __future__ import annotations

SECRET_LIFETIME_S = 300


def read_secret(arn: str, *, fresh: bool = False) -> str:
    """Return the secret's text; cached for five minutes so that a rotation is seen without a restart, or read now."""
    from aws_lambda_powertools.utilities import parameters

    return str(parameters.get_secret(arn, max_age=SECRET_LIFETIME_S, force_fetch=fresh))
