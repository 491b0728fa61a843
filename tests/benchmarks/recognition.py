"""Errors, speed and memory of every offline engine that is here, on the same recordings in one run.

Each engine hears in a process of its own, so that its peak of memory is its own.  Speed is CPU seconds for each
second of a channel; memory is the peak of the whole process in MB.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np

from aam.transcription import pocketsphinx
from aam.transcription.offline_draft import NoWordsRecognised
from aam.transcription.offline_engines import draft
from aam.transcription.schemas import Transcript
from aam.transcription.whisper.model import BASE
from aam.transcription.windows import plan_windows
from tests.benchmarks.figures import Figure, Skipped
from tests.support.memory import peak_megabytes
from tests.support.recordings import RATE, SHARED, Sound, decode, noise
from tests.support.sample import SAMPLE, spoken_by
from tests.support.whisper import ABSENT, MODELS, recognised
from tests.support.word_errors import word_error_rate, words_of

AUDIO = SHARED / "audio"
JFK = "And so my fellow Americans, ask not what your country can do for you, ask what you can do for your country."
BOOKS = {
    "lv0870": "and mister john dashwood had then leisure to consider how much there might be prudently in his power to "
    "do for them",
    "lv0880": "he was not an ill disposed young man",
    "lv0890": "unless to be rather cold hearted and rather selfish is to be ill disposed",
}
RUSSIAN = "бедняга ребят на его месте должен был быть я"
LIMITS = {
    "whisper": {"standup": 0.02, "speech": 0.05, "books": 0.05, "telephone": 0.22, "russian": 0.15, "cpu": 0.3},
    "pocketsphinx": {"standup": 0.1, "speech": 0.46, "books": 1.0, "telephone": 1.0, "cpu": 0.8},
}
MEMORY_MB = 600
SECONDS = 900


def measure() -> Iterator[Figure | Skipped]:
    """Yield the figures of each engine."""
    for engine in LIMITS:
        if engine == "whisper" and not (MODELS / BASE.sha256).is_dir():
            yield Skipped("recognise_whisper", ABSENT)
            continue
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.recognition", engine],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=True,
            env={"PYTHONPATH": "layers/core:.", "PATH": "/usr/bin:/bin"},
        )
        for name, value, unit, limit in json.loads(done.stdout.splitlines()[-1]):
            yield Figure(f"recognise_{engine}_{name}", value, unit, limit, value <= limit)


def rows(engine: str) -> Iterator[tuple[str, float, str, float]]:
    """Yield name, value, unit and limit of each figure of an engine."""
    limits = LIMITS[engine]
    stand_up = decode((SAMPLE / "standup.ogg").read_bytes())
    transcript, cpu = hear(engine, stand_up)
    yield "standup_wer", _by_channel(transcript), "share", limits["standup"]
    yield "standup_cpu", cpu, "s/s", limits["cpu"]
    if AUDIO.exists():
        yield from _shared(engine)
    if engine == "whisper":
        yield "noise_words", float(sum(_words_in(sound) for sound in _noises())), "words", 0.0
    yield "memory", round(peak_megabytes()), "MB", MEMORY_MB


def _shared(engine: str) -> Iterator[tuple[str, float, str, float]]:
    limits = LIMITS[engine]
    transcript, cpu = hear(engine, _mono("jfk.flac"))
    yield "speech_wer", _error(JFK, transcript), "share", limits["speech"]
    yield "speech_cpu", cpu, "s/s", 0.8
    wrong = spoken = 0.0
    for name, text in BOOKS.items():
        heard, _ = hear(engine, _mono(f"speech/{name}.wav"))
        wrong += word_error_rate(words_of(text), _heard(heard)) * len(words_of(text))
        spoken += len(words_of(text))
    yield "books_wer", round(wrong / spoken, 3), "share", limits["books"]
    telephone, cpu = hear(engine, _mono("two-speakers.wav"))
    yield "telephone_wer", _error(_telephone(), telephone), "share", limits["telephone"]
    yield "telephone_cpu", cpu, "s/s", 0.8
    if engine == "whisper":
        russian, _ = hear(engine, _mono("speech/ru.wav"), language="ru")
        yield "russian_wer", _error(RUSSIAN, russian), "share", limits["russian"]


def hear(engine: str, sound: Sound, *, language: str = "en") -> tuple[Transcript | None, float]:
    """Return the draft, None without words, and the CPU seconds for each second of a channel."""
    began = time.process_time()
    try:
        transcript = (
            recognised(sound, language=language, folder=MODELS / BASE.sha256) if engine == "whisper" else _sphinx(sound)
        )
    except NoWordsRecognised:
        transcript = None
    return transcript, round((time.process_time() - began) / (sound.size / RATE), 3)


def _sphinx(sound: Sound) -> Transcript:
    windows = [
        pocketsphinx.recognise_window(
            sound[w.read_start_ms * 16 : w.read_end_ms * 16, w.channel or 0].tobytes(), window=w
        )
        for w in plan_windows(duration_ms=len(sound) // 16, channels=sound.shape[1])
    ]
    return draft(windows, engine="pocketsphinx", language="en")


def _by_channel(transcript: Transcript | None) -> float:
    wrong = spoken = 0.0
    for channel, name in enumerate(("Helen", "Robert")):
        told = words_of(" ".join(spoken_by(name)))
        heard = [u.text for u in transcript.utterances if u.channel == channel] if transcript else []
        wrong += word_error_rate(told, words_of(" ".join(heard))) * len(told)
        spoken += len(told)
    return round(wrong / spoken, 3)


def _error(told: str, heard: Transcript | None) -> float:
    return round(word_error_rate(words_of(told), _heard(heard)), 3)


def _heard(transcript: Transcript | None) -> list[str]:
    return words_of(" ".join(utterance.text for utterance in transcript.utterances)) if transcript else []


def _telephone() -> str:
    """Return what is said in the call, of the lines of its STM file that are no comments."""
    lines = (AUDIO / "two-speakers.stm").read_text("utf-8").splitlines()
    return " ".join(line.split(maxsplit=5)[5] for line in lines if line and not line.startswith(";;"))


def _mono(name: str) -> Sound:
    return decode((AUDIO / name).read_bytes())[:, :1].copy()


def _words_in(sound: Sound) -> int:
    return len(_heard(hear("whisper", sound)[0]))


def _noises() -> Iterator[Sound]:
    at = np.arange(20 * RATE) / RATE
    yield np.zeros((20 * RATE, 1), dtype=np.int16)
    yield noise(20, seed=1)[:, None]
    yield noise(20, seed=2, dbfs=-45)[:, None]
    yield ((np.sin(2 * np.pi * 440 * at) + np.sin(2 * np.pi * 480 * at)) * (at % 6 < 2) * 6_000).astype(np.int16)[
        :, None
    ]
    yield (sum(np.sin(2 * np.pi * hertz * at) for hertz in (261.6, 329.6, 392.0)) * 4_000).astype(np.int16)[:, None]


if __name__ == "__main__":
    sys.stdout.write(f"{json.dumps(list(rows(sys.argv[1])))}\n")
