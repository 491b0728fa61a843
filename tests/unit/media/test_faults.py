"""Whose fault it was: a recording is called damaged for its own sake only, never for what broke around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import av
import numpy as np
import pytest

from aam.foundation.storage import StorageUnavailable
from aam.media import mixing, outputs, recording, service, timeline
from aam.media.errors import Corrupt
from aam.media.meter import Meter
from aam.media.schemas import AudioFormat
from aam.media.source import RangeSource
from tests.support import recordings as make
from tests.support.ranges import RangeServer
from tests.support.sinks import MemoryStore

SOUND = make.noise(3, seed=4)
FILE = make.encode(SOUND, container="ogg", codec="libopus")

FAULTS = [
    OSError(28, "No space left on device"),
    MemoryError(),
    ValueError("a bug of ours"),
    EOFError("a bug of ours"),
    NotImplementedError("a bug of ours"),
    StorageUnavailable(),
]


def broken(error: Exception) -> Callable[..., Any]:
    def fail(*_args: object, **_named: object) -> Any:
        raise error

    return fail


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (Meter, "add"),
        (mixing, "_share"),
        (service, "judge"),
        (timeline.Timeline, "_array"),
        (RangeSource, "_receive"),
        (recording, "sniff"),
        (outputs.WavWriter, "write"),
    ],
    ids=lambda part: part if isinstance(part, str) else part.__name__,
)
def test_what_breaks_around_the_file_goes_out_as_it_is(
    owner: Any, name: str, fault: Exception, server: RangeServer, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.put("a.ogg", FILE)
    monkeypatch.setattr(owner, name, broken(fault))
    with pytest.raises(type(fault)) as caught:
        service.extract_audio(url, open_sink=store, audio_format=AudioFormat.WAV16K)
    assert caught.value is fault
    assert store.objects == {}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
@pytest.mark.parametrize("audio_format", list(AudioFormat))
def test_a_store_that_breaks_is_no_damaged_recording(
    fault: Exception, audio_format: AudioFormat, server: RangeServer, store: MemoryStore
) -> None:
    store.fails = fault
    with pytest.raises(type(fault)):
        service.extract_audio(server.put("a.ogg", FILE), open_sink=store, audio_format=audio_format)


def test_an_encoder_that_breaks_is_no_damaged_recording(
    server: RangeServer, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = av.error.InvalidDataError(1, "the encoder refused")
    monkeypatch.setattr(outputs.OpusWriter, "write", broken(refused))
    with pytest.raises(av.error.InvalidDataError):
        service.extract_audio(server.put("a.ogg", FILE), open_sink=store, audio_format=AudioFormat.OPUS)


def test_memory_that_the_decoder_lacks_is_no_damaged_recording(
    server: RangeServer, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(av, "open", broken(av.error.MemoryError(12, "Cannot allocate memory")))
    with pytest.raises(MemoryError):
        service.probe(server.put("a.ogg", FILE))


def test_a_damaged_file_is_still_called_so(server: RangeServer, store: MemoryStore) -> None:
    garbled = bytearray(FILE)
    garbled[200:] = np.random.default_rng(1).bytes(len(garbled) - 200)
    with pytest.raises(Corrupt):
        service.probe(server.put("a.ogg", bytes(garbled)))
