"""Minutes that quote every utterance, for erasures to take a person out of."""

from __future__ import annotations

from typing import Any


def minutes(said: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Return artifacts with an item for each utterance."""
    items = [
        {
            "id": f"decision-{number}",
            "text": f"{speaker} decided: {words}",
            "priority": "high",
            "fields": [{"name": "owner", "kind": "person", "value": speaker}],
            "quotes": [
                {
                    "quote": words,
                    "utterance_id": number,
                    "last_utterance_id": number,
                    "start_ms": None,
                    "end_ms": None,
                    "speaker": speaker,
                    "original": words,
                }
            ],
            "rejected_quotes": [{"quote": words, "utterance_id": 1, "reason": "not_there"}],
            "support": "quoted",
            "problems": [{"code": "c", "field": None, "about": words}],
        }
        for number, (speaker, words) in enumerate(said, 1)
    ]
    section = {"kind": "decision", "title": "Decisions", "items": items, "unsupported": items[:1]}
    return {
        "engine": "openai",
        "model": "m",
        "prompt_version": "1",
        "label": None,
        "language": "en",
        "sections": [section],
    }
