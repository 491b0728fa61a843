"""Rules of uploads: allowed files, and sizes of parts."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from aam.uploads.errors import BadParts, UnsupportedMediaType, UploadTooLarge
from aam.uploads.schemas import NewUpload, PartPlan, WantedPart

MIB = 1024 * 1024
SINGLE_PUT_MAX = 100_000_000
PART_BYTES = 16 * MIB
PARTS_MAX = 10_000
"""What S3 allows: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html; parts of ours are ≥ 8 MiB."""

TRANSCRIPT_TYPES = (
    "text/vtt",
    "text/plain",
    "text/srt",
    "text/x-srt",
    "text/x-subrip",
    "application/x-subrip",
    "application/srt",
    "application/x-srt",
    "application/json",
    "text/json",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
)
"""What browsers and programs call transcripts."""

ALLOWED_TYPES = ("audio/*", "video/*", *TRANSCRIPT_TYPES, "application/octet-stream")
"""The last is what a browser says of a file whose suffix it does not know; the content decides what it is."""


@dataclass(frozen=True)
class UploadRules:
    """The largest file in bytes, and the content types by pattern."""

    max_bytes: int
    types: tuple[str, ...] = ALLOWED_TYPES


def check(new: NewUpload, rules: UploadRules) -> bool:
    """Return whether the file goes in parts; raises UploadTooLarge, UnsupportedMediaType."""
    if new.size > rules.max_bytes:
        raise UploadTooLarge(f"This file is larger than allowed ({rules.max_bytes:,} bytes).")
    kind = new.content_type.partition(";")[0].strip()
    if not any(fnmatchcase(kind, pattern) for pattern in rules.types):
        raise UnsupportedMediaType
    if new.multipart is False and new.size > SINGLE_PUT_MAX:
        raise UploadTooLarge(f"A single PUT takes at most {SINGLE_PUT_MAX:,} bytes; leave 'multipart' out.")
    wanted = new.multipart if new.multipart is not None else new.size > SINGLE_PUT_MAX
    return wanted and new.size > 0


def part_bytes(size: int) -> int:
    """Return the size of each part but the last: 16 MiB, or more where 10,000 parts would not do."""
    least = -(-size // PARTS_MAX)
    return max(PART_BYTES, -(-least // MIB) * MIB)


def plan(size: int, part_size: int) -> PartPlan:
    """Return how many parts a file of this size has."""
    return PartPlan(part_size=part_size, part_count=-(-size // part_size))


def check_part(part: WantedPart, *, size: int, part_size: int) -> None:
    """Raise BadParts unless the part has the size that its number must have."""
    count = plan(size, part_size).part_count
    if part.part_number > count:
        raise BadParts(f"This file has {count} parts; there is no part {part.part_number}.")
    expected = part_size if part.part_number < count else size - (count - 1) * part_size
    if part.size != expected:
        raise BadParts(f"Part {part.part_number} must have {expected} bytes.")
