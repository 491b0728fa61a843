"""How long extraction takes beside PyAV alone, and how much memory, on a generated 1.2 GB film.

The film is an hour of stereo AAC between random bytes that pass for pictures: making it costs no video encoder, and
reading it costs what a real one does.  Both sides read it from one loopback server by Range, each in a process of its
own, and write Opus at the encoder's least effort to nowhere.  What both have imported before is not counted.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

from tests.benchmarks.figures import Figure
from tests.support.memory import PEAK_MB

ROOT = Path(__file__).parents[2]
FILM_BYTES = 1_200_000_000
FILM_SECONDS = 3_600
RUNS = 3
"""Each side in turn, so that a busy machine slows both."""


def make_film(path: Path, *, size_bytes: int = FILM_BYTES, seconds: int = FILM_SECONDS) -> None:
    """Write an mp4 of about ``size_bytes``: ten seconds of encoded sound over and over, and one big picture a second.

    Its index stands at the end, where recorders leave it.
    """
    import av
    import numpy as np

    picture_bytes = size_bytes // seconds - 16_000
    randomness = random.Random(7)
    pictures = [randomness.randbytes(picture_bytes) for _ in range(4)]
    sound = np.random.default_rng(7).normal(0, 3_000, (48_000 * 10, 2)).astype(np.int16)
    with av.open(str(path), "w", format="mp4") as film:
        video = film.add_stream("mpeg4", rate=1)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        audio = film.add_stream("aac", rate=48_000, layout="stereo")
        audio.bit_rate = 128_000
        video.codec_context.open()
        frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate = 48_000
        encoded = [(bytes(packet), packet.duration) for packet in audio.encode(frame)]
        at, beat = 0, 0
        while beat < seconds:
            data, duration = encoded[(at // 1024) % len(encoded)]
            packet = av.Packet(data)
            packet.stream, packet.time_base = audio, Fraction(1, 48_000)
            packet.pts = packet.dts = at
            packet.duration = duration or 1024
            film.mux(packet)
            at += 1024
            if at >= beat * 48_000:
                picture = av.Packet(pictures[beat % len(pictures)])
                picture.stream, picture.time_base = video, Fraction(1)
                picture.pts = picture.dts = beat
                picture.duration = 1
                picture.is_keyframe = True
                film.mux(picture)
                beat += 1


_ALONE = """
options = {"compression_level": "0", "application": "voip"}
with av.open(URL) as film, av.open("/dev/null", "w", format="ogg") as out:
    sound = film.streams.audio[0]
    for other in film.streams:
        if other is not sound:
            other.discard = type(other.discard).all
    target = out.add_stream("libopus", rate=16_000, layout="LAYOUT", options=options)
    target.bit_rate = 24_000 * target.codec_context.channels
    resampler = av.AudioResampler("s16", "LAYOUT", 16_000, 16_000)
    for frame in film.decode(sound):
        for made in resampler.resample(frame):
            out.mux(target.encode(made))
    for made in resampler.resample(None):
        out.mux(target.encode(made))
    out.mux(target.encode(None))
"""

_OURS = """
class Nowhere:
    key = "nowhere"
    size = 0
    def write(self, data):
        self.size += len(data)
        return len(data)
    def complete(self):
        return self.size
    def abort(self):
        pass

found = extract_audio(
    URL, open_sink=lambda name, content_type: Nowhere(), audio_format=AudioFormat.OPUS, channels_are_speakers=SPEAKERS
)
assert abs(found.duration_ms - DURATION) < 1_000, found
"""

_MEASURED = """
import json, time
import av, numpy
from aam.media.schemas import AudioFormat
from aam.media.service import extract_audio
began = time.perf_counter()
{work}
print(json.dumps([time.perf_counter() - began, {peak}]))
"""


def _run(work: str) -> tuple[float, float]:
    """Seconds and peak resident MB of ``work`` in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED.format(work=work, peak=PEAK_MB)],
        cwd=ROOT / "layers" / "core",
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    seconds, megabytes = json.loads(done.stdout)
    return seconds, megabytes


def measure(*, size_bytes: int = FILM_BYTES, seconds: int = FILM_SECONDS, runs: int = RUNS) -> list[Figure]:
    """Extraction of a stereo film as a downmix and as two speakers: time beside PyAV alone, and peak memory."""
    from tests.support.ranges import serve_folder

    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        make_film(Path(folder) / "film.mp4", size_bytes=size_bytes, seconds=seconds)
        with serve_folder(Path(folder)) as address:
            url = repr(f"{address}/film.mp4")
            ours = _OURS.replace("URL", url).replace("DURATION", str(seconds * 1000))
            alone = _ALONE.replace("URL", url)
            for name, speakers, layout in (("mono", "False", "mono"), ("speakers", "True", "stereo")):
                mine, tool = ours.replace("SPEAKERS", speakers), alone.replace("LAYOUT", layout)
                figures += _compare(name, [(_run(tool), _run(mine)) for _ in range(runs)])
    return figures


def _compare(name: str, pairs: list[tuple[tuple[float, float], tuple[float, float]]]) -> list[Figure]:
    """The figures of pairs of runs: the tool's seconds and MB, then ours."""
    # The fastest of each: what other work on the machine adds is never negative.
    seconds = min(mine[0] for _, mine in pairs)
    tool_seconds = min(tool[0] for tool, _ in pairs)
    ratio = seconds / tool_seconds
    peak = max(mine[1] for _, mine in pairs)
    return [
        Figure(f"extract_{name}_ratio", round(ratio, 2), "x", 1.25, ratio <= 1.25),
        Figure(f"extract_{name}_seconds", round(seconds, 1), "s", round(tool_seconds * 1.25, 1), ratio <= 1.25),
        Figure(f"extract_{name}_peak", round(peak), "MB", 200, peak <= 200),
    ]


if __name__ == "__main__":
    for figure in measure():
        verdict = "ok" if figure.ok else "MISS"
        sys.stdout.write(f"{figure.name}  {figure.value} {figure.unit}  {figure.limit}  {verdict}\n")
