"""A bucket of moto's, behind our own ObjectStore."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from moto import mock_aws

from aam.foundation.storage import ObjectStore
from tests.support.cloud import kept_client

BUCKET = "aam-media-test"


@contextmanager
def moto_store() -> Iterator[ObjectStore]:
    """Yield an empty bucket for the block."""
    with mock_aws():
        client = kept_client(
            "s3", region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing"
        )
        client.create_bucket(Bucket=BUCKET)
        yield ObjectStore(client, BUCKET)
