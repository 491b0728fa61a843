"""The offline engine: PocketSphinx with the English model of its wheel, one five-minute window at a time.

It knows no case, no punctuation and no speakers, so what it gives is labelled a draft and its words are left as they
were recognised.  Speakers come from channels alone.
"""

from __future__ import annotations

import functools
from array import array
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from aam.foundation.errors import Unprocessable
from aam.foundation.schemas import Value
from aam.transcription.schemas import Transcript, Utterance, Word

if TYPE_CHECKING:
    from pocketsphinx import Decoder

ENGINE = "pocketsphinx"
MODEL = "en-us"
LABEL = "draft, English"

SAMPLE_RATE = 16_000
"""Of PCM that is signed 16 bit little endian, mono."""

WINDOW_MS = 5 * 60_000
"""What one map item recognises: about half a minute of work."""
MARGIN_MS = 2_000
"""How far beyond its nominal ends a window reads, so that it and its neighbour find the same quiet spot."""
LONGEST_MS = 2 * 60 * 60_000
"""Above it an offline draft would take too long and help too little."""

PIECE_MS = 20_000
"""The longest stretch decoded at once; measured best, as PocketSphinx' own segmenter loses most of a telephone call."""
PIECE_SEARCH_MS = 6_000
"""How far before the end of a piece a quiet spot is sought."""
FRAME_MS = 10
QUIET_FRAMES = 15
"""A quiet spot is judged over this many frames, so that it is a pause and not a stop consonant."""
AUDIBLE = 33
"""The mean magnitude of a frame at -60 dBFS; a piece without one is not decoded, for the engine hears words in it."""

PAUSE_MS = 700
"""A silence this long within a channel ends an utterance."""
LONGEST_UTTERANCE_MS = 30_000
"""Past it the next pause of `BREATH_MS` ends the utterance."""
BREATH_MS = 200


class TooLongForOfflineDraft(Unprocessable):
    """The recording is longer than the offline engine takes on."""

    code: ClassVar[str] = "too_long_for_offline_draft"
    sentence: ClassVar[str] = (
        "The offline engine transcribes at most two hours; transcribe this recording with Deepgram, "
        "or bring its transcript as .vtt, .srt, .json or .txt."
    )


class NoWordsRecognised(Unprocessable):
    """The engine heard no word in the whole recording."""

    code: ClassVar[str] = "no_words_recognised"
    sentence: ClassVar[str] = (
        "No words were recognised in this recording; the offline engine knows English only, so transcribe it with "
        "Deepgram, or bring its transcript as .vtt, .srt, .json or .txt."
    )


class Window(Value):
    """One map item: which part of which channel to recognise.

    ``start_ms`` to ``end_ms`` is what it answers for, ``read_start_ms`` to ``read_end_ms`` what it must be given, the
    margins included.  ``channel`` is None for a mono recording.
    """

    index: int = Field(ge=0)
    channel: int | None
    start_ms: int = Field(ge=0)
    end_ms: int = Field(ge=0)
    read_start_ms: int = Field(ge=0)
    read_end_ms: int = Field(ge=0)


class RecognisedWindow(Value):
    """The words of one window, times from the start of the recording; stored as one JSON object."""

    window: Window
    words: tuple[Word, ...]
    engine_version: str


def plan_windows(*, duration_ms: int, channels: int) -> tuple[Window, ...]:
    """Return windows of five minutes for each channel, in the order of time, then channel.

    ``channels`` counts those that are speakers; 1 means mono.  Raises `TooLongForOfflineDraft` above two hours.
    """
    if duration_ms > LONGEST_MS:
        raise TooLongForOfflineDraft
    windows: list[Window] = []
    for start in range(0, duration_ms, WINDOW_MS):
        end = min(start + WINDOW_MS, duration_ms)
        if duration_ms - end < 2 * MARGIN_MS:  # no room for a cut: the last window takes the rest along
            end = duration_ms
        windows += [
            Window(
                index=len(windows) + channel,
                channel=channel if channels > 1 else None,
                start_ms=start,
                end_ms=end,
                read_start_ms=max(0, start - MARGIN_MS),
                read_end_ms=min(duration_ms, end + MARGIN_MS),
            )
            for channel in range(channels)
        ]
        if end == duration_ms:
            break
    return tuple(windows)


