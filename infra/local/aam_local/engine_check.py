"""Let an offline engine hear the sample stand-up, and measure it: run as a program of its own, one JSON line.

``python -m aam_local.engine_check SAMPLE.ogg SAMPLE.vtt ENGINE`` hears with whisper, whose folder WHISPER_FOLDER names,
or with pocketsphinx.
"""

import json
import re
import sys
import time
from pathlib import Path

RATE = 16_000

_SPELLED = (
    "zero|one first 1st|two second 2nd|three third 3rd|four fourth 4th|five fifth 5th|six sixth 6th|"
    "seven seventh 7th|eight eighth 8th|nine ninth 9th|ten tenth 10th"
)
_NUMBERS = {word: str(number) for number, words in enumerate(_SPELLED.split("|")) for word in words.split()}


def words_of(text: str) -> list[str]:
    """Return the words in lower case without marks; small numbers as digits, however they were written."""
    return [_NUMBERS.get(word, word) for word in re.sub(r"[^\w' ]", " ", text.lower()).split()]


def changes(spoken: list[str], heard: list[str]) -> int:
    """Return the fewest words to insert, delete and replace."""
    row = list(range(len(heard) + 1))
    for number, told in enumerate(spoken, start=1):
        diagonal, row[0] = row[0], number
        for column, found in enumerate(heard, start=1):
            diagonal, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, diagonal + (told != found))
    return row[-1]


def main(arguments: list[str]) -> None:
    """Print words wrong, words spoken, CPU seconds per second of a channel, and the peak of memory in MB."""
    import av
    import numpy as np

    from aam.transcription.offline_engines import recognise_window
    from aam.transcription.prepared_audio import AudioWindow
    from aam.transcription.windows import plan_windows

    sound_file, cues, engine = arguments
    resampler = av.AudioResampler(format="s16", layout="stereo", rate=RATE)
    with av.open(sound_file) as container:
        frames = [out for frame in container.decode(audio=0) for out in resampler.resample(frame)]
    sound = np.concatenate([frame.to_ndarray().reshape(-1, 2) for frame in [*frames, *resampler.resample(None)]])
    spoken = re.findall(r"<v (\w+)>(.+)", Path(cues).read_text("utf-8"))
    began, wrong, total = time.process_time(), 0, 0
    for channel, name in enumerate(dict.fromkeys(speaker for speaker, _ in spoken)):
        (window,) = plan_windows(duration_ms=len(sound) // 16, channels=1)
        task = AudioWindow.model_validate({"window": window, "audio": name, "engine": engine})
        found = recognise_window(sound[:, channel].tobytes(), task)
        told = words_of(" ".join(text for speaker, text in spoken if speaker == name))
        wrong += changes(told, words_of(" ".join(word.text for word in found.words)))
        total += len(told)
    seconds = (time.process_time() - began) / (2 * len(sound) / RATE)
    peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text()) if sys.platform == "linux" else None
    measured = {"wrong": wrong, "words": total, "cpu": seconds, "megabytes": int(peak[1]) // 1024 if peak else None}
    sys.stdout.write(f"{json.dumps(measured)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
