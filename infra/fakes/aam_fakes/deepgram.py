"""Replies as Deepgram's /v1/listen gives them."""

from __future__ import annotations

from typing import Any


def listen_reply(*utterances: tuple[int, float, float, str]) -> dict[str, Any]:
    """A whole reply for (speaker, start s, end s, text), with evenly spread words."""
    made = []
    for speaker, start, end, text in utterances:
        spoken = text.split()
        step = (end - start) / len(spoken)
        words = [
            {
                "word": w.strip(".,?!").lower(),
                "start": round(start + n * step, 3),
                "end": round(start + (n + 1) * step, 3),
                "confidence": 0.9,
                "speaker": speaker,
                "punctuated_word": w,
            }
            for n, w in enumerate(spoken)
        ]
        made.append(
            {
                "start": start,
                "end": end,
                "confidence": 0.9,
                "channel": 0,
                "transcript": text,
                "words": words,
                "speaker": speaker,
                "id": "2c1f6f0e-0000-4000-8000-000000000000",
            }
        )
    model = "1abfe86b-e047-4eed-858a-35e5625b41ee"
    return {
        "metadata": {
            "transaction_key": "deprecated",
            "request_id": "0b0c6a4e-0000-4000-8000-000000000000",
            "sha256": "0" * 64,
            "created": "2026-11-21T10:00:00.000Z",
            "duration": max((u[2] for u in utterances), default=0.0),
            "channels": 1,
            "models": [model],
            "model_info": {model: {"name": "general-nova-3", "version": "2025-07-31.0", "arch": "nova-3"}},
        },
        "results": {
            "channels": [
                {
                    "alternatives": [
                        {
                            "transcript": " ".join(u[3] for u in utterances),
                            "confidence": 0.9 if utterances else 0.0,
                            "words": [w for u in made for w in u["words"]],
                        }
                    ]
                }
            ],
            "utterances": made,
        },
    }
