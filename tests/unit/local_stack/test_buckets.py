"""What is brought into the stack's buckets may be of any size, and of a length that nobody knows before."""

from __future__ import annotations

import io
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from aam_local import buckets
from aam_local.buckets import StackBucket
from aam_local.errors import UserError

PART = 5 * 1024**2


class Stream(io.RawIOBase):
    """Bytes that come from elsewhere: they can be read once, and nobody says how many there are."""

    def __init__(self, size: int) -> None:
        self.left = size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def read(self, size: int = -1) -> bytes:
        taken = self.left if size < 0 else min(size, self.left)
        self.left -= taken
        return b"x" * taken


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[StackBucket]:
    monkeypatch.setattr(buckets, "PART_BYTES", PART)
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
        client.create_bucket(Bucket="ours")
        yield StackBucket(client, "ours", "Do this.")


def test_what_is_large_goes_in_parts_and_is_seen_as_it_leaves(bucket: StackBucket) -> None:
    seen: list[int] = []
    bucket.put("large", Stream(2 * PART + 7), seen=seen.append)  # type: ignore[arg-type]
    head = bucket.client.head_object(Bucket="ours", Key="large")
    assert (head["ContentLength"], head["ETag"][-3:]) == (2 * PART + 7, '-3"')
    assert (sum(seen), len(seen) > 2) == (2 * PART + 7, True)


def test_a_refusal_is_one_sentence(bucket: StackBucket) -> None:
    with pytest.raises(UserError, match=r"^The bucket other failed \(\w+\)\. Do this\.$"):
        StackBucket(bucket.client, "other", "Do this.").put("x", io.BytesIO(b"x"))
