"""Estimate the highest cost of a run, as far as it can be known before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from pydantic import Field

from aam.costs.prices import Charge, Price, Speech, Tokens, price_of_speech, price_of_tokens, sums_by_model
from aam.foundation.schemas import Value
from aam.foundation.settings import Environment, load
from aam.foundation.vendor_keys import stored_keys
from aam.meetings.speech import DETECT, speech_models
from aam.meetings.speech import Speech as SpeechAsked
from aam.vendor_limits.ports import Vendor

BITS_PER_MS = {"audio/mpeg": 96, "audio/flac": 400, "audio/x-flac": 400, "audio/wav": 256, "audio/x-wav": 256}
"""Bit rates (kbit/s) on the low side, which make the estimated duration, and so the cost, one on the high side."""
OTHER_AUDIO, VIDEO = 48, 250

LONGEST_MS = 4 * 3_600_000
"""No recording may be longer, see `aam.media.schemas.MediaLimits`."""

TOKENS_PER_MINUTE = 400
"""Of a transcript: 150 words a minute are some 200 tokens of English, twice that in Cyrillic letters."""

BYTES_PER_TOKEN = 4
OVERHEAD = 1.3
"""Input tokens of all calls for each token of the transcript: the limit that drafting keeps."""

PROMPT_TOKENS = 3_000
OUTPUT_TOKENS = 6_000
OUTPUT_TOKENS_PER_MINUTE = 60
"""Of the minutes themselves and of the reasoning before them."""

ITEMS, ITEMS_PER_MINUTE = 15, 0.8
ITEM_TOKENS, VERDICT_TOKENS = 220, 80
"""What the second reader reads of an item (its share of the prompt included), and answers and thinks about it."""

KEYTERM, REDACTION, MULTI, MULTILINGUAL = "keyterm", "redaction", "multi", "-multilingual"


class EngineSettings(Environment):
    """Engines that do the work; auto is the paid one where its key is stored."""

    transcription_engine: Literal["auto", "deepgram", "openai_audio", "whisper", "pocketsphinx"] = Field(
        alias="TRANSCRIPTION_ENGINE", default="auto"
    )
    deepgram_model: str = Field(alias="DEEPGRAM_MODEL", default="")
    openai_audio_model: str = Field(alias="OPENAI_AUDIO_MODEL", default="")
    artifacts_engine: Literal["auto", "openai", "extractive"] = Field(alias="ARTIFACTS_ENGINE", default="auto")
    openai_model: str = Field(alias="OPENAI_MODEL", min_length=1)
    evidence_reader: Literal["auto", "off"] = Field(alias="EVIDENCE_READER", default="auto")
    evidence_reader_model: str = Field(alias="EVIDENCE_READER_MODEL", default="")


class PaidModels(Value):
    """The models that are paid for; None where the work is done by an engine of our own.

    An empty ``speech`` is the one of Deepgram's that knows the meeting's language, ``audio`` that of an
    OpenAI-compatible server; ``reader`` is the second reader's.
    """

    speech: str | None = None
    audio: str | None = None
    text: str | None = None
    reader: str | None = None


class Workload(Value):
    """Facts about an upload: size in bytes, and duration (ms) and channels once it was probed.

    ``asked`` are the meeting's options of speech.
    """

    is_transcript: bool
    size_bytes: int = Field(ge=0)
    content_type: str
    language: str
    duration_ms: int | None = None
    channels: int = Field(default=1, ge=1)
    asked: SpeechAsked = Field(default_factory=SpeechAsked)


def paid_models() -> PaidModels:
    """Return the models that settings and stored keys lead to; the keys are read only where it depends on them."""
    settings = load(EngineSettings)
    engines = (settings.transcription_engine, settings.artifacts_engine)
    keys = stored_keys() if "auto" in engines else None
    speaks = engines[0] == "deepgram" or (engines[0] == "auto" and keys is not None and keys.deepgram)
    writes = engines[1] == "openai" or (engines[1] == "auto" and keys is not None and keys.openai)
    return PaidModels(
        speech=settings.deepgram_model if speaks else None,
        audio=settings.openai_audio_model if engines[0] == "openai_audio" else None,
        text=settings.openai_model if writes else None,
        reader=settings.evidence_reader_model or settings.openai_model
        if writes and settings.evidence_reader == "auto"
        else None,
    )


def estimate(
    work: Workload, models: PaidModels, *, on: date, table: Sequence[Price] | None = None
) -> tuple[Charge, ...]:
    """Return a charge for each paid model that the run will use; none where only our own engines work."""
    duration_ms = duration_of(work)
    charges = []
    if models.speech is not None and not work.is_transcript:
        model = work.asked.model or models.speech or model_knowing(work.language)
        speech = Speech(
            model=priced_model(model, work.language),
            duration_ms=duration_ms,
            channels=work.channels,
            options=paid_options(work.asked, work.language, model=model),
        )
        charges.append(price_of_speech(speech, on=on, table=table))
    if models.audio is not None and not work.is_transcript:
        charges.append(price_of_speech(audio(models.audio, duration_ms, work.channels), on=on, table=table))
    said = work.size_bytes / BYTES_PER_TOKEN if work.is_transcript else duration_ms / 60_000 * TOKENS_PER_MINUTE
    minutes = said / TOKENS_PER_MINUTE
    if models.text is not None:
        tokens = Tokens(
            model=models.text,
            input=round(said * OVERHEAD) + PROMPT_TOKENS,
            output=round(minutes * OUTPUT_TOKENS_PER_MINUTE) + OUTPUT_TOKENS,
        )
        charges.append(price_of_tokens(tokens, on=on, table=table))
    if models.reader is not None:
        items = ITEMS + minutes * ITEMS_PER_MINUTE
        tokens = Tokens(model=models.reader, input=round(items * ITEM_TOKENS), output=round(items * VERDICT_TOKENS))
        charges.append(price_of_tokens(tokens, on=on, table=table))
    return sums_by_model(charges)


def audio(model: str, duration_ms: int, channels: int) -> Speech:
    """Return what an OpenAI-compatible server is asked to recognise."""
    return Speech(model=model, duration_ms=duration_ms, channels=channels, vendor=Vendor.OPENAI_AUDIO)


def paid_options(asked: SpeechAsked, language: str, *, model: str) -> frozenset[str]:
    """Return the options that cost extra: redaction, and keyterms, which are sent unless the language is detected.

    Keywords, which older models take instead of keyterms, cost nothing.
    """
    known = speech_models().named(model)
    terms = {KEYTERM} if language != DETECT and (known is None or known.terms == "keyterm") else set()
    return frozenset(terms | ({REDACTION} if asked.redact else set()))


def model_knowing(language: str) -> str:
    """Return the speech model that is asked for a language unless a request names another."""
    model = speech_models().knowing(language) or speech_models().models[0]
    return model.name


def duration_of(work: Workload) -> int:
    """Return the duration in milliseconds: as declared, otherwise a long one for the size and the type."""
    if work.duration_ms is not None:
        return work.duration_ms
    kind = work.content_type.partition(";")[0].strip().lower()
    rate = VIDEO if kind.startswith("video/") else BITS_PER_MS.get(kind, OTHER_AUDIO)
    return min(LONGEST_MS, work.size_bytes * 8 // rate)


def priced_model(model: str, language: str) -> str:
    """Return the name under which a speech model is priced: several languages in one recording cost more."""
    return f"{model}{MULTILINGUAL}" if language == MULTI else model