def recognise_window(pcm: bytes, *, window: Window) -> RecognisedWindow:
    """Return the words of one window.

    ``pcm`` is s16le, 16 kHz, mono, from ``window.read_start_ms`` to ``window.read_end_ms``.  The work is cut at the
    quietest spot near each boundary, which both neighbours find in the same samples: no word is lost or doubled.
    """
    samples = array("h", pcm[: len(pcm) // 2 * 2])
    loudness = _loudness(samples)
    first, last = 0, len(loudness)
    if window.read_start_ms < window.start_ms:
        first = _quietest(loudness, 0, _frames(2 * MARGIN_MS))
    if window.read_end_ms > window.end_ms:
        edge = _frames(window.end_ms - window.read_start_ms)
        last = _quietest(loudness, edge - _frames(MARGIN_MS), edge + _frames(MARGIN_MS))
    words: list[Word] = []
    for begin, end in _pieces(loudness, first, last):
        if max(loudness[begin:end]) < AUDIBLE * _at(1):
            continue
        piece = samples[_at(begin) : _at(end) if end < len(loudness) else len(samples)].tobytes()
        words += _recognise(piece, offset_ms=window.read_start_ms + begin * FRAME_MS)
    return RecognisedWindow(window=window, words=tuple(words), engine_version=_version())


def assemble(windows: Iterable[RecognisedWindow]) -> Transcript:
    """Return the canonical transcript of all windows; raises `NoWordsRecognised` when they hold no word.

    Pauses end utterances, channels are merged by time, and channel n speaks as "Speaker n + 1".
    """
    by_channel: dict[int | None, list[Word]] = {}
    version = ""
    for recognised in sorted(windows, key=lambda r: r.window.start_ms):
        version = recognised.engine_version
        by_channel.setdefault(recognised.window.channel, []).extend(recognised.words)
    spoken = sorted(
        ((channel, words) for channel, heard in by_channel.items() for words in _utterances(heard)),
        key=lambda turn: (turn[1][0].start_ms, turn[0] or 0),
    )
    if not spoken:
        raise NoWordsRecognised
    return Transcript(
        language="en",
        engine=ENGINE,
        model=MODEL,
        version=version,
        label=LABEL,
        utterances=tuple(
            Utterance(
                id=number,
                speaker=f"Speaker {(channel or 0) + 1}",
                channel=channel,
                start_ms=words[0].start_ms,
                end_ms=max(word.end_ms for word in words),
                text=" ".join(word.text for word in words),
                confidence=_mean([word.confidence for word in words if word.confidence is not None]),
                words=tuple(words),
            )
            for number, (channel, words) in enumerate(spoken, start=1)
        ),
    )


def _utterances(words: Sequence[Word]) -> list[list[Word]]:
    """Return one channel's words, parted at pauses."""
    turns: list[list[Word]] = []
    for word in words:
        if turns:
            turn = turns[-1]
            pause = word.start_ms - turn[-1].end_ms
            length = turn[-1].end_ms - turn[0].start_ms
            if pause < PAUSE_MS and not (length > LONGEST_UTTERANCE_MS and pause >= BREATH_MS):
                turn.append(word)
                continue
        turns.append([word])
    return turns


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 3) if values else None


def _version() -> str:
    from importlib.metadata import version

    return version("pocketsphinx")


def _frames(ms: int) -> int:
    return ms // FRAME_MS


def _at(frame: int) -> int:
    """Return the first sample of a frame."""
    return frame * FRAME_MS * SAMPLE_RATE // 1000


def _loudness(samples: array[int]) -> list[int]:
    """Return the sum of magnitudes of each full 10 ms frame; pure Python, for the engine's layer has no numpy."""
    step = _at(1)
    return [sum(map(abs, samples[at : at + step])) for at in range(0, len(samples) - step + 1, step)]


def _quietest(loudness: Sequence[int], low: int, high: int) -> int:
    """Return the middle of the quietest stretch that lies within frames `low` to `high`; of equals, the last.

    It depends on the samples between `low` and `high` alone, so that two windows agree on it.
    """
    low, high = max(0, low), min(high, len(loudness))
    if high - low <= QUIET_FRAMES:
        return (low + high) // 2
    heard = sum(loudness[low : low + QUIET_FRAMES])
    best, best_at = heard, low
    for at in range(low + 1, high - QUIET_FRAMES + 1):
        heard += loudness[at + QUIET_FRAMES - 1] - loudness[at - 1]
        if heard <= best:
            best, best_at = heard, at
    return best_at + QUIET_FRAMES // 2


def _pieces(loudness: Sequence[int], first: int, last: int) -> list[tuple[int, int]]:
    """Return stretches of at most 20 s between quiet spots, in frames."""
    pieces: list[tuple[int, int]] = []
    longest, search = _frames(PIECE_MS), _frames(PIECE_SEARCH_MS)
    while last - first > longest:
        cut = _quietest(loudness, first + longest - search, first + longest)
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
