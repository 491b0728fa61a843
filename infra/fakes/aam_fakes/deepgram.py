"""Deepgram's /v1/listen on the loopback: sound as bytes or by URL, answers at once or by callback."""

from __future__ import annotations

import base64
import hashlib
import http.client
import threading
import uuid
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from aam_fakes.deepgram_replies import error_body, listen_reply, talk
from aam_fakes.judging import DEEPGRAM, objections, query_objections
from aam_fakes.scripted_server import PIECE_BYTES, Asked, FakeServer, Reply

LISTEN = "/v1/listen"
OPUS_RATE = 48_000
BYTES_A_SECOND = 3_000
"""What a second of sound takes where its container does not say: Opus at 24 kbit/s."""
TIMEOUT_S = 60
REFUSED_KEY = "0" * 40
"""A key that this service does not know; it knows all others."""

CONTAINERS = (b"OggS", b"RIFF", b"ID3", b"fLaC")


@dataclass(frozen=True)
class Callbacks:
    """Delivery of answers: after ``delay_s``, ``times`` times (0: never), again after a refusal.

    Deepgram tries ten times more, 30 s apart (https://developers.deepgram.com/docs/callback); here it goes faster.
    """

    delay_s: float = 0.0
    times: int = 1
    retries: int = 10
    retry_s: float = 0.2


@dataclass
class Fetched:
    """Record of a download: its bytes counted, its beginning and end kept."""

    status: int
    size: int = 0
    head: bytes = b""
    tail: bytes = b""
    sha256: str = ""


@dataclass(frozen=True)
class Delivered:
    """One call back, and how it was taken."""

    method: str
    status: int
    authorization: str


class DeepgramFake(FakeServer):
    """Answers by itself with a meeting as long as the sound, or by its script.

    A scripted 200 is what is said of the recording, at once or by callback; any other status is the answer to the
    request itself.  ``callback_script`` replaces what is delivered.  ``concurrency`` and ``rate`` (so many starts in
    any so many seconds) answer 429 when passed, and count in ``violations``.
    """

    keeps_bytes: ClassVar[int | None] = 1024 * 1024

    def __init__(
        self, port: int = 0, *, concurrency: int | None = None, rate: tuple[int, float] | None = None, work_s: float = 0
    ) -> None:
        super().__init__(port)
        self.concurrency = concurrency
        self.rate = rate
        self.work_s = work_s
        self.callbacks = Callbacks()
        self.callback_script: list[Reply] = []
        self.fetched: list[Fetched] = []
        self.delivered: list[Delivered] = []
        self.violations = 0
        self.most_at_once = 0
        self._running = 0
        self._starts: deque[float] = deque()

    def reply_to(self, asked: Asked) -> Reply:
        """Judge the request, then hear what it brings."""
        if asked.path != LISTEN or asked.method != "POST":
            return Reply(404, error_body("NOT_FOUND"))
        self.report_violation(request_objections(asked))
        if asked.headers.get("authorization", "").endswith(REFUSED_KEY):
            return Reply(401, error_body("INVALID_AUTH"))
        if not self._enter(asked.at):
            return Reply(429, error_body("TOO_MANY_REQUESTS"))
        by_callback = False
        try:
            scripted = self.scripted()
            if scripted is not None and scripted.status != 200:
                return scripted
            request_id = str(uuid.uuid4())
            by_callback = "callback" in asked.query
            if by_callback:
                self._answer_later(asked, scripted, request_id)
                return Reply(body={"request_id": request_id})
            return self._heard(asked, scripted, request_id)
        finally:
            if not by_callback:
                self._leave()

    def _enter(self, at: float) -> bool:
        with self.lock:
            if self.rate is not None:
                count, window_s = self.rate
                while self._starts and at - self._starts[0] >= window_s:
                    self._starts.popleft()
                if len(self._starts) >= count:
                    self.violations += 1
                    return False
                self._starts.append(at)
            if self.concurrency is not None and self._running >= self.concurrency:
                self.violations += 1
                return False
            self._running += 1
            self.most_at_once = max(self.most_at_once, self._running)
            return True

    def _leave(self) -> None:
        with self.lock:
            self._running -= 1

    def _heard(self, asked: Asked, scripted: Reply | None, request_id: str) -> Reply:
        """Return the facts of the sound that a request brings or names."""
        sound = self._sound(asked)
        if sound is None:
            return Reply(400, error_body("REMOTE_CONTENT_ERROR", "the URL could not be read"))
        if self.work_s:
            self.released.wait(self.work_s)
        if scripted is not None:
            return scripted
        if not sound.size or is_text(sound.head):
            return Reply(400, error_body("Bad Request", "corrupt or unsupported data"))
        body = self._meeting(asked, sound, request_id)
        self.report_violation(objections(DEEPGRAM, "/components/schemas/listen_v1_media_transcribe_Response_200", body))
        return Reply(body=body)

    def _sound(self, asked: Asked) -> Fetched | None:
        if asked.headers.get("content-type", "").startswith("application/json"):
            found = fetch(str((asked.json() or {}).get("url", "")))
            with self.lock:
                self.fetched.append(found)
            return found if found.status == 200 else None
        return Fetched(200, asked.size, asked.body, asked.tail or asked.body, asked.sha256)

    def _meeting(self, asked: Asked, sound: Fetched, request_id: str) -> dict[str, Any]:
        detects = asked.query.get("detect_language") == ["true"]
        language = asked.query.get("language", ["en"])[0]
        duration_s = duration_of(sound)
        return listen_reply(
            *talk(duration_s, language=language),
            request_id=request_id,
            duration_s=duration_s,
            by_channel=asked.query.get("multichannel") == ["true"],
            detected="en" if detects else None,
            sha256=sound.sha256,
            with_utterances=asked.query.get("utterances") == ["true"],
            speakers="diarize_model" in asked.query,
        )

    def _answer_later(self, asked: Asked, scripted: Reply | None, request_id: str) -> None:
        plan = self.callbacks
        threading.Thread(target=self._call_back, args=(asked, scripted, request_id, plan), daemon=True).start()

    def _call_back(self, asked: Asked, scripted: Reply | None, request_id: str, plan: Callbacks) -> None:
        try:
            said = self._heard(asked, scripted, request_id)
        finally:
            self._leave()
        with self.lock:
            if self.callback_script:
                said = self.callback_script.pop(0) if len(self.callback_script) > 1 else self.callback_script[0]
        if self.released.wait(plan.delay_s):
            return
        method = asked.query.get("callback_method", ["POST"])[0]
        for _ in range(plan.times):
            for _ in range(1 + plan.retries):
                outcome = call_back(asked.query["callback"][0], method=method, content=said.content)
                with self.lock:
                    self.delivered.append(outcome)
                if 200 <= outcome.status < 300 or self.released.wait(plan.retry_s):
                    break


