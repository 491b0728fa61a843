"""Whisper's model for tests, where this checkout has it installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from aam.transcription.schemas import Transcript
from aam.transcription.whisper.model import BASE
from tests.support.recordings import Sound

MODELS = Path(__file__).parents[2] / ".aam" / "models"
ABSENT = "Whisper base is not installed in this checkout: aam engines add whisper"
ALLOWED = ("en", "ru", "uk")


def whisper_folder() -> Path:
    """Return the folder of the model; skips the test where it is not installed."""
    folder = MODELS / BASE.sha256
    if not folder.is_dir():
        pytest.skip(ABSENT)
    return folder


def recognised(sound: Sound, *, language: str, folder: Path) -> Transcript:
    """Return the draft that the engine makes of samples × channels; each channel is a speaker."""
    from aam.transcription.offline_engines import draft
    from aam.transcription.whisper.engine import recognise_window
    from aam.transcription.whisper.languages import forced_language
    from aam.transcription.windows import plan_windows

    windows = [
        recognise_window(
            sound[w.read_start_ms * 16 : w.read_end_ms * 16, w.channel or 0].tobytes(),
            window=w,
            folder=folder,
            language=forced_language(language),
            allowed=ALLOWED,
        )
        for w in plan_windows(duration_ms=len(sound) // 16, channels=sound.shape[1])
    ]
    return draft(windows, engine="whisper", language=language)
