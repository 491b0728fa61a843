"""The stand-up that the project ships."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

SAMPLE = Path(__file__).parents[2] / "infra" / "sample"


@dataclass(frozen=True)
class Line:
    """One cue of the sample's VTT, times in milliseconds."""

    speaker: str
    text: str
    start_ms: int
    end_ms: int


def lines() -> list[Line]:
    """Return the lines with speaker and time."""
    found = re.findall(
        r"00:(\d\d):(\d\d)\.(\d{3}) --> 00:(\d\d):(\d\d)\.(\d{3})\n<v (\w+)>(.+)\n",
        (SAMPLE / "standup.vtt").read_text(encoding="utf-8"),
    )
    return [
        Line(speaker, text, *(int(m) * 60_000 + int(s) * 1_000 + int(ms) for m, s, ms in (times[:3], times[3:])))
        for *times, speaker, text in found
    ]


def spoken_by(name: str) -> list[str]:
    """Return one speaker's lines."""
    return [line.text for line in lines() if line.speaker == name]
