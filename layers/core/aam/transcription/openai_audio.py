"""A speech service behind OpenAI's /v1/audio/transcriptions, or behind any server that speaks it.

One request for each piece of sound, and no retries in the SDK: one owner retries.  The raw reply is returned, because
the SDK builds an object of any JSON, and it is read against a deadline and a size of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aam.foundation.clock import utc_now
from aam.foundation.errors import AppError
from aam.transcription.errors import (
    EngineCredentialsRefused,
    EngineQuotaExhausted,
    EngineRateLimited,
    EngineRefusedRecording,
    EngineReplyForeign,
    EngineTimedOut,
    EngineUnavailable,
)
from aam.vendor_limits.retry_after import seconds_named

if TYPE_CHECKING:
    import openai

OPENAIS = "https://api.openai.com/"
MAX_REPLY_BYTES = 8 * 1024 * 1024
DIARIZES = "diarize"
"""What OpenAI's names of models have that tell speakers apart: they take no prompt and no granularities."""
VERBOSE, PLAIN, DIARIZED = "verbose_json", "json", "diarized_json"
_FORM_WORDS = ("response_format", "verbose_json", "timestamp_granularities", "timestamp granularities")

_plain_servers: set[tuple[str, str]] = set()
"""Servers and models that have refused verbose JSON; this process does not ask them again."""


@dataclass(frozen=True)
class OpenAIAudioSettings:
    """Address, key and model; ``timeout_s`` is for a whole answer."""

    api_key: str = field(repr=False)
    model: str
    base_url: str
    timeout_s: float = 240.0

    @property
    def is_openais(self) -> bool:
        """Return whether it is OpenAI's own service."""
        return self.base_url.startswith(OPENAIS)


def transcribe_piece(
    wav: bytes, *, settings: OpenAIAudioSettings, language: str | None, wait_for_slot: Callable[[], None] = lambda: None
) -> bytes:
    """Send a piece of sound and return the reply as it came, unread.

    ``language`` is an ISO 639-1 code, or None to have it found.  Words with times are asked for first; a server that
    refuses that form is asked once more in the plainest, and remembered.  ``wait_for_slot`` is called just before each
    request goes out.  Raises the Engine… leaves.
    """
    server = (settings.base_url, settings.model)
    if DIARIZES in settings.model:
        return _asked(
            wav, settings, {"response_format": DIARIZED, "chunking_strategy": "auto"}, language, wait_for_slot
        )
    if server not in _plain_servers:
        try:
            form = {"response_format": VERBOSE, "timestamp_granularities": ["word", "segment"]}
            return _asked(wav, settings, form, language, wait_for_slot)
        except _FormRefused:
            _plain_servers.add(server)
    return _asked(wav, settings, {"response_format": PLAIN}, language, wait_for_slot)


class _FormRefused(Exception):
    """The server does not write replies of the form that was asked for."""


def _asked(
    wav: bytes,
    settings: OpenAIAudioSettings,
    form: dict[str, Any],
    language: str | None,
    wait_for_slot: Callable[[], None],
) -> bytes:
    """Make one request; the raw body of its success."""
    import httpx2
    import openai

    options = {**form, **({"language": language} if language else {})}
    try:
        with openai.OpenAI(api_key=settings.api_key, base_url=settings.base_url, max_retries=0) as client:
            create = client.with_options(timeout=settings.timeout_s).audio.transcriptions.with_streaming_response.create
            wait_for_slot()
            deadline = time.monotonic() + settings.timeout_s
            with create(file=("piece.wav", wav, "audio/wav"), model=settings.model, **options) as answer:
                return _body(answer.iter_bytes(), deadline)
    except (openai.APITimeoutError, httpx2.TimeoutException):
        raise EngineTimedOut from None
    except openai.APIStatusError as error:
        raise _translated(error, form) from None
    except (openai.OpenAIError, httpx2.HTTPError):
        raise EngineUnavailable from None


def _body(pieces: Iterable[bytes], deadline: float) -> bytes:
    received = bytearray()
    for piece in pieces:
        received += piece
        if len(received) > MAX_REPLY_BYTES:
            raise EngineReplyForeign
        if time.monotonic() > deadline:
            raise EngineTimedOut
    return bytes(received)


def _translated(error: openai.APIStatusError, form: dict[str, Any]) -> AppError | _FormRefused:
    """Return our leaf for a status (https://platform.openai.com/docs/guides/error-codes)."""
    status, said = error.status_code, f"{error.body} {error.message}".lower()
    if status in (401, 403):
        return EngineCredentialsRefused()
    if status == 402 or "insufficient_quota" in said:
        return EngineQuotaExhausted()
    if status in (408, 504):
        return EngineTimedOut()
    if status == 429:
        return EngineRateLimited(
            retry_after_s=seconds_named(error.response.headers.get("retry-after", ""), now=utc_now())
        )
    refuses_form = form["response_format"] == VERBOSE and any(word in said for word in _FORM_WORDS)
    if refuses_form and (400 <= status < 500 or status in (500, 501)):
        return _FormRefused()
    return EngineRefusedRecording() if 400 <= status < 500 else EngineUnavailable()
