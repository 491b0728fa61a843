"""Facts of an upload's content: as a run found them, until then by its name and type."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict

from aam.foundation.schemas import Value
from aam.uploads.models import UploadBlob
from aam.uploads.names import names_recording, names_transcript
from aam.uploads.rules import TRANSCRIPT_TYPES

Kind = Literal["recording", "transcript"]


class TranscriptFacts(Value):
    """Facts about a transcript, kept where a recording's codecs are kept; ``language`` is that of its text."""

    model_config = ConfigDict(extra="ignore")

    kind: Literal["transcript"] = "transcript"
    language: str | None = None


def announces_transcript(filename: str, content_type: str) -> bool:
    """Return whether an upload's name or, where that tells nothing, its media type says that it brings a transcript."""
    if names_transcript(filename) or names_recording(filename):
        return names_transcript(filename)
    return content_type.partition(";")[0].strip() in TRANSCRIPT_TYPES


def known_kind(upload: UploadBlob) -> Kind | None:
    """Return the kind of the upload's content; None before a run has probed it."""
    if upload.media_facts is None:
        return None
    return "transcript" if upload.media_facts.get("kind") == "transcript" else "recording"


def brings_transcript(upload: UploadBlob) -> bool:
    """Return whether an upload is a transcript: by its content where that is known, else by its name and type."""
    kind = known_kind(upload)
    return announces_transcript(upload.filename, upload.content_type) if kind is None else kind == "transcript"


def language_found(upload: UploadBlob) -> str | None:
    """Return the language of a transcript that was read, given or detected."""
    return TranscriptFacts.model_validate(upload.media_facts).language if known_kind(upload) == "transcript" else None
