"""Deepgram's own JSON, saved and brought."""

from __future__ import annotations

from typing import Any

from aam.transcription.deepgram_reply import from_deepgram_reply
from aam.transcription.errors import EngineReplyForeign, ForeignJson, NoCues, NoSpeechRecognised
from aam.transcription.imports.limits import Meter
from aam.transcription.schemas import IMPORT, Transcript

_WRAPPERS = ("result", "response", "data")
"""Where SDKs put the reply in the object that they return."""


def transcript_of_deepgram_json(text: str, *, language: str, meter: Meter) -> Transcript:
    """Read a saved reply, bare or in an SDK's wrapper.

    Raises ForeignJson, with the reason where it is plain, or NoCues where the live adapter would blame the service.
    """
    try:
        transcript = _read(text.strip(), language=language)
    except NoSpeechRecognised as error:
        raise NoCues from error
    for utterance in transcript.utterances:
        meter.add(len(utterance.text), utterance.end_ms)
    return transcript.model_copy(update={"engine": IMPORT, "model": "json"})


def _read(text: str, *, language: str) -> Transcript:
    try:
        return from_deepgram_reply(text, language=language)
    except EngineReplyForeign as error:
        inner = _unwrapped(text)
        if inner is None:
            raise ForeignJson from error
    try:
        return from_deepgram_reply(inner, language=language)
    except EngineReplyForeign as error:
        raise ForeignJson from error


def _unwrapped(text: str) -> str | None:
    """Return the reply inside of a wrapper; None where there is none.  Raises ForeignJson for a known shape."""
    from pydantic_core import from_json, to_json

    try:
        value = from_json(text)
    except ValueError:
        raise ForeignJson("This file is no complete JSON; bring it as Deepgram sent it, or a .vtt file.") from None
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
        if isinstance(value, dict) and "results" in value:
            return to_json(value).decode()
    if not isinstance(value, dict):
        return None
    for name in _WRAPPERS:
        inner = value.get(name)
        if isinstance(inner, dict) and "results" in inner:
            return to_json(inner).decode()
    _refuse_known(value)
    return None


def _refuse_known(value: dict[str, Any]) -> None:
    """Raise ForeignJson with the precise reason where the shape is one of Deepgram's, but no transcript."""
    if "err_code" in value or value.get("error"):
        raise ForeignJson(
            "This JSON is an error that Deepgram answered, no transcript; transcribe the recording again."
        )
    if value.get("type") == "Results" or "channel_index" in value:
        raise ForeignJson("This JSON is one message of a live stream; bring the reply to a whole recording.")
    if "request_id" in value and "results" not in value:
        raise ForeignJson("This JSON only acknowledges a request; bring the reply that Deepgram sent to the callback.")
    results = value.get("results")
    if isinstance(results, dict) and not results.get("channels"):
        raise ForeignJson("This reply of Deepgram's has no channels, so it holds no transcript; bring the whole reply.")
