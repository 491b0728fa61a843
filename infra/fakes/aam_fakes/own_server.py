"""A server of one's own that speaks chat completions as Ollama, llama.cpp, vLLM and TGI do: almost.

Each of its faults was seen at one of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from aam_fakes.openai import Fault, OpenAIFake, prompt_of, tokens_in
from aam_fakes.openai_replies import failure
from aam_fakes.scripted_server import Reply


class OwnServer(OpenAIFake):
    """Answers like the fake of OpenAI, with the faults that are set.

    ``refuses_schema`` and ``refuses_json_mode`` are its answers to such a request.  ``answers_in`` names the field of
    the message that holds the answer.  ``writes`` makes text of the answer's JSON.  ``forgets_beyond`` is a context
    whose overflow it drops without a word; ``room`` one that prompt and ``max_tokens`` have to share.
    """

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.refuses_schema: Reply | None = None
        self.refuses_json_mode: Reply | None = None
        self.answers_in = "content"
        self.writes: Callable[[dict[str, Any]], str] = json.dumps
        self.forgets_beyond: int | None = None
        self.room: int | None = None

    def _refused(self, body: Any) -> Reply | None:
        form = body.get("response_format", {}).get("type")
        if form == "json_schema" and self.refuses_schema:
            return self.refuses_schema
        if form == "json_object" and self.refuses_json_mode:
            return self.refuses_json_mode
        wanted, given = body.get("max_tokens", 0), tokens_in(prompt_of(body))
        if self.room is not None and wanted + given > self.room:
            return failure(
                400,
                None,
                f"'max_tokens' or 'max_completion_tokens' is too large: {wanted}. This model's maximum context length"
                f" is {self.room} tokens and your request has {given} input tokens.",
            )
        return super()._refused(body)

    def _answered(self, path: str, body: Mapping[str, Any], fault: Fault | None) -> Reply:
        reply = super()._answered(path, body, fault)
        choice = reply.body["choices"][0]
        message = choice["message"]
        if self.writes is not json.dumps and choice["finish_reason"] == "stop":
            message["content"] = self.writes(json.loads(message["content"]))
        if self.answers_in != "content":
            message[self.answers_in], message["content"] = message["content"], ""
        usage = reply.body["usage"]
        if self.forgets_beyond is not None:
            usage["prompt_tokens"] = min(usage["prompt_tokens"], self.forgets_beyond)
        return reply
