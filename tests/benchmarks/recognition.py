"""How well and how fast the offline engine hears: the sample by speaker, and a real voice where it is at hand."""

from __future__ import annotations

import sys
import time

from aam.transcription.pocketsphinx import assemble, plan_windows, recognise_window
from aam.transcription.schemas import Transcript
from tests.benchmarks.figures import Figure
from tests.support.recordings import SHARED, Sound, decode
from tests.support.sample import SAMPLE, spoken_by
from tests.support.word_errors import word_error_rate, words_of

JFK = "And so my fellow Americans, ask not what your country can do for you, ask what you can do for your country."


def _recognise(sound: Sound) -> tuple[Transcript, float]:
    """The transcript, and the seconds of processor time for each second of a channel."""
    channels = sound.shape[1]
    began = time.process_time()
    windows = [
        recognise_window(sound[w.read_start_ms * 16 : w.read_end_ms * 16, w.channel or 0].tobytes(), window=w)
        for w in plan_windows(duration_ms=len(sound) // 16, channels=channels)
    ]
    took = time.process_time() - began
    return assemble(windows), took / (len(sound) / 16_000 * channels)


def measure() -> list[Figure]:
    """Word error rates, and the real-time factor of one channel."""
    transcript, factor = _recognise(decode((SAMPLE / "standup.ogg").read_bytes()))
    wrong = spoken = 0.0
    for channel, name in enumerate(("Helen", "Robert")):
        told = words_of(" ".join(spoken_by(name)))
        heard = words_of(" ".join(u.text for u in transcript.utterances if u.channel == channel))
        wrong += word_error_rate(told, heard) * len(told)
        spoken += len(told)
    rate = wrong / spoken
    figures = [
        Figure("recognise_sample_wer", round(rate, 3), "share", 0.1, rate <= 0.1),
        Figure("recognise_sample_rtf", round(factor, 2), "x", 0.5, factor <= 0.5),
    ]
    voice = SHARED / "audio" / "jfk.flac"
    if voice.exists():
        sound = decode(voice.read_bytes())[:, :1].copy()
        transcript, factor = _recognise(sound)
        rate = word_error_rate(words_of(JFK), words_of(" ".join(u.text for u in transcript.utterances)))
        figures.append(Figure("recognise_voice_wer", round(rate, 3), "share", 0.46, rate <= 0.46))
        figures.append(Figure("recognise_voice_rtf", round(factor, 2), "x", 0.7, factor <= 0.7))
    return figures


if __name__ == "__main__":
    for figure in measure():
        verdict = "ok" if figure.ok else "MISS"
        sys.stdout.write(f"{figure.name}  {figure.value} {figure.unit}  {figure.limit}  {verdict}\n")
