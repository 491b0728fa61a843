"""The steps from a recording, or a transcript that was brought, to the one canonical transcript."""

from __future__ import annotations

from pydantic import BaseModel

from aam.foundation.settings import StandInSettings, load
from aam.foundation.storage import ObjectStore
from aam.media.s3_sink import S3PartSink
from aam.media.schemas import AudioFormat
from aam.media.service import extract_audio
from aam.media.steps import SOURCE_URL_LIFETIME_S
from aam.meetings.speech import DETECT, MULTI
from aam.pipeline import runs
from aam.pipeline.models import Stage
from aam.pipeline.schemas import RunContext, Stored
from aam.pipeline.steps import Step
from aam.transcription.charges import transcription_charges
from aam.transcription.deepgram_reply import UNDETERMINED, from_deepgram_reply
from aam.transcription.errors import TranscriptTooLarge
from aam.transcription.imports import MAX_BYTES, read_transcript
from aam.transcription.offline_engines import choose_engine, draft, plan
from aam.transcription.openai_audio_draft import from_pieces
from aam.transcription.openai_audio_reply import HeardPiece
from aam.transcription.prepared_audio import DEEPGRAM_REPLY, AudioWindow, Engine, PreparedAudio
from aam.transcription.repository import save_transcript
from aam.transcription.schemas import Transcript
from aam.transcription.windows import RecognisedWindow

MADE_UP = "made up by a stand-in of the speech service"
"""The label of a transcript that no service heard, lest a reader take it for real."""


class Prepared(BaseModel):
    """Results that the state machine needs."""

    engine: Engine
    windows: tuple[AudioWindow, ...]


def prepare_audio(step: Step) -> Prepared:
    """Extract the audio in the form that the engine wants, and plan its windows.

    The next stage is claimed here, because the engines' workers have no database.  Raises leaves of
    `aam.media.errors`, LanguageNotOffered, TooLongForOfflineDraft.
    """
    context = step.context()
    engine = choose_engine(context.language)

    def open_sink(name: str, *, content_type: str) -> S3PartSink:
        return S3PartSink(
            step.store.client, bucket=step.store.bucket, key=step.run.derived(name), content_type=content_type
        )

    audio = extract_audio(
        step.store.presigned_get(context.upload.key, expires_s=SOURCE_URL_LIFETIME_S),
        open_sink=open_sink,
        audio_format=AudioFormat.OPUS if engine == "deepgram" else AudioFormat.WAV16K,
        channels_are_speakers=context.channels_are_speakers,
    )
    windows = () if engine == "deepgram" else plan(audio, engine=engine, language=context.language)
    prepared = PreparedAudio(engine=engine, audio=audio, windows=windows)
    step.store.write(
        step.run.derived("prepared.json"), prepared.model_dump_json().encode(), content_type="application/json"
    )
    with step.open_statements() as session:
        runs.begin_stage(session, run_id=step.run.run_id, stage=Stage.TRANSCRIBE, now=step.clock())
    return Prepared(engine=engine, windows=prepared.windows)


def keep_transcript(step: Step) -> Stored:
    """Bring what the engine or the person gave into the canonical form and keep it.

    Raises leaves of `aam.transcription.errors`.
    """
    context = step.context()
    transcript = canonical(context, step.store)
    charges = transcription_charges(context, step.store, on=step.clock().date())
    return Stored(name=save_transcript(step, transcript, charges=charges))


def brought(context: RunContext, store: ObjectStore) -> Transcript:
    """Return the imported transcript, in the meeting's language or else in the detected one."""
    if context.upload.size_bytes > MAX_BYTES:
        raise TranscriptTooLarge  # before it is read into memory
    return read_transcript(
        store.read(context.upload.key),
        filename=context.upload.filename,
        language=UNDETERMINED if context.language in (DETECT, MULTI) else context.language,
        participants=[person.full_name for person in context.participants],
    )


def canonical(context: RunContext, store: ObjectStore) -> Transcript:
    """Return the transcript from whichever source this run has."""
    if context.upload.is_transcript:
        return brought(context, store)
    prepared = PreparedAudio.model_validate_json(store.read(context.run.derived("prepared.json")))
    if prepared.engine == "deepgram":
        heard = from_deepgram_reply(store.read(context.run.derived(DEEPGRAM_REPLY)), language=context.language)
        return heard.model_copy(update={"label": MADE_UP}) if load(StandInSettings).stand_ins else heard
    if prepared.engine == "openai_audio":
        pieces = [
            HeardPiece.model_validate_json(store.read(context.run.derived(window.result)))
            for window in prepared.windows
        ]
        return from_pieces(pieces, language=context.language)
    windows = [
        RecognisedWindow.model_validate_json(store.read(context.run.derived(window.result)))
        for window in prepared.windows
    ]
    return draft(windows, engine=prepared.engine, language=context.language)
