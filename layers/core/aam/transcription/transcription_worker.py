"""The worker of the transcription queue: the one of the service that the recording was prepared for."""

from __future__ import annotations

from aam.foundation.storage import ObjectMissing, media_store
from aam.pipeline.schemas import RunInput
from aam.pipeline.tasks import Worker
from aam.transcription.prepared_audio import PreparedAudio


def worker_for(run: RunInput) -> Worker:
    """Return the worker of a run's service; a run that is gone has Deepgram's, which finds nothing to do.

    Raises StorageUnavailable.
    """
    try:
        prepared = PreparedAudio.model_validate_json(media_store().read(run.derived("prepared.json")))
    except ObjectMissing:
        prepared = None
    if prepared is not None and prepared.engine == "openai_audio":
        from aam.transcription import openai_audio_worker

        return openai_audio_worker.worker()
    from aam.transcription import deepgram_worker

    return deepgram_worker.worker()
