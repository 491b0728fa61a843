"""The sample is what its script says, and small."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib

import numpy as np
import pytest

from tests.support.recordings import decode
from tests.support.sample import SAMPLE, lines


def test_it_is_small_and_about_a_minute_long() -> None:
    assert (SAMPLE / "standup.ogg").stat().st_size <= 300_000
    assert 50_000 < lines()[-1].end_ms < 70_000


def test_its_subtitles_say_what_its_script_says() -> None:
    script = tomllib.loads((SAMPLE / "script.toml").read_text(encoding="utf-8"))
    told = [(script["speakers"][line["speaker"]]["name"], line["text"]) for line in script["lines"]]
    assert [(line.speaker, line.text) for line in lines()] == told
    assert all(a.end_ms < b.start_ms for a, b in zip(lines(), lines()[1:], strict=False))


def test_it_holds_what_minutes_are_made_of() -> None:
    whole = " ".join(line.text for line in lines())
    for cue in ("We decided to", "Helen will send", "Robert will send", "Tuesday, December first", "The risk is that"):
        assert cue in whole
    for cue in ("open question", "The next step is", "Wednesday, December second"):
        assert cue in whole


def test_each_speaker_is_heard_on_their_own_channel_at_the_times_given() -> None:
    sound = decode((SAMPLE / "standup.ogg").read_bytes()).astype(np.float64)
    for line in lines():
        part = sound[line.start_ms * 16 : line.end_ms * 16]
        own = {"Helen": 0, "Robert": 1}[line.speaker]
        levels = np.sqrt((part**2).mean(axis=0))
        assert levels[own] > 50 * levels[1 - own], line


@pytest.mark.skipif(shutil.which("flite") is None, reason="flite is not installed; it is needed only to regenerate")
def test_it_can_be_made_anew() -> None:
    done = subprocess.run(
        [sys.executable, str(SAMPLE / "generate.py"), "--check"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
