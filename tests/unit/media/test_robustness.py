"""What no case foresees: flipped bytes, odd channel counts, a form that changes on the way, heavy imports."""

from __future__ import annotations

import random
import subprocess
import sys

import numpy as np
import pytest

from aam.foundation.errors import Unprocessable
from aam.media.schemas import AudioFormat
from aam.media.service import extract_audio
from tests.support import recordings as make
from tests.support.ranges import RangeServer
from tests.support.sinks import MemoryStore

SOUND = make.noise(2, seed=1)
GOOD = [
    make.wav(SOUND),
    make.encode(SOUND, container="mp4", codec="aac"),
    make.encode(SOUND, container="webm", codec="libopus"),
    make.encode(SOUND, container="ogg", codec="libopus"),
    make.encode(SOUND, container="flac", codec="flac"),
    make.encode(SOUND, container="mp3", codec="libmp3lame"),
]


def _damaged(seed: int) -> bytes:
    chance = random.Random(seed)
    data = bytearray(chance.choice(GOOD))
    for _ in range(chance.choice((1, 3, 10, 100))):
        data[chance.randrange(min(len(data), chance.choice((64, 1_000, 10**9))))] = chance.randrange(256)
    return bytes(data)


@pytest.mark.parametrize("batch", range(5))
def test_flipped_bytes_give_sound_or_a_named_error(batch: int, server: RangeServer) -> None:
    for seed in range(batch * 40, batch * 40 + 40):
        store = MemoryStore()
        url = server.put("a", _damaged(seed))
        try:
            extract_audio(url, open_sink=store, audio_format=AudioFormat.WAV16K)
        except Unprocessable as error:
            assert type(error).__module__ == "aam.media.errors", seed  # noqa: PT017 - either outcome is right
            assert store.objects == {}, seed


@pytest.mark.parametrize("channels", [3, 6, 12])
def test_more_than_two_channels_become_one(channels: int, server: RangeServer, store: MemoryStore) -> None:
    sound = np.repeat(SOUND[:, None], channels, axis=1)
    found = extract_audio(
        server.put("a.wav", make.wav(sound)),
        open_sink=store,
        audio_format=AudioFormat.WAV16K,
        channels_are_speakers=True,
    )
    assert not found.channels_are_speakers
    assert found.facts.channels == channels
    assert [output.duration_ms for output in found.outputs] == [2_000]


def test_sound_may_change_its_form_on_the_way(server: RangeServer, store: MemoryStore) -> None:
    """ADTS files are often laid end to end, each with a channel count and rate of its own."""
    joined = make.encode(SOUND, container="adts", codec="aac") + make.encode(
        make.stereo(SOUND, SOUND), container="adts", codec="aac", rate=32_000
    )
    found = extract_audio(server.put("a.aac", joined), open_sink=store, audio_format=AudioFormat.WAV16K)
    assert abs(found.duration_ms - 3_000) < 300
    assert found.damaged_packets == 0


@pytest.mark.parametrize("module", ["aam.media.service", "aam.media.s3_sink", "aam.transcription.pocketsphinx"])
def test_nothing_heavy_is_imported_before_it_is_needed(module: str) -> None:
    heavy = "{'av', 'numpy', 'boto3', 'botocore', 'pocketsphinx', 'sqlalchemy'}"
    probe = f"import sys, {module}; sys.exit(', '.join(sorted({heavy} & set(sys.modules))) or 0)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
