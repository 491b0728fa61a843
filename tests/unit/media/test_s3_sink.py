"""The multipart adapter against moto's S3."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws
from moto.server import ThreadedMotoServer

from aam.foundation.storage import StorageUnavailable
from aam.media.errors import EmptyFile, SourceMissing
from aam.media.s3_sink import PART_BYTES, S3PartSink
from aam.media.schemas import AudioFormat
from aam.media.service import extract_audio, probe
from aam.media.sinks import PartSink
from tests.support import recordings as make

BUCKET = "media"
NOISE = random.Random(1).randbytes(2 * PART_BYTES + 12_345)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        yield client


def _sink(client: Any) -> S3PartSink:
    return S3PartSink(client, bucket=BUCKET, key="derived/a.ogg", content_type="audio/ogg")


def _calls(client: Any) -> list[str]:
    made: list[str] = []
    client.meta.events.register("before-call.s3.*", lambda model, **_: made.append(model.name))
    return made


def _unfinished(client: Any) -> list[Any]:
    return client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", [])


def test_a_large_object_goes_in_parts_that_aws_accepts(client: Any) -> None:
    sink: PartSink = _sink(client)
    made = _calls(client)
    for at in range(0, len(NOISE), 1_000_003):
        sink.write(NOISE[at : at + 1_000_003])
    assert sink.complete() == len(NOISE)
    assert made == ["CreateMultipartUpload", "UploadPart", "UploadPart", "UploadPart", "CompleteMultipartUpload"]
    stored = client.get_object(Bucket=BUCKET, Key="derived/a.ogg")
    assert stored["Body"].read() == NOISE
    assert stored["ContentType"] == "audio/ogg"


def test_a_write_larger_than_two_parts_is_cut(client: Any) -> None:
    sink = _sink(client)
    sink.write(NOISE)
    sink.complete()
    parts = client.head_object(Bucket=BUCKET, Key="derived/a.ogg", PartNumber=1)
    assert parts["ContentLength"] >= PART_BYTES


@pytest.mark.parametrize("size", [0, 1, PART_BYTES - 1])
def test_a_small_object_is_one_put(size: int, client: Any) -> None:
    sink = _sink(client)
    made = _calls(client)
    sink.write(NOISE[:size])
    assert sink.complete() == size
    assert made == ["PutObject"]
    assert client.get_object(Bucket=BUCKET, Key=sink.key)["Body"].read() == NOISE[:size]


def test_abort_leaves_no_parts_behind(client: Any) -> None:
    sink = _sink(client)
    sink.write(NOISE[: PART_BYTES + 1])
    assert len(_unfinished(client)) == 1
    sink.abort()
    sink.abort()
    assert _unfinished(client) == []
    with pytest.raises(ClientError):
        client.head_object(Bucket=BUCKET, Key=sink.key)


def test_abort_after_complete_keeps_the_object(client: Any) -> None:
    sink = _sink(client)
    sink.write(NOISE)
    sink.complete()
    sink.abort()
    assert client.head_object(Bucket=BUCKET, Key=sink.key)["ContentLength"] == len(NOISE)


class _Unreachable:
    def __getattr__(self, name: str) -> Any:
        def call(**_: object) -> None:
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1/secret")

        return call


def test_an_unreachable_store_is_a_passing_fault() -> None:
    sink = _sink(_Unreachable())
    with pytest.raises(StorageUnavailable) as caught:
        sink.write(NOISE)
    assert "secret" not in str(caught.value)
    sink.abort()
    with pytest.raises(StorageUnavailable):
        _sink(_Unreachable()).complete()


def test_a_presigned_recording_becomes_audio_in_the_same_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole way over real HTTP: Range reads of a presigned URL, parts back into the store."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        client = boto3.client(
            "s3",
            region_name="us-east-1",
            endpoint_url=f"http://{host}:{port}",
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
        )
        client.create_bucket(Bucket=BUCKET)
        film = make.video(make.noise(4, seed=5), seconds=4)
        client.put_object(Bucket=BUCKET, Key="meetings/1/film.mp4", Body=film)
        url = client.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "meetings/1/film.mp4"})

        def open_sink(name: str, *, content_type: str) -> S3PartSink:
            return S3PartSink(client, bucket=BUCKET, key=f"derived/1/{name}", content_type=content_type)

        found = extract_audio(url, open_sink=open_sink, audio_format=AudioFormat.WAV16K)
        stored = client.get_object(Bucket=BUCKET, Key=found.outputs[0].key)["Body"].read()
        assert len(stored) == found.outputs[0].size_bytes
        assert abs(found.duration_ms - 4_000) < 130
        client.put_object(Bucket=BUCKET, Key="meetings/1/film.mp4", Body=b"")
        with pytest.raises(EmptyFile):
            probe(url)
        client.delete_object(Bucket=BUCKET, Key="meetings/1/film.mp4")
        with pytest.raises(SourceMissing):
            probe(url)
    finally:
        server.stop()
