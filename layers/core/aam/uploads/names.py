"""Make names of uploaded objects safe in every system that a key passes."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from pathlib import PurePosixPath

from aam.uploads.subject import Subject

NAME_BYTES = 120
EXTENSION_BYTES = 16
FALLBACK = "file"
TRANSCRIPT_SUFFIXES = frozenset({".vtt", ".srt", ".sbv", ".json", ".txt", ".docx"})
RECORDING_SUFFIXES = frozenset(
    {".mp4", ".m4a", ".mov", ".mkv", ".webm", ".mp3", ".ogg", ".oga", ".opus", ".wav", ".flac", ".aac"}
)


def safe_name(filename: str) -> str:
    """Return the file's name with letters of any script, digits, dot, hyphen and underscore; all else becomes ``_``.

    Folders are dropped, the form is NFC, and at most 120 bytes of UTF-8 remain, with the extension kept.
    """
    last = unicodedata.normalize("NFC", filename).replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    plain = "".join(character if allowed(character) else "_" for character in last)
    stem, dot, extension = plain.rpartition(".")
    if not dot or not extension.isalnum() or len(extension.encode()) > EXTENSION_BYTES:
        stem, extension = plain, ""
    ending = f".{extension}" if extension else ""
    room = NAME_BYTES - len(ending.encode())
    kept = stem.strip("._-").encode()[:room].decode(errors="ignore").rstrip("._-")
    made = f"{kept or FALLBACK}{ending}"
    return made if made == filename else safe_name(made)  # what was cut off may leave an ending that looks like another


def names_transcript(filename: str) -> bool:
    """Return whether the name suggests a transcript; the content decides later.

    Dots and spaces at the end, which some systems drop and others keep, are none of the name.
    """
    return _suffix(filename) in TRANSCRIPT_SUFFIXES


def names_recording(filename: str) -> bool:
    """Return whether the name suggests a recording."""
    return _suffix(filename) in RECORDING_SUFFIXES


def _suffix(filename: str) -> str:
    return PurePosixPath(filename.rstrip(". \u00a0\t")).suffix.lower()


def allowed(character: str) -> bool:
    """Return whether a character may stand in a key: letters, their marks, and digits of any script, ``._-``."""
    picture_style = "\ufe00" <= character <= "\ufe0f"  # variation selectors: marks, but of emoji
    return character in "._-" or (unicodedata.category(character)[0] in "LNM" and not picture_style)


def object_key(subject: Subject, *, filename: str, now: datetime) -> str:
    """Return ``meetings/{meetingId}/{timestamp}_{filename}``; the timestamp goes down to the microsecond."""
    return subject.uploaded(f"{now:%Y%m%dT%H%M%S%fZ}_{safe_name(filename)}")
