"""Find speech before anything is recognised: without it Whisper hears words in noise, and is sure of them.

The model is silero v6; it reads 32 ms at a time and remembers what was before.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aam.transcription.whisper.model import VOICE_ACTIVITY
from aam.transcription.windows import SAMPLE_RATE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STEP = 512
"""Samples of one probability: 32 ms."""
_CONTEXT = 64
_BATCH = 2_000
THRESHOLD, LEAVING = 0.2, 0.05
"""Speech begins above the first probability and goes on above the second; at silero's own .5 a third of far-field
speech is lost, and noise, music and ring tones stay below .2."""
SILENCE_MS = 500
"""A shorter pause does not end speech."""
PAD_MS = 200
"""Sound kept before and after speech."""


@dataclass(frozen=True)
class Speech:
    """A stretch of speech in samples, half open, and the probability of each 32 ms of it."""

    first: int
    last: int
    probabilities: tuple[float, ...]

    @property
    def samples(self) -> int:
        """Return the number of samples."""
        return self.last - self.first


def find_speech(sound: NDArray[np.float32], *, folder: Path) -> list[Speech]:
    """Return the stretches of speech in sound that is mono, 16 kHz, within ±1, in the order of time."""
    return stretches(probabilities(sound, folder=folder), samples=len(sound))


def probabilities(sound: NDArray[np.float32], *, folder: Path) -> list[float]:
    """Return the probability of speech for each 32 ms."""
    import numpy as np

    session = voice_model(folder)
    steps = -(-len(sound) // STEP)
    padded = np.zeros(_CONTEXT + steps * STEP, dtype=np.float32)
    padded[_CONTEXT : _CONTEXT + len(sound)] = sound
    rows = np.lib.stride_tricks.sliding_window_view(padded, _CONTEXT + STEP)[::STEP] if steps else padded[:0]
    state = {"h": np.zeros((1, 1, 128), dtype=np.float32), "c": np.zeros((1, 1, 128), dtype=np.float32)}
    found: list[float] = []
    for at in range(0, len(rows), _BATCH):
        speech, state["h"], state["c"] = session.run(None, {"input": np.array(rows[at : at + _BATCH]), **state})
        found += speech.reshape(-1).tolist()
    return found


def stretches(chances: Sequence[float], *, samples: int) -> list[Speech]:
    """Return where the probabilities say that speech is, padded, without overlaps."""
    quiet = SILENCE_MS * SAMPLE_RATE // 1000 // STEP
    found: list[tuple[int, int]] = []
    begin: int | None = None
    last_heard = 0
    for at, chance in enumerate(chances):
        if chance >= THRESHOLD and begin is None:
            begin = at
        if begin is not None and chance >= LEAVING:
            last_heard = at
        elif begin is not None and at - last_heard > quiet:
            found.append((begin, last_heard + 1))
            begin = None
    if begin is not None:
        found.append((begin, last_heard + 1))
    return _padded(found, chances, samples)


def _padded(found: Sequence[tuple[int, int]], chances: Sequence[float], samples: int) -> list[Speech]:
    pad = PAD_MS * SAMPLE_RATE // 1000
    speech: list[Speech] = []
    for number, (begin, end) in enumerate(found):
        low = found[number - 1][1] * STEP if number else 0
        high = found[number + 1][0] * STEP if number + 1 < len(found) else samples
        first = max(begin * STEP - pad, (low + begin * STEP) // 2 if number else 0)
        last = min(end * STEP + pad, (end * STEP + high) // 2 if number + 1 < len(found) else samples)
        speech.append(Speech(first, last, tuple(chances[first // STEP : -(-last // STEP)])))
    return speech


@functools.cache
def voice_model(folder: Path) -> Any:
    """Return the one session of this process."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        folder / VOICE_ACTIVITY, providers=["CPUExecutionProvider"], sess_options=options
    )
