"""Artifacts by a language model behind OpenAI's chat completions, or behind any endpoint that speaks them.

One call, structured outputs, no retries in the SDK (it would sleep a whole Retry-After and retry an
exhausted quota); the reply is validated on its raw text, because the SDK builds an object of any JSON.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn, cast

from pydantic import ConfigDict, ValidationError

from aam.artifacts import errors
from aam.artifacts.catalogue import Scenario
from aam.artifacts.schemas import DraftArtifacts, Drafted, Interaction
from aam.artifacts.structure import read_reply, reply_schema
from aam.foundation.schemas import Value
from aam.transcription.schemas import Transcript

if TYPE_CHECKING:
    import openai

ENGINE = "openai"
DEFAULT_BASE_URL = "https://api.openai.com/v1"


@dataclass(frozen=True)
class OpenAISettings:
    """Where and how the model is asked; ``timeout_s`` counts per network operation.

    ``max_input_tokens`` is held against an estimate that is on the high side.
    """

    api_key: str = field(repr=False)
    model: str
    base_url: str = DEFAULT_BASE_URL
    timeout_s: float = 120.0
    max_input_tokens: int = 100_000
    max_output_tokens: int = 16_000


class _Loose(Value):
    model_config = ConfigDict(extra="ignore")


class _Message(_Loose):
    content: str | None = None
    refusal: str | None = None


class _Choice(_Loose):
    finish_reason: str
    message: _Message


class _Cached(_Loose):
    cached_tokens: int | None = None


class _Usage(_Loose):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _Cached | None = None


class _Completion(_Loose):
    model: str
    choices: tuple[_Choice, ...]
    usage: _Usage | None = None


def draft_with_openai(
    transcript: Transcript,
    *,
    scenario: Scenario,
    people: Sequence[str],
    settings: OpenAISettings,
    language: str | None = None,
    attempt: int = 1,
) -> Drafted:
    """Ask the model once for all sections of a scenario.

    ``language`` is that of the texts, the transcript's where None.  Raises the Model… leaves or
    MeetingTooLong, whose ``interaction`` is the record of the failed call.
    """
    language = language or transcript.language
    call = _Call(settings, scenario.prompt.version, attempt, _messages(transcript, scenario, people, language))
    # A token is some 4 letters of English and 2.5 to 3 of Russian or Ukrainian, whose letters have two bytes.
    if len(call.prompt.encode()) / 3 > settings.max_input_tokens:
        call.fail(errors.MeetingTooLong())
    content = call.answer(reply_schema(scenario.sections))
    ids = [utterance.id for utterance in transcript.utterances]
    try:
        sections = read_reply(content, sections=scenario.sections, language=language, utterance_ids=ids)
    except errors.ModelReplyMismatch as error:
        call.fail(error)
    draft = DraftArtifacts(
        engine=ENGINE,
        model=call.model,
        prompt_version=scenario.prompt.version,
        language=language,
        sections=sections,
    )
    return Drafted(draft=draft, interactions=(call.record("ok"),))


def _messages(transcript: Transcript, scenario: Scenario, people: Sequence[str], language: str) -> list[dict[str, str]]:
    asked = "\n".join(f"- {section.kind}: {section.instruction}" for section in scenario.sections)
    rules = f"{scenario.prompt.text}\n\nLanguage of the texts: {language}\n\nSections:\n{asked}"
    lines = [json.dumps({"participants": list(people)}, ensure_ascii=False)]
    lines.extend(
        json.dumps([number, u.speaker, u.text], ensure_ascii=False) for number, u in enumerate(transcript.utterances, 1)
    )
    return [{"role": "system", "content": rules}, {"role": "user", "content": "\n".join(lines)}]


class _Call:
    """One call and what is known of it so far."""

    def __init__(
        self, settings: OpenAISettings, prompt_version: str, attempt: int, messages: list[dict[str, str]]
    ) -> None:
        self._settings, self._prompt_version, self._attempt = settings, prompt_version, attempt
        self._messages = messages
        self._started = time.monotonic()
        self._request_id: str | None = None
        self._response: str | None = None
        self._usage: _Usage | None = None
        self.model = settings.model
        self.prompt = json.dumps(messages, ensure_ascii=False)

    def answer(self, schema: dict[str, Any]) -> str:
        """The content of the model's one complete, unfiltered, unrefused answer."""
        self._response = self._post(schema)
        try:
            reply = _Completion.model_validate_json(self._response)
        except ValidationError:
            self.fail(errors.ModelReplyMismatch())
        self.model, self._usage = reply.model, reply.usage
        if not reply.choices:
            self.fail(errors.ModelReplyMismatch())
        choice = reply.choices[0]
        if choice.message.refusal:
            self.fail(errors.ModelRefused())
        if choice.finish_reason == "content_filter":
            self.fail(errors.ModelContentFiltered())
        if choice.finish_reason == "length":
            self.fail(errors.ModelReplyTruncated())
        if not choice.message.content:
            self.fail(errors.ModelReplyMismatch())
        return choice.message.content

    def record(self, outcome: str) -> Interaction:
        """The record of the call as it stands."""
        usage = self._usage or _Usage()
        details = usage.prompt_tokens_details or _Cached()
        return Interaction(
            engine=ENGINE,
            model=self.model,
            prompt_version=self._prompt_version,
            attempt=self._attempt,
            outcome=outcome,
            request_id=self._request_id,
            duration_ms=round((time.monotonic() - self._started) * 1000),
            input_tokens=usage.prompt_tokens,
            cached_tokens=details.cached_tokens,
            output_tokens=usage.completion_tokens,
            prompt=self.prompt,
            response=self._response,
        )

    def fail(self, error: _Failure, cause: BaseException | None = None) -> NoReturn:
        """Raise an error together with the record of the call."""
        error.interaction = self.record(error.code)
        raise error from cause

    def _post(self, schema: dict[str, Any]) -> str:
        import openai

        settings = self._settings
        try:
            with openai.OpenAI(
                api_key=settings.api_key,
                base_url=settings.base_url,
                timeout=settings.timeout_s,
                max_retries=0,
            ) as client:
                raw = client.chat.completions.with_raw_response.create(
                    model=settings.model,
                    messages=cast("Any", self._messages),
                    max_completion_tokens=settings.max_output_tokens,
                    response_format={
                        "type": "json_schema",
                        "json_schema": {"name": "minutes", "strict": True, "schema": schema},
                    },
                )
                self._request_id = raw.headers.get("x-request-id")
                return raw.text
        except openai.APITimeoutError as error:
            self.fail(errors.ModelTimedOut(), error)
        except openai.APIStatusError as error:
            self._request_id = error.response.headers.get("x-request-id")
            self.fail(_translated(error), error)
        except openai.OpenAIError as error:
            self.fail(errors.ModelUnavailable(), error)


