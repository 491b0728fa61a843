"""Sending a file through presigned URLs: one PUT, or parts, each read from the file as it is sent."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from aam_cli.api_client import Answer, Api
from aam_local.errors import UserError

CONTENT_TYPES = {
    ".vtt": "text/vtt",
    ".srt": "application/x-subrip",
    ".txt": "text/plain",
    ".sbv": "text/plain",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".json": "application/json",
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".mkv": "video/x-matroska",
    ".webm": "video/webm",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".oga": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".aac": "audio/aac",
}
PARTS_AT_ONCE = 20


def content_type(file: Path, *, is_transcript: bool = False) -> str:
    """Return the type that a file's name stands for; raises UserError for names that are refused.

    What is said to be a transcript may have a name without a suffix: its content decides what it is.
    """
    suffix = Path(file.name.rstrip(". ")).suffix.lower()
    if is_transcript and not suffix:
        return "text/plain"
    try:
        return CONTENT_TYPES[suffix]
    except KeyError:
        known = " ".join(sorted(CONTENT_TYPES))
        raise UserError(f"{file.name} is neither a recording nor a transcript that is known here ({known}).") from None


def upload(api: Api, meeting_id: str, file: Path, media_type: str, *, tell: Callable[[int, int], None]) -> str:
    """Upload a file to a meeting; ``tell`` hears bytes sent and bytes in all.  Returns the upload's id."""
    size = file.stat().st_size
    made = api.call(
        "POST",
        f"/meetings/{meeting_id}/uploads",
        {"filename": file.name, "content_type": media_type, "size": size},
    )
    if made.get("put"):
        with file.open("rb") as source:
            send(api, made["put"], source.read())
        tell(size, size)
        return str(made["id"])
    sent = 0
    for wanted in batches(file, made["parts"]["part_size"]):
        signed = api.call("POST", f"/uploads/{made['id']}/parts", {"parts": wanted})
        for part in signed["parts"]:
            sent += send(api, part, read_part(file, made["parts"]["part_size"], part["part_number"]))
            tell(sent, size)
    api.call("POST", f"/uploads/{made['id']}/complete", {})
    return str(made["id"])


def batches(file: Path, part_size: int) -> Iterator[list[Answer]]:
    """Yield the parts of a file with their checksums, some at a time."""
    count = -(-file.stat().st_size // part_size)
    for first in range(1, count + 1, PARTS_AT_ONCE):
        batch = []
        for number in range(first, min(first + PARTS_AT_ONCE, count + 1)):
            part = read_part(file, part_size, number)
            checksum = base64.b64encode(hashlib.sha256(part).digest()).decode()
            batch.append({"part_number": number, "size": len(part), "sha256": checksum})
        yield batch


def read_part(file: Path, part_size: int, number: int) -> bytes:
    """Return one part of a file; parts count from 1."""
    with file.open("rb") as source:
        source.seek((number - 1) * part_size)
        return source.read(part_size)


def send(api: Api, request: Any, body: bytes) -> int:
    """Send bytes by PUT to a presigned URL with exactly the headers that were signed; return how many."""
    answer = api.http.request("PUT", request["url"], body=body, headers=request["headers"], retries=False, timeout=300)
    if answer.status >= 300:
        raise UserError(f"The store refused the upload ({answer.status}); run the command again.")
    return len(body)
