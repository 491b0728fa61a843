"""No file makes the import's work grow faster than the file itself.

Two measures, neither of them a clock: the lines of our own code that run, which are counted and may no more than
double with the file; and a size at which a regular expression with quadratic backtracking, whose steps no counter sees,
would not come to its end within the test's life.
"""

from __future__ import annotations

from contextlib import suppress

import pytest

from aam.foundation.errors import Unprocessable
from aam.transcription.imports import read_transcript
from tests.support.work import lines_run

TIMING = "00:00:01.000 --> 00:00:02.000\n"
UNITS = [
    "<", "<v ", "<v" + " " * 40, "<c.a", "&", "{\\", "a:", "[", "(", "0:", "00:01 ", "-", "- ", ". >> ", "x | ", "1",
    "\t", "\n", " \n", "1\n", TIMING, TIMING + "a\n", TIMING + "Dana: a\na\n\n", "Dana: a\n",
    "Dana:\n", "- a\n", "x\n\n",
    "[Dana] 10:02:33\n", "Dana  0:03\n", "[00:01] x\n", "Dana\n0:01\n", "0 seconds", "transcribed by otter.ai", "-_",
    "00:00:00.000 -->", "NOTE\nx\n", "10:02:33 From " + " " * 30, "♪ ", '"', "*", "_", "speaker 0 ", '{"a":', "}",
]  # fmt: skip
HEADS = ["", "WEBVTT\n\n00:01.000 --> 00:02.000\n", "1\n00:00:01,000 --> 00:00:02,000\nDana: ", "Dana: a\n"]


def hostile(head: str, unit: str, size: int) -> bytes:
    return (head + unit * (size // len(unit)) + "x").encode()


def read(data: bytes) -> None:
    with suppress(Unprocessable):
        read_transcript(data, filename="m.txt", language="en")


@pytest.mark.parametrize("head", HEADS, ids=["text", "vtt", "srt", "labels"])
@pytest.mark.parametrize("unit", UNITS, ids=repr)
def test_twice_the_file_is_at_most_twice_the_work(unit: str, head: str) -> None:
    once, twice = (
        lines_run(lambda size=size: read(hostile(head, unit, size)), below="/transcription/imports/")
        for size in (2000, 4000)
    )
    assert twice <= 2.2 * once + 200


@pytest.mark.parametrize("head", HEADS, ids=["text", "vtt", "srt", "labels"])
def test_patterns_come_to_an_end_on_long_lines(head: str) -> None:
    for unit in UNITS:
        read(hostile(head, unit, 90_000))


@pytest.mark.parametrize("spaces", [300_000, 90_000])
def test_a_voice_tag_that_never_closes_is_read_or_refused(spaces: int) -> None:
    for close in ("", ">", "</v>"):
        read(f"WEBVTT\n\n00:01.000 --> 00:02.000\n<v{' ' * spaces}x{close}".encode())