def request_objections(asked: Asked) -> list[str]:
    """Return the objections of the published description, and the pages beside it, to a request."""
    found = query_objections(DEEPGRAM, LISTEN, asked.query)
    if not asked.headers.get("authorization", "").startswith("Token "):
        found.append("no 'Authorization: Token …'")
    if asked.headers.get("content-type", "").startswith("application/json"):
        found += objections(DEEPGRAM, "/components/schemas/ListenV1RequestUrl", asked.json())
    model = asked.query.get("model", [""])[0]
    # https://developers.deepgram.com/docs/keyterm and /docs/keywords: one generation each
    if "keyterm" in asked.query and not model.startswith("nova-3"):
        found.append("keyterm is for nova-3 only")
    if "keywords" in asked.query and model.startswith("nova-3"):
        found.append("keywords are not for nova-3")
    if "detect_language" in asked.query and "language" in asked.query:
        found.append("language and detect_language exclude each other")
    if "callback_method" in asked.query and "callback" not in asked.query:
        found.append("callback_method without callback")
    return found


def fetch(url: str) -> Fetched:
    """Read a URL as a service does that takes recordings: one GET without a range, whatever the size."""
    parts, found, digest = urlsplit(url), Fetched(status=0), hashlib.sha256()
    try:
        with _connected(url) as connection:
            connection.request("GET", f"{parts.path}?{parts.query}")
            answer = connection.getresponse()
            found.status = answer.status
            while piece := answer.read(PIECE_BYTES):
                digest.update(piece)
                found.size += len(piece)
                found.head = found.head or piece
                found.tail = (found.tail + piece)[-PIECE_BYTES:]
    except OSError:
        found.status = 0
    found.sha256 = digest.hexdigest()
    return found


def call_back(url: str, *, method: str, content: bytes) -> Delivered:
    """Deliver an answer; user and password in the URL become basic authentication, as at Deepgram."""
    parts = urlsplit(url)
    headers = {"content-type": "application/json"}
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    try:
        with _connected(url) as connection:
            connection.request(method, target, body=content, headers=headers)
            answer = connection.getresponse()
            answer.read()
            return Delivered(method, answer.status, headers.get("authorization", ""))
    except OSError:
        return Delivered(method, 0, headers.get("authorization", ""))


@contextmanager
def _connected(url: str) -> Iterator[http.client.HTTPConnection]:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_S)
    try:
        yield connection
    finally:
        connection.close()


def is_text(head: bytes) -> bool:
    """Return whether the request brings text instead of sound."""
    return not head.startswith(CONTAINERS) and b" " in head and head.isascii()


def duration_of(sound: Fetched) -> float:
    """Return seconds: from an Ogg's last page or a WAV's header, otherwise from the size."""
    last = sound.tail.rfind(b"OggS")
    if sound.head.startswith(b"OggS") and last >= 0:
        return int.from_bytes(sound.tail[last + 6 : last + 14], "little") / OPUS_RATE
    rate = int.from_bytes(sound.head[28:32], "little") if sound.head.startswith(b"RIFF") else 0
    return sound.size / (rate or BYTES_A_SECOND)


__all__ = ["Callbacks", "DeepgramFake", "Delivered", "Fetched", "error_body", "listen_reply"]
