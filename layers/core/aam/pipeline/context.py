"""The context of a run, as its first step stores it for the later ones."""

from __future__ import annotations

from aam.foundation.storage import ObjectStore
from aam.pipeline.schemas import RunContext, RunInput

CONTEXT = "context.json"
"""Its name among the objects of a run."""


def read_context(store: ObjectStore, run: RunInput) -> RunContext:
    """Return the context of a run; raises ObjectMissing, StorageUnavailable."""
    return RunContext.model_validate_json(store.read(run.derived(CONTEXT)))


def write_context(store: ObjectStore, run: RunInput, context: RunContext) -> None:
    """Store the context of a run; raises StorageUnavailable."""
    store.write(run.derived(CONTEXT), context.model_dump_json().encode(), content_type="application/json")
