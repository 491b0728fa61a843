"""A heartbeat goes on whatever happens to one beat, and ends with its block."""

from __future__ import annotations

import threading

import pytest

from aam.vendor_limits.heartbeat import BEAT_S, LIFE_S, beating

PATIENCE_S = 10.0


def test_a_beat_that_fails_is_missed_and_the_next_one_comes(capsys: pytest.CaptureFixture[str]) -> None:
    beats: list[int] = []
    enough = threading.Event()

    def beat() -> None:
        beats.append(1)
        if len(beats) >= 3:
            enough.set()
        raise ValueError("what was said")

    with beating(beat, every_s=0.001):
        assert enough.wait(PATIENCE_S)
    assert "what was said" not in capsys.readouterr().out


def test_nothing_beats_before_its_time_or_after_the_block() -> None:
    beats: list[int] = []
    with beating(lambda: beats.append(1)):
        assert "heartbeat" in {thread.name for thread in threading.enumerate()}
    assert beats == []
    assert "heartbeat" not in {thread.name for thread in threading.enumerate()}


def test_two_beats_may_be_lost() -> None:
    assert BEAT_S * 3 <= LIFE_S
