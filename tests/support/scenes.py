"""Meetings written for the tests, with what is true of them: decisions, tasks, open questions, risks and figures."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from aam.transcription.schemas import Transcript, Utterance

SCENES = Path(__file__).parent / "scenes"
UNSEEN = Path(__file__).parent / "unseen_scenes"
"""Scenes of an author who has not seen the engine; its rules are not made with them."""


@dataclass(frozen=True)
class Truth:
    """One true entry; ``turns`` are the ids of the utterances in which it stands."""

    text: str
    turns: frozenset[int]
    owner: str | None = None
    due: str | None = None
    value: str | None = None


@dataclass(frozen=True)
class Scene:
    """A meeting as a transcript, and the truth by kind: decisions, tasks, questions, risks, figures."""

    name: str
    title: str
    meeting_date: date
    participants: tuple[str, ...]
    transcript: Transcript
    truths: dict[str, tuple[Truth, ...]]


def read_scene(path: Path) -> Scene:
    """Return the scene of a TOML file."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return Scene(
        name=path.stem,
        title=table["title"],
        meeting_date=table["meeting_date"],
        participants=tuple(table.get("participants", ())),
        transcript=Transcript(
            language=table["language"],
            engine="import",
            model="scene",
            version="1",
            utterances=tuple(_utterance(number, turn) for number, turn in enumerate(table["turns"], 1)),
        ),
        truths={
            kind: tuple(_truth(entry) for entry in table.get(kind, ()))
            for kind in ("decisions", "tasks", "questions", "risks", "figures")
        },
    )


def read_scenes(folder: Path = SCENES) -> list[Scene]:
    """Return every scene of a folder, in the order of their names."""
    return [read_scene(path) for path in sorted(folder.glob("*.toml"))]


def _utterance(number: int, turn: dict[str, Any]) -> Utterance:
    return Utterance(
        id=number,
        speaker=turn["speaker"],
        start_ms=round(turn["start"] * 1000),
        end_ms=round(turn["end"] * 1000),
        text=turn["text"],
    )


def _truth(entry: dict[str, Any]) -> Truth:
    return Truth(
        text=entry["text"],
        turns=frozenset(entry["turns"]),
        owner=entry.get("owner"),
        due=str(entry["due"]) if "due" in entry else None,
        value=str(entry["value"]) if "value" in entry else None,
    )
