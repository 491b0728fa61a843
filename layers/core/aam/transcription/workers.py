"""The worker that recognises speech offline; it needs no database, so that it can run outside its network."""

from __future__ import annotations

from aam.foundation.storage import ObjectStore
from aam.media.schemas import pcm_span
from aam.pipeline.schemas import RunInput, Stored
from aam.transcription.offline_engines import recognise_window
from aam.transcription.prepared_audio import AudioWindow


def recognise(run: RunInput, task: AudioWindow, *, store: ObjectStore) -> Stored:
    """Recognise one window and store its words; the sound is read by range, so that memory stays flat."""
    first, last = pcm_span(start_ms=task.window.read_start_ms, end_ms=task.window.read_end_ms)
    words = recognise_window(store.read_range(run.derived(task.audio), first, last), task)
    store.write(run.derived(task.result), words.model_dump_json().encode(), content_type="application/json")
    return Stored(name=task.result)
