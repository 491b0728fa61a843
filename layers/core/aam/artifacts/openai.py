"""The adapter of a language model behind OpenAI's chat completions, or behind any server that speaks them.

One request at a time and no retries in the SDK, which would sleep a whole Retry-After and retry an exhausted quota.
The reply is validated on its raw text, because the SDK builds an object of any JSON, and it is read against a deadline
of its own, because the SDK's timeout counts for each network operation and a slow body outlives it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import ValidationError

from aam.artifacts import errors
from aam.artifacts.prompts import Feature, Request
from aam.artifacts.schemas import ModelName, TokenCount
from aam.artifacts.server_failures import Failure, error_of, refused_feature
from aam.foundation.schemas import IfPlausible, Value, replacing_nul

if TYPE_CHECKING:
    import openai

ENGINE = "openai"
OPENAIS = "https://api.openai.com/"
DEFAULT_BASE_URL = "https://api.openai.com/v1"
MAX_REPLY_BYTES = 16 * 1024 * 1024
CHARACTERS_PER_TOKEN = 6
"""More than any tokenizer makes of a token of English (4.5), Russian or Ukrainian (4); fewer tokens are a part only."""


@dataclass(frozen=True)
class OpenAISettings:
    """Address and settings of the model.

    ``timeout_s`` is for a whole answer, ``window_tokens`` counts the transcript's part of a request, four bytes a
    token; an ``effort`` of "" leaves reasoning to the model's own default.
    """

    api_key: str = field(repr=False)
    model: str
    base_url: str = DEFAULT_BASE_URL
    timeout_s: float = 240.0
    window_tokens: int = 30_000
    max_output_tokens: int = 16_000
    effort: str = ""

    @property
    def is_openais(self) -> bool:
        """Return whether it is OpenAI's own service, whose abilities are known."""
        return self.base_url.startswith(OPENAIS)


class _Loose(Value):
    """Fields that we do not read may be there."""


class _Message(_Loose):
    """A message; servers with a parser for thoughts put an answer that has no thoughts among them."""

    content: str | None = None
    refusal: str | None = None
    reasoning_content: Annotated[str | None, IfPlausible] = None
    reasoning: Annotated[str | None, IfPlausible] = None

    @property
    def answer(self) -> str:
        """Return the answer, wherever it stands."""
        places = (self.content, self.reasoning_content, self.reasoning)
        return next((text for text in places if text and text.strip()), "")


class _Choice(_Loose):
    finish_reason: str | None = None
    message: _Message


class _Cached(_Loose):
    cached_tokens: TokenCount = None


class _Usage(_Loose):
    prompt_tokens: TokenCount = None
    completion_tokens: TokenCount = None
    prompt_tokens_details: Annotated[_Cached | None, IfPlausible] = None


class _Completion(_Loose):
    model: ModelName
    choices: tuple[_Choice, ...]
    usage: Annotated[_Usage | None, IfPlausible] = None


@dataclass
class Exchange:
    """A request and its reply; filled as it comes, so that a failed one can be noted too.

    ``lacks`` is what the server says it does not know.  The body of an error is not kept: it may name a key.
    """

    model: str
    request_id: str | None = None
    response: str | None = None
    completion: _Completion | None = None
    lacks: Feature | None = None
    duration_ms: int = 0

    @property
    def usage(self) -> dict[str, int | None]:
        """Return tokens as the service counts them; None where it reports none."""
        usage = (self.completion and self.completion.usage) or _Usage()
        return {
            "input_tokens": usage.prompt_tokens,
            "cached_tokens": (usage.prompt_tokens_details or _Cached()).cached_tokens,
            "output_tokens": usage.completion_tokens,
        }

    def read(self, response: str) -> None:
        """Take a completion in; raises ModelUnavailable when it is something else, as a proxy's page is.

        What it reports of itself is only taken where it can be; an absurd figure costs nobody the answer.
        """
        self.response = replacing_nul(response)
        try:
            self.completion = _Completion.model_validate_json(response)
        except ValidationError:
            raise errors.ModelUnavailable from None
        self.model = self.completion.model or self.model
        if not self.completion.choices:
            raise errors.ModelUnavailable

    def content(self) -> str:
        """Return the one complete, unfiltered, unrefused answer.

        Raises ModelRefused, ModelContentFiltered, ModelReplyTruncated.
        """
        if self.completion is None:
            raise errors.ModelUnavailable
        choice = self.completion.choices[0]
        if choice.message.refusal:
            raise errors.ModelRefused
        if choice.finish_reason == "content_filter":
            raise errors.ModelContentFiltered
        if choice.finish_reason == "length":
            raise errors.ModelReplyTruncated
        return choice.message.answer


