"""Decode one piece of speech: Whisper's words, or none where it is not sure or goes round in a loop."""

from __future__ import annotations

import functools
import math
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aam.transcription.whisper.log_mel import PIECE_S, log_mel
from aam.transcription.whisper.model import TOKENIZER
from aam.transcription.whisper.words import Timed, clipped, spelled, with_marks, without_loops
from aam.transcription.windows import SAMPLE_RATE, first_sample, quietest

if TYPE_CHECKING:
    from aam.transcription.whisper.log_mel import Sound

BEAM = 5
TEMPERATURES = (0.0, 0.2, 0.4)
"""The first is certain, the others are tried where its text fails the checks below; hotter ones invent words."""
SAMPLES = 5
"""Texts that are sampled at a temperature above 0, of which the likeliest counts."""
SEED = 17
COMPRESSION_MAX = 2.4
"""A text that zlib shortens further repeats itself."""
SURE_MIN = -1.0
"""The lowest mean logarithm of a token's probability that true speech was measured with."""
NO_SPEECH, UNSURE = 0.6, -0.5
"""The model's own probability that nobody speaks, and how unsure its text must be for that to count: it writes "You"
and "Thank you." to humming, melodies and dialling (.77 and more; true words .35 and less)."""

PART_S = 10
"""Where no text of a longer piece passes the checks, parts of this length are read: a loop, or a sentence that was said
twice, spoils the whole else."""

_LONGEST_TOKENS, _TOKENS_S, _TOKENS_BEYOND = 448, 26, 60
"""Tokens of a text: what the model can write, and what speech needs in the scripts that need most; loops fill it."""
_MEL_FRAMES_S = 100
_TIMESTAMP_S = 0.02
_MEDIAN = 7
_REST_S = 1.0
_MOST_PASSES = 12


@dataclass(frozen=True)
class Passage:
    """Text between two of the model's own time stamps, in samples of the piece."""

    tokens: tuple[int, ...]
    first: int
    last: int


@dataclass(frozen=True)
class Decoded:
    """The words of a piece, times within it, and the number of passages that were dropped as noise.

    ``sureness`` is the mean logarithm of a token's probability, of the text that was read first; no words have none.
    """

    words: tuple[Timed, ...]
    dropped: int
    sureness: float


