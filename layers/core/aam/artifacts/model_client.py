"""Client of a language model: ask within the limits, and never pay for the same answer twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from aam.artifacts import errors
from aam.artifacts.openai import ENGINE, ChatServer, Exchange
from aam.artifacts.prompts import Feature, Prompt, Request, request_of
from aam.artifacts.recorded_calls import RecordedCalls
from aam.artifacts.schemas import Interaction
from aam.foundation.errors import AppError
from aam.vendor_limits.errors import VendorBusy
from aam.vendor_limits.ports import RateLimiter

T = TypeVar("T")
OK = "ok"
MARGIN_S = 20.0
"""What a worker keeps of its time to note an answer and to hand its message back."""
LEAST_ANSWER_TOKENS = 500
"""What an answer is given at least; where the context has no room for that, the prompt is too long."""
_STANDING: dict[str, type[AppError]] = {
    leaf.code: leaf
    for leaf in (
        errors.MeetingTooLong,
        errors.ModelRefused,
        errors.ModelContentFiltered,
        errors.ModelReplyTruncated,
    )
}


class ModelClient:
    """Asks one prompt after another, and knows what the server has been found to lack.

    ``time_left`` gives the seconds for which the worker may still run.
    """

    def __init__(
        self,
        server: ChatServer,
        *,
        records: RecordedCalls,
        limiter: RateLimiter,
        attempt: int,
        time_left: Callable[[], float],
    ) -> None:
        self._server, self._records, self._limiter = server, records, limiter
        self._attempt, self._time_left = attempt, time_left
        self._lacks = frozenset({Feature.OLD_LIMIT} if server.settings.is_openais else ())
        self._sent_any = False
        self.model = server.settings.model

    def ask(self, prompt: Prompt, read: Callable[[str], T]) -> T:
        """Return the answer as ``read`` parses it, which raises ModelReplyMismatch; one mismatch is repaired.

        Raises the Model… leaves, MeetingTooLong, and VendorBusy when the prompt has to wait.
        """
        try:
            return self._answer(prompt, read)
        except errors.ModelReplyMismatch as mismatch:
            mending = prompt.to_repair(mismatch.reply, mismatch.fault)
        return self._answer(mending, read)

    def _answer(self, prompt: Prompt, read: Callable[[str], T]) -> T:
        answer_tokens = self._server.settings.max_output_tokens
        while True:
            request = self._request(prompt, answer_tokens)
            known = self._records.find(request.digest)
            exchange = self._recalled(known) if known else self._sent(prompt, request)
            if exchange.lacks is Feature.LONG_ANSWERS:
                answer_tokens //= 2
                if answer_tokens < LEAST_ANSWER_TOKENS:
                    raise errors.MeetingTooLong
                continue
            if exchange.lacks is not None:
                self._lacks |= {exchange.lacks}
                continue
            self.model = exchange.model
            try:
                value = _read(exchange, read)
            except AppError as error:
                if known is None:
                    self._note(prompt, request, exchange, outcome=error.code, stands=True)
                raise
            if known is None:
                self._note(prompt, request, exchange, outcome=OK, stands=True)
            return value

    def _request(self, prompt: Prompt, answer_tokens: int) -> Request:
        settings = self._server.settings
        return request_of(
            prompt,
            model=settings.model,
            max_output_tokens=answer_tokens,
            effort=settings.effort,
            without=self._lacks,
        )

    def _sent(self, prompt: Prompt, request: Request) -> Exchange:
        """Return the reply, noted already unless it is a completion; raises the error that a failure stands for."""
        settings = self._server.settings
        if self._sent_any and self._time_left() < settings.timeout_s + MARGIN_S:
            raise VendorBusy(wait_s=0.0)
        exchange = Exchange(model=settings.model)
        with self._limiter.request() as permit:
            self._sent_any = True
            timeout_s = max(1.0, min(settings.timeout_s, self._time_left() - MARGIN_S))
            try:
                self._server.post(request, exchange, timeout_s=timeout_s, wait_for_slot=permit.wait_for_slot)
            except AppError as error:
                stands = error.code in _STANDING or exchange.lacks is not None
                self._note(prompt, request, exchange, outcome=error.code, stands=stands)
                if exchange.lacks is None:
                    raise
        return exchange

    def _recalled(self, known: Interaction) -> Exchange:
        """Return the reply to an earlier call with this prompt; raises the error that it stood for."""
        exchange = Exchange(model=known.model)
        if known.outcome == errors.ModelRequestRefused.code:
            exchange.lacks = Feature(known.response or "")
        elif known.response is None:
            raise _STANDING[known.outcome]
        else:
            exchange.read(known.response)
        return exchange

    def _note(self, prompt: Prompt, request: Request, exchange: Exchange, *, outcome: str, stands: bool) -> None:
        call = Interaction(
            engine=ENGINE,
            model=exchange.model,
            purpose=prompt.purpose,
            prompt_version=prompt.prompt_version,
            attempt=self._attempt,
            outcome=outcome,
            request_id=exchange.request_id,
            duration_ms=exchange.duration_ms,
            prompt=request.prompt,
            response=exchange.lacks or exchange.response,
            **exchange.usage,
        )
        self._records.note(call, digest=request.digest if stands else None)


def _read(exchange: Exchange, read: Callable[[str], T]) -> T:
    content = exchange.content()
    try:
        return read(content)
    except errors.ModelReplyMismatch as error:
        error.reply = content
        raise