class ChatServer(AbstractContextManager["ChatServer"]):
    """The server, with one connection for all requests of a run."""

    def __init__(self, settings: OpenAISettings) -> None:
        self.settings = settings

    @cached_property
    def _client(self) -> openai.OpenAI:
        import openai

        return openai.OpenAI(api_key=self.settings.api_key, base_url=self.settings.base_url, max_retries=0)

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Hang up, if there was a call."""
        if "_client" in self.__dict__:
            self._client.close()

    def __enter__(self) -> Self:
        """Do nothing: nothing is opened before the first call."""
        return self

    def post(
        self,
        request: Request,
        exchange: Exchange,
        *,
        timeout_s: float,
        wait_for_slot: Callable[[], None] = lambda: None,
    ) -> None:
        """Send one request and fill in what came of it; call ``wait_for_slot`` just before it goes out.

        Raises the leaf that a failure amounts to; nothing that people said is in its message.
        """
        import httpx2
        import openai

        began = time.monotonic()
        body: dict[str, Any] = dict(request.body)
        try:
            create = self._client.with_options(timeout=timeout_s).chat.completions.with_streaming_response.create
            wait_for_slot()
            began = time.monotonic()
            with create(**body) as answer:
                exchange.request_id = answer.headers.get("x-request-id")
                exchange.read(_text(answer.iter_bytes(), began + timeout_s))
        except (openai.APITimeoutError, httpx2.TimeoutException):
            raise errors.ModelTimedOut from None
        except openai.APIStatusError as error:
            exchange.request_id = error.response.headers.get("x-request-id")
            failure = _failure(error)
            exchange.lacks = refused_feature(failure, request.body, is_openais=self.settings.is_openais)
            raise errors.ModelRequestRefused if exchange.lacks else error_of(failure) from None
        except (openai.OpenAIError, httpx2.HTTPError, UnicodeDecodeError):
            raise errors.ModelUnavailable from None
        finally:
            exchange.duration_ms = round((time.monotonic() - began) * 1000)
        if _is_cut_short(request, exchange):
            raise errors.ModelContextTooShort


def _text(pieces: Any, deadline: float) -> str:
    received = bytearray()
    for piece in pieces:
        received += piece
        if len(received) > MAX_REPLY_BYTES:
            raise errors.ModelUnavailable
        if time.monotonic() > deadline:
            raise errors.ModelTimedOut
    return received.decode()


def _failure(error: openai.APIStatusError) -> Failure:
    return Failure(
        status=error.status_code,
        code=error.code if isinstance(error.code, str) else "",
        said=f"{error.body} {error.message}".lower(),
        retry_after=error.response.headers.get("retry-after", ""),
    )


def _is_cut_short(request: Request, exchange: Exchange) -> bool:
    """Return whether the server counted far fewer tokens than were sent, as Ollama does beyond its num_ctx.

    The system text does not count: it is the same in all requests, and some servers report only what they did not have
    in their cache.
    """
    counted = exchange.usage["input_tokens"]
    sent = sum(len(message["content"]) for message in request.body["messages"] if message["role"] != "system")
    return bool(counted) and (counted or 0) < sent / CHARACTERS_PER_TOKEN
