"""The workers that hear the audio; they need no database, so that they can run outside its network."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pydantic import Field

from aam.foundation.settings import Environment, load
from aam.foundation.storage import ObjectStore
from aam.foundation.vendor_keys import vendor_keys
from aam.media.schemas import pcm_span
from aam.pipeline.schemas import RunContext, RunInput, Stored
from aam.transcription.pocketsphinx import recognise_window
from aam.transcription.prepared import AudioWindow, PreparedAudio

DEEPGRAM_REPLY = "deepgram.json"
"""The name of the stored reply; it is written last."""


class DeepgramEnvironment(Environment):
    """Where Deepgram is and which of its models is asked."""

    deepgram_base_url: str = Field(alias="DEEPGRAM_BASE_URL")
    deepgram_model: str = Field(alias="DEEPGRAM_MODEL")


def recognise(run: RunInput, task: AudioWindow, *, store: ObjectStore) -> Stored:
    """Recognise one window and store its words; the sound is read by range, so that memory stays flat."""
    first, last = pcm_span(start_ms=task.window.read_start_ms, end_ms=task.window.read_end_ms)
    words = recognise_window(store.read_range(run.derived(task.audio), first, last), window=task.window)
    store.write(run.derived(task.result), words.model_dump_json().encode(), content_type="application/json")
    return Stored(name=task.result)


class Audio:
    """An object's bytes, read anew at every ``iter()``, so that a repeated request never sends an empty body."""

    def __init__(self, store: ObjectStore, key: str) -> None:
        self.store, self.key = store, key

    def __iter__(self) -> Iterator[bytes]:
        """The object in chunks."""
        return self.store.stream(self.key)


def transcribe_with_deepgram(context: RunContext, store: ObjectStore, *, depart: Callable[[], None]) -> Stored:
    """Stream the extracted audio to Deepgram and store its reply as it came.

    Raises the Engine… leaves of `aam.transcription.errors`.
    """
    from aam.transcription.deepgram import DeepgramSettings, transcribe

    environment = load(DeepgramEnvironment)
    prepared = PreparedAudio.model_validate_json(store.read(context.run.derived("prepared.json")))
    (output,) = prepared.audio.outputs
    result = transcribe(
        Audio(store, output.key),
        settings=DeepgramSettings(
            api_key=vendor_keys().deepgram.get_secret_value(),
            base_url=environment.deepgram_base_url,
            model=environment.deepgram_model,
        ),
        language=context.language,
        keyterms=[context.client_name, *(person.full_name for person in context.participants)],
        multichannel=output.channels > 1,
        depart=depart,
    )
    store.write(context.run.derived(DEEPGRAM_REPLY), result.raw, content_type="application/json")
    return Stored(name=DEEPGRAM_REPLY)
