"""The worker that has an OpenAI-compatible server hear a recording, piece by piece.

Each piece's reply is kept before the next one is asked for, so that a worker that dies pays for no piece twice.
"""

from __future__ import annotations

import struct
import time
from functools import lru_cache

from pydantic import Field

from aam.foundation.clock import new_id
from aam.foundation.settings import BadConfiguration, Environment, load
from aam.foundation.state_table import state_table
from aam.foundation.storage import media_store
from aam.foundation.vendor_keys import vendor_keys
from aam.media.schemas import pcm_span
from aam.pipeline.schemas import Stored
from aam.pipeline.tasks import Job, Worker
from aam.transcription.openai_audio import OpenAIAudioSettings, transcribe_piece
from aam.transcription.openai_audio_reply import HeardPiece, read_reply
from aam.transcription.prepared_audio import PIECES_HEARD, AudioWindow, PreparedAudio
from aam.transcription.usage_records import UsageRecord, store_usage
from aam.transcription.whisper.languages import forced_language
from aam.transcription.windows import (
    FRAME_MS,
    SAMPLE_RATE,
    first_sample,
    is_audible,
    loudness_of,
    own_frames,
    samples_of,
)
from aam.vendor_limits.errors import VendorBusy
from aam.vendor_limits.ports import Vendor
from aam.vendor_limits.rate_limiter import open_rate_limiter
from aam.vendor_limits.settings import WaitingSettings
from aam.vendor_limits.store_with_retry import store_with_retry
from aam.vendor_limits.task_claims import TaskClaims

TURN_S = 480.0
"""After so many seconds the message comes back for the pieces that are left, before the function's own limit."""


class OpenAIAudioEnvironment(Environment):
    """Address of the server, its model, and the seconds that one answer may take."""

    openai_audio_base_url: str = Field(alias="OPENAI_AUDIO_BASE_URL")
    openai_audio_model: str = Field(alias="OPENAI_AUDIO_MODEL", default="")
    openai_audio_timeout_s: float = Field(alias="OPENAI_AUDIO_TIMEOUT_S", default=240.0, gt=0, le=400)


def transcribe_pieces(job: Job) -> Stored:
    """Have every piece transcribed that is not yet, and note that all are.

    Raises VendorBusy when the turn is over, the Engine… leaves of `aam.transcription.errors`, EngineTimesNotSeconds,
    StateUnavailable, StorageUnavailable.
    """
    settings, run = server_settings(), job.task.run
    until = time.monotonic() + TURN_S
    prepared = PreparedAudio.model_validate_json(job.store.read(run.derived("prepared.json")))
    for piece in prepared.windows:
        if job.store.holds(run.derived(piece.result)):
            continue
        if time.monotonic() > until:
            raise VendorBusy(wait_s=0.0)
        heard = _heard(piece, job, settings)
        store_with_retry(job.store, run.derived(piece.result), heard.model_dump_json().encode())
    store_with_retry(job.store, run.derived(PIECES_HEARD), b"{}")
    return Stored(name=PIECES_HEARD)


def _heard(piece: AudioWindow, job: Job, settings: OpenAIAudioSettings) -> HeardPiece:
    """Have one piece transcribed; a piece without sound is not paid for."""
    window, run = piece.window, job.task.run
    first, last = pcm_span(start_ms=window.read_start_ms, end_ms=window.read_end_ms)
    samples = samples_of(job.store.read_range(run.derived(piece.audio), first, last))
    loudness = loudness_of(samples)
    begin, end = own_frames(loudness, window)
    start_ms, end_ms = (window.read_start_ms + frame * FRAME_MS for frame in (begin, end))
    if not is_audible(loudness[begin:end]):
        return HeardPiece(window=window)
    wav = _wav(samples[first_sample(begin) : first_sample(end)].tobytes())
    asked_s = (end_ms - start_ms) / 1000
    submission = str(new_id())
    with job.limiter.request() as permit:
        store_usage(job.store, run, submission, UsageRecord(model=settings.model, heard_s=asked_s), replied=False)
        reply = transcribe_piece(
            wav,
            settings=settings,
            language=forced_language(job.context.language),
            wait_for_slot=permit.wait_for_slot,
        )
    store_usage(
        job.store, run, submission, UsageRecord(model=settings.model, heard_s=asked_s, certain=True), replied=True
    )
    heard = read_reply(reply, window=window, start_ms=start_ms, end_ms=end_ms)
    return heard.model_copy(update={"model": settings.model, "own_server": not settings.is_openais})


def server_settings() -> OpenAIAudioSettings:
    """Return the server's address and model, and the key as it stands now; raises BadConfiguration without a model.

    OpenAI's own key goes to OpenAI only; another server gets the key that is stored for it, or none.
    """
    environment, keys = load(OpenAIAudioEnvironment), vendor_keys()
    if not environment.openai_audio_model:
        raise BadConfiguration("OPENAI_AUDIO_MODEL is needed where the engine is openai_audio.")
    settings = OpenAIAudioSettings(
        api_key=keys.openai_audio.get_secret_value(),
        model=environment.openai_audio_model,
        base_url=environment.openai_audio_base_url,
        timeout_s=environment.openai_audio_timeout_s,
    )
    key = settings.api_key or (keys.openai.get_secret_value() if settings.is_openais else "")
    return OpenAIAudioSettings(key or "none", settings.model, settings.base_url, settings.timeout_s)


def _wav(pcm: bytes) -> bytes:
    """Return a WAV file of s16le sound, mono, 16 kHz."""
    rate = SAMPLE_RATE
    return (
        struct.pack("<4sI4s4sIHHI", b"RIFF", 36 + len(pcm), b"WAVE", b"fmt ", 16, 1, 1, rate)
        + struct.pack("<IHH4sI", rate * 2, 2, 16, b"data", len(pcm))
        + pcm
    )


@lru_cache(maxsize=1)
def worker() -> Worker:
    """Return the worker of this process, made when the first task comes."""
    return Worker(
        stage="transcription",
        answer=PIECES_HEARD,
        work=transcribe_pieces,
        store=media_store(),
        limiter=open_rate_limiter(Vendor.OPENAI_AUDIO),
        claims=TaskClaims(state_table()),
        waiting_limit_s=load(WaitingSettings).waiting_limit_s,
    )
