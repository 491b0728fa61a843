"""Recognise one window of sound with Whisper: find speech, choose its language, decode it, and say what was dropped."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from aam.transcription.schemas import Word
from aam.transcription.whisper.decoding import Decoder, decoder_of
from aam.transcription.whisper.languages import likely_languages
from aam.transcription.whisper.model import RUNTIME, WhisperUnloadable, verified_engine
from aam.transcription.whisper.spans import Piece, lay_out
from aam.transcription.whisper.voice_activity import find_speech, voice_model
from aam.transcription.windows import (
    FRAME_MS,
    SAMPLE_RATE,
    Hearing,
    RecognisedWindow,
    Window,
    first_sample,
    loudness_of,
    own_frames,
    samples_of,
)

PREFERENCE = 0.1
"""How much surer the language before must be than the likeliest; the wrong one was .4 less sure or more."""
_FULL_SCALE = 32_768.0


def recognise_window(
    pcm: bytes, *, window: Window, folder: Path, language: str | None, allowed: Sequence[str]
) -> RecognisedWindow:
    """Return the words of one window, and how much of its speech they cover.

    ``pcm`` is s16le, 16 kHz, mono, from ``window.read_start_ms`` to ``window.read_end_ms``.  ``language`` None means
    that each piece of speech has the likeliest of the ``allowed`` languages.  Raises leaves of
    `aam.transcription.whisper.model` before anything is loaded, and WhisperUnloadable.
    """
    model = verified_engine(folder)
    decoder = load_engine(folder)
    import numpy as np

    samples = samples_of(pcm)
    first, last = own_frames(loudness_of(samples), window)
    begin, end = first_sample(first), first_sample(last)
    if window.read_end_ms <= window.end_ms:
        end = len(samples)  # the last window ends with the sound, not with its last full frame
    sound = np.frombuffer(samples[begin:end].tobytes(), dtype=np.int16).astype(np.float32) / _FULL_SCALE
    if not decoder.is_multilingual:
        language = "en"
    offset_ms = window.read_start_ms + first * FRAME_MS
    words: list[Word] = []
    spoken: Counter[str] = Counter()
    speech_ms = worded_ms = dropped = 0
    before: str | None = None
    for piece in lay_out(find_speech(sound, folder=folder), language_known=language is not None):
        heard = np.concatenate([sound[low:high] for low, high in piece.sound])
        if language is not None:
            spoken_in, decoded = language, decoder.decode(heard, language=language)
        else:
            encoded = decoder.encode(heard)
            likely = likely_languages(decoder.languages(encoded), allowed=allowed, before=before)
            read = {each: decoder.decode(heard, language=each, encoded=encoded) for each in likely}
            surest = max(read, key=lambda each: read[each].sureness + (PREFERENCE if each == likely[0] else 0.0))
            spoken_in, decoded = surest, read[surest]
            before = spoken_in if decoded.words else before
        dropped += decoded.dropped
        for word in decoded.words:
            start_ms, end_ms = piece.span_ms(word.start_ms, word.end_ms)
            words.append(
                Word(
                    text=word.text,
                    start_ms=offset_ms + start_ms,
                    end_ms=offset_ms + end_ms,
                    confidence=round(min(1.0, max(0.0, word.confidence)), 3),
                )
            )
        speech_ms += piece.speech_ms
        if decoded.words:  # noise has no language
            spoken[spoken_in] += piece.speech_ms
        worded_ms += _worded_ms(piece, [(word.start_ms, word.end_ms) for word in decoded.words])
    return RecognisedWindow(
        window=window,
        words=tuple(words),
        engine_version=model.version,
        model=model.name,
        hearing=Hearing(speech_ms=speech_ms, worded_ms=worded_ms, dropped=dropped, languages=dict(spoken)),
    )


def load_engine(folder: Path) -> Decoder:
    """Return the decoder of a model that was verified; raises WhisperUnloadable where this machine cannot run it."""
    load_runtime(folder)
    try:
        voice_model(folder)
        return decoder_of(folder)
    except Exception as error:  # the packages raise what they like, from ImportError to RuntimeError
        raise WhisperUnloadable from error


def load_runtime(folder: Path) -> None:
    """Let the packages be imported that lie beside the model; what the function brings itself comes first."""
    runtime = str(folder / RUNTIME)
    if runtime not in sys.path:
        sys.path.append(runtime)


def _worded_ms(piece: Piece, words: Sequence[tuple[int, int]]) -> int:
    """Return how much of a piece lies within words, or in pauses between two of them that speech may have."""
    worded = 0
    end = 0
    for start_ms, end_ms in words:
        worded += min(start_ms - end, _PAUSE_MS) + end_ms - start_ms
        end = end_ms
    rest = piece.samples * 1000 // SAMPLE_RATE - end
    return min(piece.speech_ms, worded + (min(rest, _PAUSE_MS) if words else 0))


_PAUSE_MS = 1_500
