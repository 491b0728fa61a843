"""The bucket as cleanups see it: the same on moto's S3 and on the store in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aam.foundation.storage import ObjectStore
from aam.store.bucket import Bucket
from tests.support.memory_s3 import MemoryClient
from tests.support.store import moto_store


@pytest.fixture(params=["moto", "memory"])
def bucket(request: pytest.FixtureRequest) -> Iterator[Bucket]:
    if request.param == "memory":
        yield Bucket(ObjectStore(MemoryClient(page=2), "b"))  # type: ignore[arg-type]
    else:
        with moto_store() as store:
            yield Bucket(store)


def put(bucket: Bucket, *keys: str) -> None:
    for key in keys:
        bucket.store.write(key, key.encode(), content_type="text/plain")


def keys(bucket: Bucket, prefix: str = "") -> list[str]:
    return [each.key for each in bucket.versions(prefix)]


def with_versions_on(bucket: Bucket) -> Bucket:
    """The bucket as whoever comes next sees it."""
    wanted = {"Status": "Enabled"}
    bucket.store.client.put_bucket_versioning(Bucket=bucket.store.bucket, VersioningConfiguration=wanted)
    return Bucket(bucket.store)


def test_a_listing_is_in_the_order_of_bytes_with_sizes(bucket: Bucket) -> None:
    put(bucket, "a/б", "a/z", "a/1", "b/1", "a/Z")
    assert keys(bucket, "a/") == ["a/1", "a/Z", "a/z", "a/б"]
    assert [each.size for each in bucket.versions("a/")] == [3, 3, 3, 4]
    assert {each.version for each in bucket.versions("a/")} == {"null"}


def test_what_was_listed_can_be_deleted_and_nothing_else_goes(bucket: Bucket) -> None:
    put(bucket, "a/1", "a/2", "a/3", "b/1")
    listed = [(each.key, each.version) for each in bucket.versions("a/")]
    assert bucket.delete([listed[:2], listed[2:], []]) == set()
    assert keys(bucket) == ["b/1"]
    assert bucket.delete([listed]) == set(), "a second time changes nothing"


def test_versions_and_markers_all_go(bucket: Bucket) -> None:
    put(bucket, "a/before")
    assert not bucket.has_versions
    bucket = with_versions_on(bucket)
    assert bucket.has_versions
    put(bucket, "a/1", "a/1", "a/before")
    bucket.store.delete("a/1")
    assert keys(bucket) == ["a/1", "a/1", "a/1", "a/before", "a/before"]
    assert bucket.delete_prefix("a/") == (5, set())
    assert keys(bucket) == []


def test_of_each_version_it_is_known_what_became_of_it(bucket: Bucket) -> None:
    bucket = with_versions_on(bucket)
    put(bucket, "a/1", "a/1", "a/1", "a/2", "a/3", "a/4")
    for key in ("a/2", "a/4"):
        bucket.store.delete(key)
    bucket.delete([[(each.key, each.version) for each in bucket.versions("a/4") if each.hidden]])
    found: dict[str, list[tuple[bool, bool]]] = {}
    for each in bucket.versions(""):
        found.setdefault(each.key, []).append((each.useless_since is not None, each.hidden))
    assert found["a/1"] == [(False, False), (True, False), (True, False)]
    assert found["a/2"] == [(False, False), (True, True)]
    assert found["a/3"] == [(False, False)]
    assert found["a/4"] == [(True, False)]


def test_a_tag_is_given_changed_and_taken_off_and_others_stay(bucket: Bucket) -> None:
    put(bucket, "a/1", "a/2")
    at = {"Bucket": bucket.store.bucket, "Key": "a/1"}

    def tags() -> dict[str, str]:
        return {each["Key"]: each["Value"] for each in bucket.store.client.get_object_tagging(**at)["TagSet"]}

    bucket.store.client.put_object_tagging(**at, Tagging={"TagSet": [{"Key": "theirs", "Value": "x"}]})
    for value, changed in (("30", 1), ("30", 0), ("90", 1)):
        assert bucket.tag([("a/1", value), ("gone", value)], name="ours") == changed
        assert tags() == {"theirs": "x", "ours": value}
    assert [bucket.tag([("a/1", None), ("a/2", None)], name="ours") for _ in range(2)] == [1, 0]
    assert tags() == {"theirs": "x"}


def test_a_missing_object_is_missing(bucket: Bucket) -> None:
    from aam.foundation.storage import ObjectMissing

    with pytest.raises(ObjectMissing):
        bucket.store.read("nothing")
    with pytest.raises(ObjectMissing):
        bucket.store.size("nothing")


def test_a_range_is_read_by_its_bytes(bucket: Bucket) -> None:
    put(bucket, "a/0123456")
    assert bucket.store.read_range("a/0123456", 2, 4) == b"012"
    assert bucket.store.read_range("a/0123456", 7, 99) == b"56"


def test_uploads_in_parts_are_listed_and_aborted_once(bucket: Bucket) -> None:
    client = bucket.store.client
    begun = client.create_multipart_upload(Bucket=bucket.store.bucket, Key="meetings/a")["UploadId"]
    client.create_multipart_upload(Bucket=bucket.store.bucket, Key="other/a")
    (found,) = bucket.unfinished("meetings/")
    assert (found.key, found.upload_id) == ("meetings/a", begun)
    bucket.abort(found.key, found.upload_id)
    bucket.abort(found.key, found.upload_id)
    assert [each.key for each in bucket.unfinished("")] == ["other/a"]


def test_what_the_store_refuses_is_named() -> None:
    client = MemoryClient(locked={"a/2"})
    bucket = Bucket(ObjectStore(client, "b"))  # type: ignore[arg-type]
    put(bucket, "a/1", "a/2")
    assert bucket.delete([[(each.key, each.version) for each in bucket.versions("a/")]]) == {"a/2"}
    assert keys(bucket) == ["a/2"]
