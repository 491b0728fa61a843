"""What extraction gives: formats, times, levels, channels."""

from __future__ import annotations

import numpy as np
import pytest

from aam.foundation.storage import StorageUnavailable
from aam.media.schemas import AudioFormat, AudioOutput, ExtractedAudio, MediaLimits, pcm_span
from aam.media.service import extract_audio, probe
from tests.support import recordings as make
from tests.support.ranges import RangeServer
from tests.support.sinks import MemoryStore

TALK, REPLY = make.noise(6, seed=1), make.noise(6, seed=2)
SAME = make.stereo(TALK, TALK)
TWO = make.stereo(TALK, REPLY)
INVERTED = make.stereo(TALK, -TALK)

CONTAINERS = {
    "mp4": ("mp4", "aac", "mov"),
    "mov": ("mov", "pcm_s16le", "mov"),
    "webm": ("webm", "libopus", "matroska"),
    "mkv": ("matroska", "flac", "matroska"),
    "ogg": ("ogg", "libopus", "ogg"),
    "mp3": ("mp3", "libmp3lame", "mp3"),
    "flac": ("flac", "flac", "flac"),
    "aac": ("adts", "aac", "aac"),
    "wav": ("wav", "pcm_s16le", "wav"),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_every_container_of_the_whitelist_passes(name: str, server: RangeServer, store: MemoryStore) -> None:
    container, codec, demuxer = CONTAINERS[name]
    url = server.put(f"a.{name}", make.encode(TALK, container=container, codec=codec))
    assert probe(url).container == demuxer
    found = extract_audio(url, open_sink=store, audio_format=AudioFormat.WAV16K)
    assert abs(found.duration_ms - 6_000) < 130  # a coder's run-in, where the container cannot say so
    assert found.damaged_packets == 0
    assert abs(found.rms_dbfs - -20) < 3


def test_wav_is_pcm_behind_44_bytes(server: RangeServer, store: MemoryStore) -> None:
    url = server.put("a.wav", make.wav(TALK))
    found = extract_audio(url, open_sink=store, audio_format=AudioFormat.WAV16K)
    assert found.outputs == (
        AudioOutput(
            key="derived/audio.wav",
            channel=None,
            channels=1,
            duration_ms=6_000,
            size_bytes=44 + 192_000,
            silent=False,
        ),
    )
    data = store.objects["derived/audio.wav"]
    assert np.array_equal(np.frombuffer(data[44:], "<i2"), TALK)
    assert np.array_equal(make.decode(data)[:, 0], TALK)
    first, last = pcm_span(start_ms=1_000, end_ms=2_000)
    assert np.array_equal(np.frombuffer(data[first : last + 1], "<i2"), TALK[16_000:32_000])


def test_opus_is_a_playable_file_of_the_same_length(server: RangeServer, store: MemoryStore) -> None:
    found = extract_audio(server.put("a.wav", make.wav(TALK)), open_sink=store, audio_format=AudioFormat.OPUS)
    assert store.objects["derived/audio.ogg"].startswith(b"OggS")
    sound = make.decode(store.objects["derived/audio.ogg"])
    assert sound.shape[1] == 1
    assert abs(len(sound) - len(TALK)) < 800
    assert found.outputs[0].size_bytes == len(store.objects["derived/audio.ogg"]) < 40_000


@pytest.mark.parametrize(
    ("sound", "says", "speakers"),
    [
        (SAME, None, False),
        (SAME, True, True),
        (TWO, None, True),
        (TWO, False, False),
        (INVERTED, None, False),
        (TALK, True, False),
    ],
    ids=["same", "same but told", "two", "two but told not", "inverted", "mono cannot be split"],
)
def test_channels_are_speakers_if_told_or_unlike(
    sound: make.Sound, says: bool | None, speakers: bool, server: RangeServer, store: MemoryStore
) -> None:
    url = server.put("a.wav", make.wav(sound))
    found = extract_audio(url, open_sink=store, audio_format=AudioFormat.WAV16K, channels_are_speakers=says)
    assert found.channels_are_speakers is speakers
    assert [output.channel for output in found.outputs] == ([0, 1] if speakers else [None])
    opus = extract_audio(url, open_sink=store, audio_format=AudioFormat.OPUS, channels_are_speakers=says)
    assert [output.channels for output in opus.outputs] == [2 if speakers else 1]


def test_speakers_keep_their_own_samples(server: RangeServer, store: MemoryStore) -> None:
    found = extract_audio(server.put("a.wav", make.wav(TWO)), open_sink=store, audio_format=AudioFormat.WAV16K)
    assert found.correlation is not None
    assert abs(found.correlation) < 0.05
    for channel, sound in enumerate((TALK, REPLY)):
        assert np.array_equal(np.frombuffer(store.objects[f"derived/channel-{channel}.wav"][44:], "<i2"), sound)


def test_inverted_channels_do_not_cancel_out(server: RangeServer, store: MemoryStore) -> None:
    found = extract_audio(server.put("a.wav", make.wav(INVERTED)), open_sink=store, audio_format=AudioFormat.WAV16K)
    assert found.correlation == -1
    assert np.array_equal(np.frombuffer(store.objects["derived/audio.wav"][44:], "<i2"), TALK)


def test_correlation_on_either_side_of_the_line(server: RangeServer, store: MemoryStore) -> None:
    for share, speakers in ((0.2, True), (0.4, False)):
        mixed = (share * TALK + (1 - share**2) ** 0.5 * REPLY).astype(np.int16)
        url = server.put("a.wav", make.wav(make.stereo(TALK, mixed)))
        found = extract_audio(url, open_sink=store, audio_format=AudioFormat.WAV16K)
        assert found.correlation == pytest.approx(share, abs=0.03)
        assert found.channels_are_speakers is speakers


def test_a_second_speaker_who_comes_late_is_still_heard_apart(
    server: RangeServer, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The beginning says mono; the whole says otherwise, so the work is done anew and nothing stale is left."""
    monkeypatch.setattr("aam.media.service.DELIBERATION_BLOCKS", 2)
    late = REPLY.copy()
    late[: 16_000 * 3] = 0
    found = extract_audio(
        server.put("a.wav", make.wav(make.stereo(TALK, late))), open_sink=store, audio_format=AudioFormat.WAV16K
    )
    assert found.channels_are_speakers
    assert store.opened == ["audio.wav", "channel-0.wav", "channel-1.wav"]
    assert store.aborted == ["derived/audio.wav"]
    assert set(store.objects) == {"derived/channel-0.wav", "derived/channel-1.wav"}
    assert {output.duration_ms for output in found.outputs} == {6_000}


def test_a_silent_channel_is_flagged_when_told_and_mixed_when_not(server: RangeServer, store: MemoryStore) -> None:
    url = server.put("a.wav", make.wav(make.stereo(TALK, np.zeros_like(TALK))))
    told = extract_audio(url, open_sink=store, audio_format=AudioFormat.WAV16K, channels_are_speakers=True)
    assert [output.silent for output in told.outputs] == [False, True]
    untold = extract_audio(url, open_sink=store, audio_format=AudioFormat.WAV16K)
    assert untold.correlation is None
    assert not untold.channels_are_speakers


def test_one_loud_second_is_enough(server: RangeServer, store: MemoryStore) -> None:
    quiet = np.concatenate([make.tone(3, dbfs=-70), make.tone(1, dbfs=-58), make.tone(3, dbfs=-70)])
    found = extract_audio(server.put("a.wav", make.wav(quiet)), open_sink=store, audio_format=AudioFormat.WAV16K)
    assert not found.outputs[0].silent
    assert found.peak_dbfs == pytest.approx(-55, abs=0.2)


def test_no_declared_duration_takes_the_decoded_one(server: RangeServer, store: MemoryStore) -> None:
    live = make.encode(TALK, container="webm", codec="libopus", seekable=False)
    found = extract_audio(server.put("a.webm", live), open_sink=store, audio_format=AudioFormat.WAV16K)
    assert found.facts.declared_duration_ms is None
    assert abs(found.duration_ms - 6_000) < 130  # a coder's run-in, where the container cannot say so


@pytest.mark.parametrize(("share", "passes"), [(0.985, True), (0.97, False)])
def test_truncation_begins_below_98_percent(
    share: float, passes: bool, server: RangeServer, store: MemoryStore
) -> None:
    from aam.media.errors import Truncated

    whole = make.wav(make.noise(20, seed=4))
    url = server.put("a.wav", whole[: 44 + int((len(whole) - 44) * share) // 2 * 2])
    if passes:
        assert extract_audio(url, open_sink=store, audio_format=AudioFormat.WAV16K).duration_ms == 19_700
    else:
        with pytest.raises(Truncated):
            extract_audio(url, open_sink=store, audio_format=AudioFormat.WAV16K)


def test_a_gap_becomes_silence_so_that_places_are_times(server: RangeServer, store: MemoryStore) -> None:
    broken = make.encode(TALK, container="matroska", codec="pcm_s16le", gap_at_s=2, gap_s=1.5, seekable=False)
    found = extract_audio(server.put("a.mkv", broken), open_sink=store, audio_format=AudioFormat.WAV16K)
    assert abs(found.duration_ms - 7_500) < 70
    sound = np.frombuffer(store.objects["derived/audio.wav"][44:], "<i2")
    assert not sound[int(2.2 * 16_000) : int(3.4 * 16_000)].any()
    assert sound[int(3.7 * 16_000) :].any()


def test_film_gives_its_sound_and_skips_its_pictures(server: RangeServer, store: MemoryStore) -> None:
    for container in ("mp4", "matroska"):
        url = server.put("a", make.video(make.noise(4, seed=5), seconds=5, container=container))
        found = extract_audio(url, open_sink=store, audio_format=AudioFormat.OPUS)
        assert found.facts.has_video
        assert found.facts.video_codec == "mpeg4"
        assert abs(found.duration_ms - 4_000) < 100


def test_pictures_that_outlast_the_sound_are_no_truncation(server: RangeServer, store: MemoryStore) -> None:
    """Matroska declares the duration of the longest track, and here that is the film's."""
    film = make.video(make.noise(2, seed=5), seconds=8, container="matroska")
    found = extract_audio(server.put("a.mkv", film), open_sink=store, audio_format=AudioFormat.OPUS)
    assert found.facts.declared_duration_ms is not None
    assert found.facts.declared_duration_ms > 7_000
    assert found.duration_ms < 2_200


def test_a_store_that_fails_names_itself(server: RangeServer, store: MemoryStore) -> None:
    store.fails = StorageUnavailable()
    for audio_format in AudioFormat:
        with pytest.raises(StorageUnavailable):
            extract_audio(server.put("a.wav", make.wav(TALK)), open_sink=store, audio_format=audio_format)
    assert store.objects == {}


def test_all_shared_recordings_pass(server: RangeServer, store: MemoryStore) -> None:
    folder = make.SHARED / "audio"
    if not folder.is_dir():
        pytest.skip("../shared/data is not on this machine")
    sound = {".flac", ".m4a", ".mp3", ".mp4", ".ogg", ".wav", ".webm"}
    paths = [p for p in folder.rglob("*.*") if p.parent.name != "hostile" and p.suffix in sound]
    paths += (make.SHARED / "video").iterdir()
    assert len(paths) >= 13
    for path in paths:
        found = extract_audio(server.put(path.name, path), open_sink=store, audio_format=AudioFormat.OPUS)
        assert not found.channels_are_speakers, path.name
        assert not found.outputs[0].silent, path.name


def test_what_is_found_travels_as_json(server: RangeServer, store: MemoryStore) -> None:
    found = extract_audio(server.put("a.wav", make.wav(TWO)), open_sink=store, audio_format=AudioFormat.WAV16K)
    assert ExtractedAudio.model_validate_json(found.model_dump_json()) == found
    assert MediaLimits().max_duration_ms == 4 * 3_600_000
