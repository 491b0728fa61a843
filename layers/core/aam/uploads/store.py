"""Upload store: signed requests and multipart uploads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aam.foundation.storage import ObjectMissing, translated
from aam.uploads.schemas import ReceivedPart, SignedPart, SignedRequest, WantedPart

URL_LIFETIME_S = 900


@dataclass(frozen=True)
class UploadStore:
    """One bucket: ``calls`` talks to the store from inside, ``signs`` makes URLs for the outside."""

    calls: Any
    signs: Any
    bucket: str

    def sign_put(self, key: str, *, size: int, content_type: str) -> SignedRequest:
        """Return a PUT of exactly this size and type, which a store that knows If-None-Match performs once.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
        """
        url = self.signs.generate_presigned_url(
            "put_object",
            Params={
                "Bucket": self.bucket,
                "Key": key,
                "ContentLength": size,
                "ContentType": content_type,
                "IfNoneMatch": "*",
            },
            ExpiresIn=URL_LIFETIME_S,
        )
        headers = {"Content-Type": content_type, "If-None-Match": "*"}
        return SignedRequest(url=url, headers=headers, expires_in=URL_LIFETIME_S)

    def sign_part(self, key: str, multipart_id: str, part: WantedPart) -> SignedPart:
        """Return a PUT of one part with its size and checksum signed."""
        url = self.signs.generate_presigned_url(
            "upload_part",
            Params={
                "Bucket": self.bucket,
                "Key": key,
                "UploadId": multipart_id,
                "PartNumber": part.part_number,
                "ContentLength": part.size,
                "ChecksumSHA256": part.sha256,
            },
            ExpiresIn=URL_LIFETIME_S,
        )
        headers = {"x-amz-checksum-sha256": part.sha256}
        return SignedPart(part_number=part.part_number, url=url, headers=headers, expires_in=URL_LIFETIME_S)

    def begin_multipart(self, key: str, *, content_type: str) -> str:
        """Begin a multipart upload whose parts carry SHA-256 checksums; returns its id."""
        with translated():
            begun = self.calls.create_multipart_upload(
                Bucket=self.bucket, Key=key, ContentType=content_type, ChecksumAlgorithm="SHA256"
            )
        return str(begun["UploadId"])

    def parts(self, key: str, multipart_id: str) -> tuple[dict[str, Any], ...] | None:
        """Return the parts that have arrived as the store lists them, or None without such an upload."""
        pages = self.calls.get_paginator("list_parts").paginate(Bucket=self.bucket, Key=key, UploadId=multipart_id)
        try:
            with translated():
                return tuple(part for page in pages for part in page.get("Parts", ()))
        except ObjectMissing:
            return None

    def complete(self, key: str, multipart_id: str, parts: tuple[dict[str, Any], ...]) -> bool:
        """Put the parts together; False when the upload was completed or aborted meanwhile."""
        named = [
            {name: part[name] for name in ("PartNumber", "ETag", "ChecksumSHA256") if name in part} for part in parts
        ]
        try:
            with translated():
                self.calls.complete_multipart_upload(
                    Bucket=self.bucket, Key=key, UploadId=multipart_id, MultipartUpload={"Parts": named}
                )
        except ObjectMissing:
            return False
        return True

    def abort(self, key: str, multipart_id: str) -> None:
        """Abort a multipart upload; nothing happens when there is none."""
        try:
            with translated():
                self.calls.abort_multipart_upload(Bucket=self.bucket, Key=key, UploadId=multipart_id)
        except ObjectMissing:
            return

    def size(self, key: str) -> int | None:
        """Return an object's size in bytes, or None when there is none."""
        try:
            with translated():
                return int(self.calls.head_object(Bucket=self.bucket, Key=key)["ContentLength"])
        except ObjectMissing:
            return None

    def delete(self, key: str) -> None:
        """Delete an object; nothing happens when there is none."""
        with translated():
            self.calls.delete_object(Bucket=self.bucket, Key=key)


def received(part: dict[str, Any]) -> ReceivedPart:
    """Return a part as the API shows it."""
    return ReceivedPart(part_number=part["PartNumber"], size=part["Size"], sha256=part.get("ChecksumSHA256"))


def upload_store() -> UploadStore:
    """Return the bucket that this function's settings name."""
    from aam.foundation.settings import StorageSettings, load
    from aam.foundation.storage import public_s3, s3

    return UploadStore(calls=s3(), signs=public_s3(), bucket=load(StorageSettings).media_bucket)
