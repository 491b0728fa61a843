"""Clients of AWS services other than S3, made when first used."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

Service = Literal["sqs", "stepfunctions", "dynamodb", "lambda", "secretsmanager", "cloudformation"]


@cache
def client(service: Service) -> Any:
    """One client a service and worker; short timeouts, three attempts."""
    import boto3
    from botocore.config import Config

    return boto3.client(
        service,
        config=Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 3, "mode": "standard"}),
    )
