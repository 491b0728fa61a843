"""Clients of AWS services other than S3, made when first used."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

LIVES_AT_MOST_S = 900
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html"""

Service = Literal["sqs", "stepfunctions", "dynamodb", "lambda", "secretsmanager", "cloudformation"]


@cache
def client(service: Service) -> Any:
    """Return the client of a service, one per worker; short timeouts, three attempts."""
    import boto3
    from botocore.config import Config

    return boto3.client(
        service,
        config=Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 3, "mode": "standard"}),
    )


@cache
def patient_lambda() -> Any:
    """Return a Lambda client for calls that take minutes: waits as long as a function may live, never calls twice.

    Who gives up earlier and repeats has two of them at the same work.
    """
    import boto3
    from botocore.config import Config

    return boto3.client(
        "lambda",
        config=Config(
            connect_timeout=5,
            read_timeout=LIVES_AT_MOST_S,
            retries={"total_max_attempts": 1, "mode": "standard"},
        ),
    )
