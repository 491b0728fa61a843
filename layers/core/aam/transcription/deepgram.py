"""Deepgram through its SDK: a recording in, streamed or by URL, and its reply out.

The SDK's traps that shape this file (measured with deepgram-sdk 7.17): its default two retries resend an
exhausted iterator as an empty body and report success, it turns any JSON 200 into a response, and its time
limit counts per network operation.  Hence no retries here (one owner retries), a source that must be
iterable anew, and validation of the raw bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from json import JSONDecodeError
from typing import TYPE_CHECKING, Any, Literal, cast

from pydantic import ValidationError

from aam.foundation.clock import utc_now
from aam.foundation.errors import AppError
from aam.foundation.schemas import Value
from aam.meetings.speech import DETECT
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
    import httpx
    from deepgram import DeepgramClient
    from deepgram.core.api_error import ApiError

DEFAULT_BASE_URL = "https://api.deepgram.com"


@dataclass(frozen=True)
class DeepgramSettings:
    """Address and key of Deepgram; ``timeout_s`` counts per network operation."""

    api_key: str = field(repr=False)
    base_url: str = DEFAULT_BASE_URL
    timeout_s: float = 300.0


class ListenOptions(Value):
    """Options of a request for a recording; model and version are always given.

    ``language`` is Deepgram's tag, ``multi``, or ``detect``.  ``terms`` go under the name that the model has for them.
    ``multichannel`` says that each channel is one speaker; otherwise speakers are told apart by voice, if at all.
    """

    model: str
    version: str = "latest"
    language: str
    terms: tuple[str, ...] = ()
    terms_as: Literal["keyterm", "keywords", "none"] = "keyterm"
    multichannel: bool = False
    diarize: bool = True
    utterances: bool = True
    smart_format: bool = True
    redact: tuple[str, ...] = ()
    model_improvement: bool = False

    def parameters(self) -> dict[str, Any]:
        """Return the options as the SDK's keywords."""
        asked: dict[str, Any] = {
            "model": self.model,
            "version": self.version,
            "multichannel": self.multichannel,
            "punctuate": True,
            "smart_format": self.smart_format,
            "utterances": self.utterances,
            "mip_opt_out": not self.model_improvement,
        }
        asked |= {"detect_language": True} if self.language == DETECT else {"language": self.language}
        if self.diarize and not self.multichannel:
            asked["diarize_model"] = "latest"
        if self.terms and self.terms_as != "none":
            asked[self.terms_as] = list(self.terms)
        if self.redact:
            asked["redact"] = list(self.redact)
        return asked


class _Accepted(Value):
    request_id: str


def transcribe(
    audio: Iterable[bytes],
    *,
    settings: DeepgramSettings,
    options: ListenOptions,
    wait_for_slot: Callable[[], None] = lambda: None,
) -> bytes:
    """Send a recording piece by piece and wait for Deepgram's reply, which is returned as it came, unread.

    ``audio`` must start afresh at every ``iter()``.  ``wait_for_slot`` is called just before the request goes out.
    Raises the Engine… leaves, and what reading ``audio`` raises.
    """
    if isinstance(audio, Iterator):
        raise TypeError("audio must be iterable anew, not an iterator")
    return _asked(
        settings,
        lambda client, limits: client.listen.v1.media.transcribe_file(
            request=cast("Iterator[bytes]", audio), request_options=limits, **options.parameters()
        ),
        wait_for_slot,
    )


def submit(
    url: str,
    *,
    settings: DeepgramSettings,
    options: ListenOptions,
    callback: str,
    callback_method: Literal["PUT", "POST"],
    wait_for_slot: Callable[[], None] = lambda: None,
) -> str:
    """Have Deepgram fetch a recording and answer to ``callback`` later; returns its id of the request.

    ``wait_for_slot`` is called just before the request goes out.  Raises the Engine… leaves.
    """
    body = _asked(
        settings,
        lambda client, limits: client.listen.v1.media.transcribe_url(
            url=url,
            callback=callback,
            callback_method=callback_method,
            request_options=limits,
            **options.parameters(),
        ),
        wait_for_slot,
    )
    try:
        return _Accepted.model_validate_json(body).request_id
    except ValidationError:
        raise EngineReplyForeign from None


def _asked(
    settings: DeepgramSettings, ask: Callable[[DeepgramClient, Any], object], wait_for_slot: Callable[[], None]
) -> bytes:
    """Make one request; the raw body of its success."""
    import httpx
    from deepgram import DeepgramClient
    from deepgram.core.api_error import ApiError
    from deepgram.environment import DeepgramClientEnvironment

    bodies: list[bytes] = []
    base = settings.base_url.rstrip("/")
    environment = DeepgramClientEnvironment(base=base, production=base, agent=base, agent_rest=base)
    try:
        with httpx.Client(
            timeout=settings.timeout_s,
            event_hooks={
                "request": [lambda _request: wait_for_slot()],
                "response": [lambda reply: bodies.append(reply.read())],
            },
        ) as http:
            client = DeepgramClient(api_key=settings.api_key, environment=environment, httpx_client=http)
            ask(client, {"max_retries": 0, "timeout_in_seconds": int(settings.timeout_s)})
    except ApiError as error:
        raise _translated(error) from error
    except httpx.TimeoutException as error:
        raise EngineTimedOut from error
    except httpx.HTTPError as error:
        raise EngineUnavailable from error
    except (JSONDecodeError, UnicodeDecodeError) as error:
        raise EngineReplyForeign from error
    return bodies[-1] if bodies else b""


def _translated(error: ApiError) -> AppError:
    """Return our leaf for a status that Deepgram documents (https://developers.deepgram.com/docs/errors)."""
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
    return seconds_named(value, now=utc_now())
