"""Deepgram through its SDK: a streamed recording in, the canonical transcript out.

The SDK's traps that shape this file (measured with deepgram-sdk 7.17): its default two retries resend an
exhausted iterator as an empty body and report success, it turns any JSON 200 into a response, and its time
limit counts per network operation.  Hence no retries here (one owner retries), a source that must be
iterable anew, and validation of the raw bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from json import JSONDecodeError
from typing import TYPE_CHECKING, Any, cast

from aam.foundation.errors import AppError
from aam.transcription.deepgram_reply import from_deepgram_reply
from aam.transcription.errors import (
    EngineCredentialsRefused,
    EngineQuotaExhausted,
    EngineRateLimited,
    EngineRefusedRecording,
    EngineReplyForeign,
    EngineTimedOut,
    EngineUnavailable,
)
from aam.transcription.schemas import Transcript

if TYPE_CHECKING:
    import httpx
    from deepgram.core.api_error import ApiError

DEFAULT_BASE_URL = "https://api.deepgram.com"
DEFAULT_MODEL = "nova-3"
DEFAULT_VERSION = "latest"


@dataclass(frozen=True)
class DeepgramSettings:
    """Where and how Deepgram is asked; ``timeout_s`` counts per network operation."""

    api_key: str = field(repr=False)
    base_url: str = DEFAULT_BASE_URL
    model: str = DEFAULT_MODEL
    version: str = DEFAULT_VERSION
    timeout_s: float = 300.0


@dataclass(frozen=True)
class DeepgramResult:
    """The transcript and the reply's raw bytes, which the caller may keep beside it."""

    transcript: Transcript
    raw: bytes


def transcribe(
    audio: Iterable[bytes],
    *,
    settings: DeepgramSettings,
    language: str,
    keyterms: Sequence[str] = (),
    multichannel: bool = False,
    depart: Callable[[], None] = lambda: None,
) -> DeepgramResult:
    """Send a recording piece by piece and wait for its transcript.

    ``audio`` must start afresh at every ``iter()``.  ``multichannel`` says that each channel is one speaker; otherwise
    speakers are told apart by voice.  ``depart`` is called just before the request goes out.  Raises the Engine…
    leaves, NoSpeechRecognised, and whatever reading ``audio`` raises.
    """
    import httpx
    from deepgram import DeepgramClient
    from deepgram.core.api_error import ApiError
    from deepgram.environment import DeepgramClientEnvironment

    if isinstance(audio, Iterator):
        raise TypeError("audio must be iterable anew, not an iterator")
    bodies: list[bytes] = []
    base = settings.base_url.rstrip("/")
    environment = DeepgramClientEnvironment(base=base, production=base, agent=base, agent_rest=base)
    options: dict[str, Any] = {} if multichannel else {"diarize_model": "latest"}
    try:
        with httpx.Client(
            timeout=settings.timeout_s,
            event_hooks={
                "request": [lambda _request: depart()],
                "response": [lambda reply: bodies.append(reply.read())],
            },
        ) as http:
            client = DeepgramClient(api_key=settings.api_key, environment=environment, httpx_client=http)
            client.listen.v1.media.transcribe_file(
                request=cast("Iterator[bytes]", audio),
                model=settings.model,
                version=cast("Any", settings.version),
                language=language,
                keyterm=list(keyterms) or None,
                multichannel=multichannel,
                punctuate=True,
                smart_format=True,
                utterances=True,
                request_options={"max_retries": 0, "timeout_in_seconds": int(settings.timeout_s)},
                **options,
            )
    except ApiError as error:
        raise _translated(error) from error
    except httpx.TimeoutException as error:
        raise EngineTimedOut from error
    except httpx.HTTPError as error:
        raise EngineUnavailable from error
    except (JSONDecodeError, UnicodeDecodeError) as error:
        raise EngineReplyForeign from error
    raw = bodies[-1] if bodies else b""
    return DeepgramResult(transcript=from_deepgram_reply(raw, language=language), raw=raw)


def _translated(error: ApiError) -> AppError:
    """Our leaf for a status that Deepgram documents (https://developers.deepgram.com/docs/errors)."""
    status = error.status_code or 0
    if status in (401, 403):
        return EngineCredentialsRefused()
    if status == 402:
        return EngineQuotaExhausted()
    if status == 408 or status == 504:
        return EngineTimedOut()
    if status == 429:
        return EngineRateLimited(retry_after_s=_retry_after(error.headers))
    if 400 <= status < 500:
        return EngineRefusedRecording()
    if 200 <= status < 300:
        return EngineReplyForeign()
    return EngineUnavailable()


def _retry_after(headers: Mapping[str, str] | httpx.Headers | None) -> float | None:
    value = next((v for k, v in (headers or {}).items() if k.lower() == "retry-after"), "")
    return float(value) if value.isascii() and value.isdigit() else None
