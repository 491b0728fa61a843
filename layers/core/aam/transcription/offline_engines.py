"""The engines that need no keys: which one hears a meeting, and the call of it for one window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from aam.foundation.errors import AppError, Unprocessable, code_of
from aam.foundation.observability import logger
from aam.foundation.settings import Environment, load
from aam.foundation.vendor_keys import vendor_keys
from aam.media.schemas import ExtractedAudio
from aam.meetings.speech import DETECT
from aam.transcription import offline_draft, pocketsphinx
from aam.transcription.prepared_audio import AudioWindow, Engine, OfflineEngine, PieceEngine
from aam.transcription.schemas import Transcript
from aam.transcription.whisper.languages import KNOWN, forced_language, whisper_code
from aam.transcription.whisper.model import OWN_NAME, Model, WhisperMissing, verified_engine
from aam.transcription.windows import LONGEST_MS, RecognisedWindow, plan_windows

_ENGLISH = "en"


class LanguageNotOffered(Unprocessable):
    """No engine that is installed knows the meeting's language."""

    code = "language_not_offered"
    sentence = (
        "The offline engine that is installed does not know this language: an operator can install Whisper (aam "
        "engines add whisper) or store a Deepgram key; or bring the transcript as .vtt, .srt, .docx, .json or .txt."
    )


def _listed(value: object) -> object:
    """Return Whisper's codes of the languages in a list with commas; a region says nothing to it."""
    if not isinstance(value, str):
        return value
    codes = [whisper_code(part.strip().lower().partition("-")[0]) for part in value.split(",") if part.strip()]
    if unknown := sorted(set(codes) - KNOWN):
        raise ValueError(f"Whisper has no language {', '.join(unknown)}")
    return list(dict.fromkeys(codes))


class WhisperSettings(Environment):
    """The folder of Whisper's model, empty where there is none, and the languages that are looked for."""

    whisper_folder: str = Field(alias="WHISPER_FOLDER", default="")
    whisper_languages: Annotated[tuple[str, ...], BeforeValidator(_listed)] = Field(
        alias="WHISPER_LANGUAGES", default=("en", "ru", "uk"), min_length=1
    )

    @property
    def folder(self) -> Path:
        """Return the folder; raises WhisperMissing where none is set."""
        if not self.whisper_folder:
            raise WhisperMissing
        return Path(self.whisper_folder)


class TranscriptionSettings(Environment):
    """Engine for recordings; auto is Deepgram where a key is stored, then Whisper where it is installed."""

    transcription_engine: Literal["auto", "deepgram", "openai_audio", "whisper", "pocketsphinx"] = Field(
        alias="TRANSCRIPTION_ENGINE", default="auto"
    )


def choose_engine(language: str) -> Engine:
    """Return the engine that the settings name, or that stored keys and installed models allow.

    Raises LanguageNotOffered where that engine does not know the language, and leaves of
    `aam.transcription.whisper.model` where Whisper is asked for, or alone knows the language, and cannot be used.
    """
    wanted = load(TranscriptionSettings).transcription_engine
    if wanted == "deepgram" or (wanted == "auto" and vendor_keys().deepgram.get_secret_value()):
        return "deepgram"
    if wanted == "openai_audio":
        return "openai_audio"
    if wanted == "pocketsphinx":
        return _pocketsphinx(language)
    settings = load(WhisperSettings)
    if wanted == "auto" and not settings.whisper_folder:
        return _pocketsphinx(language)
    try:
        model = verified_engine(settings.folder)
    except AppError as error:
        if wanted == "whisper" or forced_language(language) != _ENGLISH:
            raise
        logger().warning("whisper cannot be used", extra={"code": code_of(error)})
        return "pocketsphinx"
    if not _hears(model, language):
        raise LanguageNotOffered
    return "whisper"


def plan(audio: ExtractedAudio, *, engine: PieceEngine, language: str) -> tuple[AudioWindow, ...]:
    """Return a window for each five minutes of each speaker's channel that is not silent."""
    names = {output.channel: output.key.rpartition("/")[2] for output in audio.outputs if not output.silent}
    longest_ms = LONGEST_MS if engine != "openai_audio" else audio.duration_ms
    windows = plan_windows(duration_ms=audio.duration_ms, channels=len(audio.outputs), longest_ms=longest_ms)
    return tuple(
        AudioWindow(window=window, audio=names[window.channel], engine=engine, language=language)
        for window in windows
        if window.channel in names
    )


def recognise_window(pcm: bytes, task: AudioWindow) -> RecognisedWindow:
    """Return the words of one window by the engine that it was planned for."""
    if task.engine == "pocketsphinx":
        return pocketsphinx.recognise_window(pcm, window=task.window)
    from aam.transcription.whisper import engine

    settings = load(WhisperSettings)
    forced = forced_language(task.language)
    return engine.recognise_window(
        pcm,
        window=task.window,
        folder=settings.folder,
        language=whisper_code(forced) if forced else None,
        allowed=settings.whisper_languages,
    )


def draft(windows: Sequence[RecognisedWindow], *, engine: OfflineEngine, language: str) -> Transcript:
    """Return the canonical transcript of all windows; raises `NoWordsRecognised`."""
    if engine == "pocketsphinx":
        return offline_draft.assemble(
            windows, engine=engine, model=pocketsphinx.MODEL, language=_ENGLISH, label=pocketsphinx.LABEL
        )
    spoken = offline_draft.spoken_languages(windows)
    model = next((window.model for window in windows), "")
    version = next((window.engine_version for window in windows), "")
    name = f"{OWN_NAME} {version}" if model == OWN_NAME else f"Whisper {model}"
    return offline_draft.assemble(
        windows,
        engine=engine,
        model=model,
        language=forced_language(language) or next(iter(spoken), _ENGLISH),
        label=f"draft, {name}, {_languages_shown(language, spoken)}",
    )


def _languages_shown(language: str, spoken: Sequence[str]) -> str:
    forced = forced_language(language)
    if forced:
        return forced
    return f"{spoken[0]} (detected)" if language == DETECT and len(spoken) == 1 else " + ".join(spoken)


def _pocketsphinx(language: str) -> Engine:
    if language.partition("-")[0] != _ENGLISH:
        raise LanguageNotOffered
    return "pocketsphinx"


def _hears(model: Model, language: str) -> bool:
    forced = forced_language(language)
    if model.english_only:
        return forced == _ENGLISH
    return forced is None or whisper_code(forced) in KNOWN
