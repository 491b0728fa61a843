"""Prepared audio: the outputs of extraction, as engines read them."""

from __future__ import annotations

from typing import Literal

from aam.foundation.schemas import Value
from aam.media.schemas import ExtractedAudio
from aam.transcription.windows import Window

DEEPGRAM_REPLY = "deepgram.json"
"""The name of Deepgram's stored reply; it is written last."""

PIECES_HEARD = "openai_audio.json"
"""The name of the object that says that every piece has its reply; it is written last."""

OfflineEngine = Literal["whisper", "pocketsphinx"]
PieceEngine = Literal["whisper", "pocketsphinx", "openai_audio"]
"""Engines that hear a recording window by window."""
Engine = Literal["deepgram", "whisper", "pocketsphinx", "openai_audio"]


class AudioWindow(Value):
    """A window, the name of the derived object that holds its sound, and the engine that hears it in a language."""

    window: Window
    audio: str
    engine: PieceEngine = "pocketsphinx"
    language: str = "en"

    @property
    def result(self) -> str:
        """Return the name of the derived object for its words."""
        return f"windows/{self.window.index:04d}.json"


class PreparedAudio(Value):
    """The extracted audio, the engine that hears it, and its windows where it hears by windows."""

    engine: Engine
    audio: ExtractedAudio
    windows: tuple[AudioWindow, ...] = ()
