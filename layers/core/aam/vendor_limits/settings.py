"""Settings: the limits of each vendor, and how long work may wait for them."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field

from aam.foundation.settings import Environment
from aam.vendor_limits.ports import Vendor


@dataclass(frozen=True)
class Limits:
    """A vendor's limits: requests at once, milliseconds between two starts, and how many faults close its limiter."""

    concurrency: int
    spacing_ms: int
    circuit_faults: int


class LimitSettings(Environment):
    """The limits as the function's environment names them; the template's parameters say what they are."""

    deepgram_concurrency: int = Field(alias="DEEPGRAM_CONCURRENCY", default=10, ge=1)
    deepgram_spacing_ms: int = Field(alias="DEEPGRAM_SPACING_MS", default=100, ge=0)
    openai_concurrency: int = Field(alias="OPENAI_CONCURRENCY", default=50, ge=1)
    openai_spacing_ms: int = Field(alias="OPENAI_SPACING_MS", default=50, ge=0)
    openai_audio_concurrency: int = Field(alias="OPENAI_AUDIO_CONCURRENCY", default=4, ge=1)
    openai_audio_spacing_ms: int = Field(alias="OPENAI_AUDIO_SPACING_MS", default=100, ge=0)
    circuit_faults: int = Field(alias="VENDOR_CIRCUIT_FAULTS", default=3, ge=1)

    def limits(self, vendor: Vendor) -> Limits:
        """Return those of one vendor."""
        return Limits(
            concurrency=getattr(self, f"{vendor}_concurrency"),
            spacing_ms=getattr(self, f"{vendor}_spacing_ms"),
            circuit_faults=self.circuit_faults,
        )


class WaitingSettings(Environment):
    """The queue that a worker serves, and how long its messages may wait (seconds)."""

    task_queue_url: str = Field(alias="TASK_QUEUE_URL", min_length=1)
    waiting_limit_s: int = Field(alias="VENDOR_WAITING_LIMIT_S", default=86_400, ge=1)