class Decoder:
    """One loaded model; not shared between threads."""

    def __init__(self, folder: Path) -> None:
        import ctranslate2
        import tokenizers

        self._model = ctranslate2.models.Whisper(
            str(folder), device="cpu", compute_type="int8", inter_threads=1, intra_threads=1
        )
        self._set_seed = ctranslate2.set_random_seed
        self._view = ctranslate2.StorageView.from_array
        self._tokenizer = tokenizers.Tokenizer.from_file(str(folder / TOKENIZER))
        self._end = self._id("<|endoftext|>")
        self._first_time = self._id("<|notimestamps|>") + 1

    @property
    def is_multilingual(self) -> bool:
        """Return whether the model knows more than English."""
        return bool(self._model.is_multilingual)

    def encode(self, sound: Sound) -> Any:
        """Return the encoder's output for at most 30 s of sound."""
        features = log_mel(sound, bands=self._model.n_mels)
        return self._model.encode(self._view(features[None]), to_cpu=True)

    def languages(self, encoded: Any) -> dict[str, float]:
        """Return the probability of every language of the model."""
        (found,) = self._model.detect_language(encoded)
        return {token.strip("<|>"): chance for token, chance in found}

    def decode(self, sound: Sound, *, language: str, encoded: Any = None) -> Decoded:
        """Return the words of a piece of at most 30 s.

        ``encoded`` is what `encode` gave for the same sound.  Where the model stops early, the rest is read again; what
        it is not sure of as a whole is read in parts.
        """
        words: list[Timed] = []
        dropped = 0
        begin, in_parts = 0, False
        sureness: float | None = None
        for _ in range(_MOST_PASSES):
            rest = _part(sound[begin:]) if in_parts else sound[begin:]
            encoded = self.encode(rest) if encoded is None else encoded
            longest = min(_LONGEST_TOKENS, _TOKENS_BEYOND + _TOKENS_S * len(rest) // SAMPLE_RATE)
            best = self._best(encoded, language, TEMPERATURES[:1] if in_parts else TEMPERATURES, longest=longest)
            if best is None and len(rest) > PART_S * SAMPLE_RATE:
                in_parts, encoded = True, None
                continue
            tokens, chance = best or ([], -math.inf)
            dropped += not tokens
            sureness = chance if sureness is None and tokens else sureness
            passages = list(self._passages(tokens, len(rest)))
            words += _moved(self._words(passages, encoded, language, len(rest)), begin * 1000 // SAMPLE_RATE)
            end = passages[-1].last if passages else len(rest)
            begin, encoded = begin + end, None
            if len(sound) - begin < _REST_S * SAMPLE_RATE or not end:
                break
        kept, loops = without_loops(words)
        said = tuple(clipped(with_marks(kept)))
        return Decoded(said, dropped + loops, -math.inf if sureness is None or not said else sureness)

    def _best(
        self, encoded: Any, language: str, temperatures: Sequence[float], *, longest: int
    ) -> tuple[list[int], float] | None:
        """Return the tokens of the first text that passes the checks, and their sureness; None if none does.

        There are no tokens where what is heard is hardly speech.
        """
        prompt = self._prompt(language)
        for temperature in temperatures:
            self._set_seed(SEED)
            options = (
                {"beam_size": BEAM}
                if temperature == 0
                else {"beam_size": 1, "num_hypotheses": SAMPLES, "sampling_topk": 0}
            )
            (result,) = self._model.generate(
                encoded,
                [prompt],
                sampling_temperature=temperature,
                max_length=longest,
                max_initial_timestamp_index=50,
                return_scores=True,
                return_no_speech_prob=True,
                **options,
            )
            tokens = list(result.sequences_ids[0])
            text = self._text([token for token in tokens if token < self._end])
            sureness = result.scores[0] * len(tokens) / (len(tokens) + 1)
            if result.no_speech_prob >= NO_SPEECH and sureness < UNSURE:
                return [], sureness
            if _compression(text) <= COMPRESSION_MAX and sureness >= SURE_MIN:
                return tokens, sureness
        return None

    def _prompt(self, language: str) -> list[int]:
        names = ["<|startoftranscript|>"]
        if self.is_multilingual:
            names += [f"<|{language}|>", "<|transcribe|>"]
        return [self._id(name) for name in names]

    def _passages(self, tokens: Sequence[int], samples: int) -> Iterator[Passage]:
        """Yield the passages between time stamps; text without a second stamp reaches to the end of the sound."""
        begin, text = 0, list[int]()
        for token in tokens:
            if token < self._end:
                text.append(token)
            elif token >= self._first_time:
                at = min(samples, int((token - self._first_time) * _TIMESTAMP_S * SAMPLE_RATE))
                if text:
                    yield Passage(tuple(text), begin, max(begin, at))
                    text = []
                begin = at
        if text:
            yield Passage(tuple(text), begin, samples)

    def _words(self, passages: Sequence[Passage], encoded: Any, language: str, samples: int) -> Iterator[Timed]:
        """Yield the words of all passages, aligned at once, so that each finds its own sound."""
        if not passages:
            return
        frames = min(PIECE_S * _MEL_FRAMES_S, -(-samples * _MEL_FRAMES_S // SAMPLE_RATE))
        text = [token for passage in passages for token in passage.tokens]
        (aligned,) = self._model.align(encoded, self._prompt(language), [text], [frames], median_filter_width=_MEDIAN)
        begins = _first_times_ms(aligned.alignments)
        at = 0
        for passage in passages:
            for word in spelled(passage.tokens, self._text, language=language):
                after = at + word.tokens
                chances = aligned.text_token_probs[at:after]
                start = begins.get(at, passage.first * 1000 // SAMPLE_RATE)
                end = begins.get(after, samples * 1000 // SAMPLE_RATE)
                yield Timed(word.text, start, max(start, end), sum(chances) / max(1, len(chances)))
                at = after

    def _text(self, tokens: list[int]) -> str:
        return str(self._tokenizer.decode(tokens))

    def _id(self, name: str) -> int:
        return int(self._tokenizer.token_to_id(name))


@functools.cache
def decoder_of(folder: Path) -> Decoder:
    """Return the one decoder of this process: loading the model takes most of a second."""
    return Decoder(folder)


def _first_times_ms(alignments: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Return when each token begins: the first 20 ms that it is aligned with."""
    first: dict[int, int] = {}
    for token, time in alignments:
        first.setdefault(token, round(time * _TIMESTAMP_S * 1000))
    return first


def _moved(words: Iterable[Timed], by_ms: int) -> list[Timed]:
    return [Timed(word.text, word.start_ms + by_ms, word.end_ms + by_ms, word.confidence) for word in words]


def _part(sound: Sound) -> Sound:
    """Return the beginning of what is too long to be sure of, up to the quietest spot near its longest."""
    import numpy as np

    if len(sound) <= PART_S * SAMPLE_RATE:
        return sound
    step = first_sample(1)
    frames = np.abs(sound[: PART_S * SAMPLE_RATE]).reshape(-1, step).sum(axis=1)
    return sound[: first_sample(quietest(frames.tolist(), len(frames) // 2, len(frames)))]


def _compression(text: str) -> float:
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw)) if raw else 0.0
