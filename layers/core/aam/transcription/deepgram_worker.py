"""The worker that has Deepgram hear a recording: by URL and answered later, or streamed through this process."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from pydantic import Field

from aam.foundation.clock import Clock, new_id, utc_now
from aam.foundation.settings import BadConfiguration, Environment, StorageSettings, load
from aam.foundation.state_table import state_table
from aam.foundation.storage import ObjectStore, media_store, public_store
from aam.foundation.vendor_keys import vendor_keys
from aam.media.schemas import AudioOutput
from aam.pipeline.schemas import Stored
from aam.pipeline.tasks import Job, Worker
from aam.transcription.callbacks import CallbackDeps, Callbacks, Expected, hashed, new_nonce, take_reply
from aam.transcription.deepgram import DeepgramSettings, submit, transcribe
from aam.transcription.deepgram_reply import check_deepgram_reply
from aam.transcription.errors import ReplyTooLargeToPost
from aam.transcription.listen_options import options_for
from aam.transcription.prepared_audio import DEEPGRAM_REPLY, PreparedAudio
from aam.transcription.public_address import reachable_from_outside
from aam.transcription.usage_records import store_reply, store_request
from aam.vendor_limits.ports import Submitted, Vendor
from aam.vendor_limits.rate_limiter import open_rate_limiter, release
from aam.vendor_limits.settings import WaitingSettings
from aam.vendor_limits.store_with_retry import store_with_retry
from aam.vendor_limits.task_claims import TaskClaims

POSTED_BYTES_MAX = 5_000_000
BYTES_AN_HOUR = 3_000_000
"""A reply's size, for each channel; Lambda takes 6 MB, and what is escaped on the way counts."""


class DeepgramEnvironment(Environment):
    """Address of Deepgram, the model to ask (empty: the one for the language), and the way of its answer."""

    deepgram_base_url: str = Field(alias="DEEPGRAM_BASE_URL")
    deepgram_model: str = Field(alias="DEEPGRAM_MODEL", default="")
    deepgram_mode: Literal["auto", "url", "stream"] = Field(alias="DEEPGRAM_MODE", default="auto")
    deepgram_callback: Literal["put", "post"] = Field(alias="DEEPGRAM_CALLBACK", default="put")
    deepgram_callback_url: str = Field(alias="DEEPGRAM_CALLBACK_URL", default="")
    deepgram_callback_s: int = Field(alias="DEEPGRAM_CALLBACK_S", default=3600, ge=1)


class Audio:
    """An object's bytes, read anew at every ``iter()``, so that a repeated request never sends an empty body."""

    def __init__(self, store: ObjectStore, key: str) -> None:
        self.store, self.key = store, key

    def __iter__(self) -> Iterator[bytes]:
        """Return the object in chunks."""
        return self.store.stream(self.key)


def transcribe_with_deepgram(job: Job) -> Stored | Submitted:
    """Have the extracted audio transcribed; the reply is stored unchanged, now or by the worker that receives it later.

    Raises VendorBusy, the Engine… leaves of `aam.transcription.errors`, LanguageNotKnown, UnsupportedOption,
    ReplyTooLargeToPost, StateUnavailable, StorageUnavailable.
    """
    environment, storage = load(DeepgramEnvironment), load(StorageSettings)
    endpoint = storage.storage_public_endpoint or storage.storage_endpoint
    mode = environment.deepgram_mode
    if mode == "url" or (mode == "auto" and reachable_from_outside(endpoint)):
        return hand_over(job, environment=environment, public=public_store())
    return stream(job, environment=environment)


def stream(job: Job, *, environment: DeepgramEnvironment) -> Stored:
    """Send the audio through this process, in constant memory, and wait for the reply."""
    output = audio_of(job)
    options = options_for(job.context, output, model=environment.deepgram_model)
    with job.limiter.request() as permit:
        reply = transcribe(
            Audio(job.store, output.key),
            settings=settings_of(environment),
            options=options,
            wait_for_slot=permit.wait_for_slot,
        )
    store_reply(job.store, job.task.run, str(new_id()), reply, model=options.model)
    check_deepgram_reply(reply, language=job.context.language, expected_ms=output.duration_ms)
    store_with_retry(job.store, job.task.run.derived(DEEPGRAM_REPLY), reply)
    return Stored(name=DEEPGRAM_REPLY)


