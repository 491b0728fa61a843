"""Prepared audio: the outputs of extraction, as engines read them."""

from __future__ import annotations

from typing import Literal

from aam.foundation.schemas import Value
from aam.media.schemas import ExtractedAudio
from aam.transcription.pocketsphinx import Window

DEEPGRAM_REPLY = "deepgram.json"
"""The name of Deepgram's stored reply; it is written last."""

Engine = Literal["deepgram", "pocketsphinx"]


class AudioWindow(Value):
    """A window, and the name of the derived object that holds its sound."""

    window: Window
    audio: str

    @property
    def result(self) -> str:
        """Return the name of the derived object for its words."""
        return f"windows/{self.window.index:04d}.json"


class PreparedAudio(Value):
    """The extracted audio, the engine that hears it, and for the offline engine its windows."""

    engine: Engine
    audio: ExtractedAudio
    windows: tuple[AudioWindow, ...] = ()
