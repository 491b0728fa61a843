"""The input of Whisper's encoder: the logarithm of a mel spectrogram of 30 seconds (arXiv 2212.04356, section 2.2)."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from aam.transcription.windows import SAMPLE_RATE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Sound = NDArray[np.float32]

PIECE_S = 30
"""The encoder always reads this many seconds; shorter sound is followed by silence."""
HOP = 160
_WINDOW = 400
_FLOOR = 1e-10
_RANGE = 8.0
_LINEAR_BELOW_HZ, _MEL_HZ, _LOG_STEP = 1_000.0, 200 / 3, 27.0
_LOG_BASE = 6.4


def log_mel(sound: Sound, *, bands: int) -> NDArray[np.float32]:
    """Return ``bands`` × 3,000 frames of 10 ms for at most 30 s of sound, mono, 16 kHz, within ±1."""
    import numpy as np

    padded = np.zeros(PIECE_S * SAMPLE_RATE, dtype=np.float32)
    padded[: len(sound)] = sound[: len(padded)]
    framed = np.lib.stride_tricks.sliding_window_view(np.pad(padded, _WINDOW // 2, mode="reflect"), _WINDOW)[::HOP]
    hann = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    power = np.abs(np.fft.rfft(framed[:-1] * hann, axis=1)).astype(np.float32) ** 2
    levels = np.log10(np.maximum(_filters(bands) @ power.T, _FLOOR))
    levels = np.maximum(levels, levels.max() - _RANGE)
    scaled: NDArray[np.float32] = ((levels + 4.0) / 4.0).astype(np.float32)
    return scaled


@functools.cache
def _filters(bands: int) -> NDArray[np.float32]:
    """Return triangular filters of equal area, evenly spaced on Slaney's mel scale: linear, then logarithmic."""
    import numpy as np

    edges = _hertz(np.linspace(0.0, _mel(np.array([SAMPLE_RATE / 2]))[0], bands + 2))
    bins = np.linspace(0.0, SAMPLE_RATE / 2, _WINDOW // 2 + 1)
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising, falling = (bins - low) / (middle - low), (high - bins) / (high - middle)
    filters: NDArray[np.float32] = (np.maximum(0.0, np.minimum(rising, falling)) * 2.0 / (high - low)).astype(
        np.float32
    )
    return filters


def _mel(hertz: NDArray[np.float64]) -> NDArray[Any]:
    import numpy as np

    above = _LINEAR_BELOW_HZ / _MEL_HZ + np.log(np.maximum(hertz, 1.0) / _LINEAR_BELOW_HZ) * _LOG_STEP / np.log(
        _LOG_BASE
    )
    return np.where(hertz < _LINEAR_BELOW_HZ, hertz / _MEL_HZ, above)


def _hertz(mel: NDArray[np.float64]) -> NDArray[Any]:
    import numpy as np

    knee = _LINEAR_BELOW_HZ / _MEL_HZ
    above = _LINEAR_BELOW_HZ * np.exp((mel - knee) * np.log(_LOG_BASE) / _LOG_STEP)
    return np.where(mel < knee, mel * _MEL_HZ, above)