def hand_over(job: Job, *, environment: DeepgramEnvironment, public: ObjectStore, clock: Clock = utc_now) -> Submitted:
    """Give Deepgram a URL to fetch the audio from, and one to bring its reply to.

    What was handed over before and may still be answered is not handed over again.
    """
    callbacks = Callbacks(state_table())
    before = callbacks.newest(job.task.run.run_id)
    if before is not None and before.submission == job.submission and before.request_id and before.deadline > clock():
        return Submitted(answer_by=before.deadline, lease=before.lease)
    output = audio_of(job)
    options = options_for(job.context, output, model=environment.deepgram_model)
    posted = environment.deepgram_callback == "post"
    if posted:
        demand_postable(output)
    settings = replace(settings_of(environment), timeout_s=60.0)
    secret = secrets.token_urlsafe(32) if posted else ""
    with job.limiter.request() as permit:
        expected = Expected(
            run=job.task.run,
            nonce=new_nonce(),
            lease=permit.owner,
            deadline=clock() + timedelta(seconds=environment.deepgram_callback_s),
            submission=job.submission,
            expected_ms=output.duration_ms,
            secret_sha256=hashed(secret) if posted else "",
            model=options.model,
        )
        callbacks.note(expected)
        lifetime_s = environment.deepgram_callback_s
        request_id = submit(
            public.presigned_get(output.key, expires_s=lifetime_s),
            settings=settings,
            options=options,
            callback=post_address(environment, expected.nonce, secret)
            if posted
            else public.presigned_put(expected.key, expires_s=lifetime_s),
            callback_method="POST" if posted else "PUT",
            wait_for_slot=permit.wait_for_slot,
        )
        permit.keep_until(expected.deadline)
    callbacks.note(expected.model_copy(update={"request_id": request_id}))
    store_request(job.store, expected.run, expected.usage_name, model=options.model)
    if callbacks.taken(expected):  # the answer was faster than we are, and its place was kept after it
        release(Vendor.DEEPGRAM, expected.lease)
    return Submitted(answer_by=expected.deadline, lease=expected.lease)


def reply_lying_there(job: Job, *, clock: Clock = utc_now) -> Stored | None:
    """Take a reply whose notification was lost, if there is one; the stage's record then says how it went.

    Raises StateUnavailable, StorageUnavailable and what AWS raises.
    """
    table = state_table()
    deps = CallbackDeps(
        store=job.store, callbacks=Callbacks(table), claims=TaskClaims(table), release=release, clock=clock
    )
    before = deps.callbacks.newest(job.task.run.run_id)
    if before is None or not job.store.holds(before.key):
        return None
    outcome = take_reply(before.key, deps=deps)
    return Stored(name=DEEPGRAM_REPLY) if outcome in ("taken", "refused") else None


def demand_postable(output: AudioOutput) -> None:
    """Raise ReplyTooLargeToPost where a function could not be called with the reply."""
    if output.duration_ms / 3_600_000 * BYTES_AN_HOUR * max(output.channels, 1) > POSTED_BYTES_MAX:
        raise ReplyTooLargeToPost


def post_address(environment: DeepgramEnvironment, nonce: str, secret: str) -> str:
    """Return our route with user and password before its host, which Deepgram turns into basic authentication.

    Path and query, which logs keep, say nothing (https://developers.deepgram.com/docs/callback).
    """
    parts = urlsplit(environment.deepgram_callback_url)
    if not parts.hostname:
        raise BadConfiguration("DEEPGRAM_CALLBACK_URL is needed where Deepgram is to POST its replies.")
    return urlunsplit(parts._replace(netloc=f"{nonce}:{secret}@{parts.netloc}"))


def settings_of(environment: DeepgramEnvironment) -> DeepgramSettings:
    """Return the address of Deepgram, and the key as it stands now."""
    key = vendor_keys().deepgram.get_secret_value() or "none"  # an empty header is no request at all
    return DeepgramSettings(api_key=key, base_url=environment.deepgram_base_url)


def audio_of(job: Job) -> AudioOutput:
    """Return the one audio object that was extracted for Deepgram."""
    prepared = PreparedAudio.model_validate_json(job.store.read(job.task.run.derived("prepared.json")))
    (output,) = prepared.audio.outputs
    return output


@lru_cache(maxsize=1)
def worker() -> Worker:
    """Return the worker of this process, made when the first task comes."""
    return Worker(
        stage="transcription",
        answer=DEEPGRAM_REPLY,
        work=transcribe_with_deepgram,
        look=reply_lying_there,
        store=media_store(),
        limiter=open_rate_limiter(Vendor.DEEPGRAM),
        claims=TaskClaims(state_table()),
        waiting_limit_s=load(WaitingSettings).waiting_limit_s,
    )
