"""Make the sample meeting anew from its script: `python infra/sample/generate.py [--check]`.

Needs Debian's `flite` (voices slt and rms) and PyAV; nobody who only runs the project needs either this file or flite.
The same script, flite and libopus give the same bytes: no time of day and no random serial number is written.
`--check` writes nothing and exits with 1 when the files that stand beside the script are not what it gives.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
import tomllib
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HERE = Path(__file__).parent
RATE = 16_000
"""What flite's CMU Arctic voices speak, in Hz."""
PAUSE_MS = 350
BIT_RATE = 36_000


@dataclass(frozen=True)
class Cue:
    """One spoken line and its place in the recording, in milliseconds."""

    speaker: str
    channel: int
    text: str
    start_ms: int
    end_ms: int


def speak(voice: str, text: str) -> bytes:
    """Return samples (s16, mono, 16 kHz) of `text` in flite's `voice`, without the silence around it."""
    import numpy as np

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "line.wav"
        subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(path)], check=True)  # noqa: S603, S607
        with wave.open(str(path)) as spoken:
            if (spoken.getframerate(), spoken.getnchannels(), spoken.getsampwidth()) != (RATE, 1, 2):
                raise SystemExit(f"flite's voice {voice} does not speak 16 kHz, 16 bit, mono.")
            samples = np.frombuffer(spoken.readframes(spoken.getnframes()), dtype="<i2")
    loud = np.flatnonzero(np.abs(samples) > 200)
    return samples[max(0, loud[0] - RATE // 50) : loud[-1] + RATE // 20].tobytes()


def perform(script: dict[str, object]) -> tuple[list[Cue], NDArray[np.int16]]:
    """Return the cues and the two channels (samples by channels) of a script."""
    import numpy as np

    speakers: dict[str, dict[str, object]] = script["speakers"]  # type: ignore[assignment]
    lines: list[dict[str, str]] = script["lines"]  # type: ignore[assignment]
    cues: list[Cue] = []
    pieces: list[tuple[int, int, bytes]] = []
    at = RATE * int(str(script["lead_in_ms"])) // 1000
    for line in lines:
        who = speakers[line["speaker"]]
        channel = int(str(who["channel"]))
        at += RATE * int(line.get("after_ms", PAUSE_MS if cues else 0)) // 1000
        spoken = speak(str(who["voice"]), line["text"])
        end = at + len(spoken) // 2
        cues.append(Cue(str(who["name"]), channel, line["text"], at * 1000 // RATE, end * 1000 // RATE))
        pieces.append((at, channel, spoken))
        at = end
    total = at + RATE * int(str(script["lead_out_ms"])) // 1000
    # A faint hiss from a fixed seed: a room is never digital zero, and engines dislike it.
    hiss = np.random.default_rng(7).normal(0, 4, (total, len(speakers)))
    sound = hiss.astype(np.int16)
    for start, channel, spoken in pieces:
        samples = np.frombuffer(spoken, dtype="<i2")
        sound[start : start + len(samples), channel] += samples
    return cues, sound


def encode(sound: NDArray[np.int16], title: str) -> bytes:
    """Return Ogg with stereo Opus, one speaker a channel."""
    import av

    target = io.BytesIO()
    with av.open(target, "w", format="ogg") as container:
        container.flags |= 0x400  # AVFMT_FLAG_BITEXACT: no random serial number, no version of the muxer
        container.metadata["title"] = title
        stream = container.add_stream("libopus", rate=48_000, layout="stereo", options={"application": "voip"})
        stream.bit_rate = BIT_RATE
        frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate = RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue()


def clock(ms: int) -> str:
    """Return milliseconds as WebVTT writes them."""
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


def subtitles(cues: list[Cue]) -> str:
    """Return the meeting as WebVTT with the speakers' names."""
    blocks = [f"{clock(c.start_ms)} --> {clock(c.end_ms)}\n<v {c.speaker}>{c.text}\n" for c in cues]
    return "\n".join(["WEBVTT\n", *blocks])


def main(argv: list[str] | None = None) -> int:
    """Write the sample, or with --check say whether it is what the script gives."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file would change")
    check = parser.parse_args(argv).check
    script = tomllib.loads((HERE / "script.toml").read_text(encoding="utf-8"))
    cues, sound = perform(script)
    files = {
        HERE / "standup.ogg": encode(sound, script["title"]),
        HERE / "standup.vtt": subtitles(cues).encode(),
    }
    changed = [path for path, data in files.items() if not path.exists() or path.read_bytes() != data]
    for path in changed:
        if check:
            sys.stderr.write(f"{path.name} is not what script.toml gives; run infra/sample/generate.py.\n")
        else:
            path.write_bytes(files[path])
    return 1 if check and changed else 0


if __name__ == "__main__":
    raise SystemExit(main())
