"""Clients for the stack's AWS, whichever backend answers."""

from typing import Any

from aam_local.emulator import ACCOUNT, REGION


def client(service: str, *, endpoint: str, secret_access_key: str, read_timeout: int = 120) -> Any:
    """Return a boto3 client for ``endpoint`` only, whatever the operator's own AWS settings are.

    It waits ``read_timeout`` seconds for an answer.
    """
    import boto3
    from botocore.config import Config

    return boto3.session.Session().client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key=secret_access_key,
        config=Config(
            retries={"max_attempts": 0},
            connect_timeout=5,
            read_timeout=read_timeout,
            signature_version="s3v4" if service == "s3" else None,
            s3={"addressing_style": "path"},
        ),
    )
