"""Deepgram's own JSON, saved by somebody and brought."""

from __future__ import annotations

from aam.transcription.deepgram_reply import from_deepgram_reply
from aam.transcription.errors import EngineReplyForeign, ForeignJson, NoCues, NoSpeechRecognised
from aam.transcription.schemas import Transcript


def transcript_of_deepgram_json(text: str, *, language: str, notes: tuple[str, ...]) -> Transcript:
    """Read a saved reply; raises ForeignJson or NoCues where the live adapter would blame the service."""
    try:
        transcript = from_deepgram_reply(text.lstrip("\ufeff"), language=language)
    except EngineReplyForeign as error:
        raise ForeignJson from error
    except NoSpeechRecognised as error:
        raise NoCues from error
    return transcript.model_copy(
        update={
            "engine": "import",
            "model": "json",
            "version": transcript.version,
            "notes": notes + transcript.notes,
        }
    )
