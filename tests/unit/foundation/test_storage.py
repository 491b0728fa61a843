"""An S3-compatible store: its own endpoint, its own keys, path style, SigV4."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.utils import parse_timestamp

from aam.foundation import storage
from aam.foundation.settings import BadConfiguration, load

SECRET = "arn:aws:secretsmanager:us-east-1:000000000000:secret:store"


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in {
        "MEDIA_BUCKET": "recordings",
        "STORAGE_ENDPOINT": "http://store.internal:9000",
        "STORAGE_PUBLIC_ENDPOINT": "https://files.example.com",
        "STORAGE_SECRET_ARN": SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    for kept in (load, storage.s3, storage.public_s3, storage.media_store):
        kept.cache_clear()
    yield
    for kept in (load, storage.s3, storage.public_s3, storage.media_store):
        kept.cache_clear()


def test_urls_for_clients_name_the_public_endpoint_and_are_signed_with_the_stores_own_keys(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(storage, "read_secret", lambda arn: '{"access_key": "STOREKEY", "secret_key": "s"}')
    for client, host in ((storage.public_s3(), "files.example.com"), (storage.s3(), "store.internal:9000")):
        url = urlsplit(storage.ObjectStore(client, "recordings").presigned_get("meetings/a", expires_s=60))
        assert (url.netloc, url.path) == (host, "/recordings/meetings/a")
        query = parse_qs(url.query)
        assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
        assert query["X-Amz-Credential"][0].startswith("STOREKEY/")


def test_a_secret_of_another_form_is_named_without_its_content(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "read_secret", lambda arn: '{"password": "hush"}')
    with pytest.raises(BadConfiguration) as refused:
        storage.s3()
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    "written", ["2026-11-22T09:55:40.123Z", "2026-11-22T09:55:40Z", "Sun, 22 Nov 2026 09:55:40 GMT", 1795341340, "20Z"]
)
def test_times_are_read_as_botocore_reads_them(written: str | float) -> None:
    def read(parse: Callable[[str | float], datetime]) -> tuple[datetime | str, timedelta | None]:
        try:
            found = parse(written)
        except ValueError as error:
            return str(error), None
        return found, found.utcoffset()

    assert read(storage.parse_time) == read(parse_timestamp)
