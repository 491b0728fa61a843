"""A server that speaks OpenAI's /v1/audio/transcriptions on the loopback, with the faults of its kind.

Each quirk was seen at speaches, whisper.cpp's server, vLLM, LocalAI or OpenAI.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from email.parser import BytesParser
from email.policy import HTTP
from enum import StrEnum
from typing import Any

from aam_fakes.judging import OPENAI, objections
from aam_fakes.openai_replies import failure
from aam_fakes.scripted_server import Asked, FakeServer, Reply

PATH = "/v1/audio/transcriptions"
_SCHEMAS = "/components/schemas/"
_FORMS = {
    "verbose_json": "CreateTranscriptionResponseVerboseJson",
    "json": "CreateTranscriptionResponseJson",
    "diarized_json": "CreateTranscriptionResponseDiarizedJson",
}
SAID = "We move the release to Friday. Anna sends the notes."
MOST_BYTES = 25 * 1024 * 1024
_BYTES_A_SECOND = 32_000
_LISTS = ("timestamp_granularities", "include")
Form = Mapping[str, str | list[str]]


class Quirk(StrEnum):
    """Deviation of a server from the published description."""

    NO_WORDS = "no_words"
    NULL_WORDS = "null_words"
    WORDS_IN_SEGMENTS = "words_in_segments"
    EMPTY_SEGMENTS = "empty_segments"
    NANOSECONDS = "nanoseconds"
    NO_LANGUAGE = "no_language"
    LANGUAGE_CODE = "language_code"
    TEXT_ONLY = "text_only"
    REFUSES_VERBOSE = "refuses_verbose"
    BEYOND = "beyond"
    BACKWARDS = "backwards"
    NOT_FINITE = "not_finite"
    HUGE = "huge"


class OpenAIAudioFake(FakeServer):
    """Answers every piece of sound with the same two sentences, spread over its time.

    ``coming`` holds replies for the next requests; ``quirks`` are its deviations; ``speakers`` are the labels of a
    model that tells speakers apart.
    """

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.coming: deque[Reply] = deque()
        self.quirks: set[Quirk] = set()
        self.speakers: Sequence[str] = ("A", "B")
        self.forms: list[Form] = []

    def reply_to(self, asked: Asked) -> Reply:
        """Judge the request, then answer it."""
        if asked.path != PATH or asked.method != "POST":
            return failure(404, "unknown_url")
        form, sound = read_form(asked)
        with self.lock:
            self.forms.append(form)
            coming = self.coming.popleft() if self.coming else None
        self.report_violation(self._objections(asked, form))
        if coming is not None:
            return coming
        if len(sound) > MOST_BYTES:
            return failure(413, "file_too_large")
        wanted = str(form.get("response_format", "json"))
        if wanted == "verbose_json" and Quirk.REFUSES_VERBOSE in self.quirks:
            return failure(400, "unsupported_value", "response_format 'verbose_json' is not compatible.", param="x")
        if "diarize" in str(form.get("model")) and "chunking_strategy" not in form:
            return failure(400, "missing", "chunking_strategy is required for diarization models", param="x")
        reply = self._heard(wanted, len(sound) / _BYTES_A_SECOND)
        if not self.quirks:
            self.report_violation(objections(OPENAI, _SCHEMAS + _FORMS[wanted], reply.body))
        return reply

    def _objections(self, asked: Asked, form: Form) -> list[str]:
        found = [] if asked.headers.get("authorization", "").startswith("Bearer ") else ["no 'Authorization: Bearer …'"]
        if "diarize" in str(form.get("model")):
            found += [f"{name} is not taken with diarization" for name in ("prompt", *_LISTS) if name in form]
        return found + objections(OPENAI, f"{_SCHEMAS}CreateTranscriptionRequest", {**form, "file": "…"}, loose=True)

    def _heard(self, wanted: str, seconds: float) -> Reply:
        unit = 1e9 if Quirk.NANOSECONDS in self.quirks else 1.0
        spoken = SAID.split()
        step = seconds / (len(spoken) + 1)
        words = [
            {"word": word.strip("."), "start": at * step * unit, "end": (at + 0.9) * step * unit}
            for at, word in enumerate(spoken)
        ]
        if Quirk.BEYOND in self.quirks:
            words[-1]["end"] = seconds + 60
        if Quirk.BACKWARDS in self.quirks:
            words.reverse()
        if Quirk.HUGE in self.quirks:
            return Reply(raw=b'{"text": "' + b"x" * 9_000_000 + b'"}')
        if wanted == "json" or Quirk.TEXT_ONLY in self.quirks:
            return Reply(body={"text": SAID})
        if wanted == "diarized_json":
            return Reply(body=self._diarized(words, seconds))
        body: dict[str, Any] = {
            "text": SAID,
            "language": "en" if Quirk.LANGUAGE_CODE in self.quirks else "english",
            "duration": seconds,
            "words": words,
            "segments": [_segment(number, words) for number in (0, 1)],
        }
        return Reply(body=self._spoilt(body))

    def _spoilt(self, body: dict[str, Any]) -> dict[str, Any]:
        words = body["words"]
        if Quirk.NO_LANGUAGE in self.quirks:
            del body["language"], body["duration"]
        if Quirk.NULL_WORDS in self.quirks:
            body["words"] = None
        if self.quirks & {Quirk.NO_WORDS, Quirk.WORDS_IN_SEGMENTS}:
            del body["words"]
        if Quirk.WORDS_IN_SEGMENTS in self.quirks:
            for segment, own in zip(body["segments"], (words[:6], words[6:]), strict=True):
                segment["words"] = own
        if Quirk.EMPTY_SEGMENTS in self.quirks:
            body["segments"] = []
        if Quirk.NOT_FINITE in self.quirks:
            words[0]["start"] = float("nan")
        return body

    def _diarized(self, words: Sequence[Mapping[str, Any]], seconds: float) -> dict[str, Any]:
        sentences = SAID.split(". ")
        places = ((words[0]["start"], words[5]["end"]), (words[6]["start"], words[-1]["end"]))
        return {
            "task": "transcribe",
            "duration": seconds,
            "text": SAID,
            "segments": [
                {
                    "type": "transcript.text.segment",
                    "id": f"seg_{number}",
                    "start": start,
                    "end": end,
                    "text": text,
                    "speaker": speaker,
                }
                for number, (text, (start, end), speaker) in enumerate(
                    zip(sentences, places, self.speakers, strict=True)
                )
            ],
        }


def read_form(asked: Asked) -> tuple[dict[str, str | list[str]], bytes]:
    """Return the fields of a multipart request, repeated ones with brackets as lists, and the file's bytes."""
    head = f"content-type: {asked.headers.get('content-type', '')}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + asked.body)
    fields: dict[str, str | list[str]] = {}
    sound = b""
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        if name == "file":
            sound = content
        elif name.endswith("[]"):
            listed = fields.get(name.removesuffix("[]"), [])
            fields[name.removesuffix("[]")] = [*listed, content.decode()]
        else:
            fields[name] = content.decode()
    return fields, sound


def _segment(number: int, words: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    own = words[:6] if number == 0 else words[6:]
    return {
        "id": number,
        "seek": 0,
        "start": min(word["start"] for word in own),
        "end": max(word["end"] for word in own),
        "text": f" {SAID.split('. ')[number].strip('.')}.",
        "tokens": [50364, 50400],
        "temperature": 0.0,
        "avg_logprob": -0.2,
        "compression_ratio": 1.1,
        "no_speech_prob": 0.01,
    }