_Failure = (
    errors.MeetingTooLong
    | errors.ModelRefused
    | errors.ModelContentFiltered
    | errors.ModelReplyTruncated
    | errors.ModelReplyMismatch
    | errors.ModelCredentialsRefused
    | errors.ModelQuotaExhausted
    | errors.ModelRequestRefused
    | errors.ModelRateLimited
    | errors.ModelTimedOut
    | errors.ModelUnavailable
)


def _translated(error: openai.APIStatusError) -> _Failure:
    """Our leaf for a status and code of https://platform.openai.com/docs/guides/error-codes."""
    code = error.code if isinstance(error.code, str) else ""
    if code == "insufficient_quota" or error.status_code == 402:
        return errors.ModelQuotaExhausted()
    if code == "context_length_exceeded" or error.status_code == 413:
        return errors.MeetingTooLong()
    if code in ("content_filter", "content_policy_violation"):
        return errors.ModelContentFiltered()
    if error.status_code in (401, 403):
        return errors.ModelCredentialsRefused()
    if error.status_code in (408, 504):
        return errors.ModelTimedOut()
    if error.status_code == 429:
        limited = errors.ModelRateLimited()
        wait = error.response.headers.get("retry-after", "")
        limited.retry_after_s = float(wait) if wait.isascii() and wait.isdigit() else None
        return limited
    return errors.ModelRequestRefused() if error.status_code < 500 else errors.ModelUnavailable()
