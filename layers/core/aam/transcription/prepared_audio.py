"""Prepared audio: the outputs of extraction, as engines read them."""

from __future__ import annotations

from typing import Literal

from aam.foundation.schemas import Value
from aam.media.schemas import ExtractedAudio
from aam.transcription.windows import Window

DEEPGRAM_REPLY = "deepgram.json"
"""The name of Deepgram's stored reply; it is written last."""

OfflineEngine = Literal["whisper", "pocketsphinx"]
Engine = Literal["deepgram", "whisper", "pocketsphinx"]


class AudioWindow(Value):
    """A window, the name of the derived object that holds its sound, and the engine that hears it in a language."""

    window: Window
    audio: str
    engine: OfflineEngine = "pocketsphinx"
    language: str = "en"

    @property
    def result(self) -> str:
        """Return the name of the derived object for its words."""
        return f"windows/{self.window.index:04d}.json"


class PreparedAudio(Value):
    """The extracted audio, the engine that hears it, and for an offline engine its windows."""

    engine: Engine
    audio: ExtractedAudio
    windows: tuple[AudioWindow, ...] = ()
