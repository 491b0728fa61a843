"""The smaller offline engine: PocketSphinx with the English model of its wheel.

It knows no case, no punctuation and no speakers, so what it gives is labelled a draft and its words are left as they
were recognised.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from aam.transcription.schemas import Word
from aam.transcription.windows import (
    FRAME_MS,
    SAMPLE_RATE,
    RecognisedWindow,
    Window,
    first_sample,
    frames_in,
    is_audible,
    loudness_of,
    own_frames,
    quietest,
    samples_of,
)

if TYPE_CHECKING:
    from pocketsphinx import Decoder

MODEL = "en-us"
LABEL = "draft, English"

PIECE_MS = 20_000
"""The longest stretch decoded at once; measured best, as PocketSphinx' own segmenter loses most of a telephone call."""
PIECE_SEARCH_MS = 6_000
"""How far before the end of a piece a quiet spot is sought."""


def recognise_window(pcm: bytes, *, window: Window) -> RecognisedWindow:
    """Return the words of one window.

    ``pcm`` is s16le, 16 kHz, mono, from ``window.read_start_ms`` to ``window.read_end_ms``.
    """
    samples = samples_of(pcm)
    loudness = loudness_of(samples)
    words: list[Word] = []
    for begin, end in _pieces(loudness, *own_frames(loudness, window)):
        if not is_audible(loudness[begin:end]):  # the engine hears words in silence
            continue
        piece = samples[first_sample(begin) : first_sample(end) if end < len(loudness) else len(samples)].tobytes()
        words += _recognise(piece, offset_ms=window.read_start_ms + begin * FRAME_MS)
    return RecognisedWindow(window=window, words=tuple(words), engine_version=_version())


def _version() -> str:
    from importlib.metadata import version

    return version("pocketsphinx")


def _pieces(loudness: Sequence[int], first: int, last: int) -> list[tuple[int, int]]:
    """Return stretches of at most 20 s between quiet spots, in frames."""
    pieces: list[tuple[int, int]] = []
    longest, search = frames_in(PIECE_MS), frames_in(PIECE_SEARCH_MS)
    while last - first > longest:
        cut = quietest(loudness, first + longest - search, first + longest)
        pieces.append((first, cut))
        first = cut
    if last > first:
        pieces.append((first, last))
    return pieces


@functools.cache
def _decoder() -> Decoder:
    """Return the one decoder of this process: loading the model takes most of a second."""
    from pocketsphinx import Decoder

    return Decoder(samprate=SAMPLE_RATE, loglevel="FATAL")


def _recognise(pcm: bytes, *, offset_ms: int) -> list[Word]:
    """Return the words of one piece."""
    decoder = _decoder()
    # It adapts to what it hears: without this a window's words would depend on the windows before it.
    decoder.reinit_feat()
    decoder.start_utt()
    decoder.process_raw(pcm, full_utt=True)
    decoder.end_utt()
    return [
        Word(
            text=segment.word.partition("(")[0],  # alternative pronunciations are numbered: "the(2)"
            start_ms=offset_ms + segment.start_frame * FRAME_MS,
            end_ms=offset_ms + (segment.end_frame + 1) * FRAME_MS,
            confidence=round(min(1.0, max(0.0, segment.prob)), 3),  # already a posterior, not its logarithm
        )
        for segment in decoder.seg() or ()
        if segment.word[0] not in "<[+"  # silence, sentence marks and noises are not words
    ]
