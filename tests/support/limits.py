"""Fixtures of vendors' limits: a table of moto's, and a clock that only moves when told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from moto import mock_aws

from aam.foundation.state_table import StateTable
from tests.support.cloud import TABLE, kept_client


@dataclass
class HandClock:
    """Seconds since the epoch, moved by hand or by sleeping."""

    seconds: float = 1_800_000_000.0

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@contextmanager
def moto_table() -> Iterator[StateTable]:
    """Yield an empty state table for the block."""
    with mock_aws():
        client = kept_client(
            "dynamodb", region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing"
        )
        client.create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield StateTable(client, TABLE)
