"""Whisper's models: known by hash, and refused by name before anything is loaded."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from aam.foundation.errors import AppError
from aam.transcription.offline_engines import WhisperSettings
from aam.transcription.whisper import model as models
from aam.transcription.whisper.engine import load_engine
from aam.transcription.whisper.model import (
    CONFIG,
    OWN_MANIFEST,
    OWN_NAME,
    TOKENIZER,
    VOICE_ACTIVITY,
    WEIGHTS,
    Model,
    WhisperDamaged,
    WhisperMissing,
    WhisperUnknown,
    WhisperUnloadable,
    file_of,
    verified_engine,
    verify_model,
)

FILES = {WEIGHTS: b"weights" * 99, CONFIG: b"{}", TOKENIZER: b"[]", "vocabulary.txt": b"a\nb\n"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small folder whose files are the known model."""
    for name, content in {**FILES, VOICE_ACTIVITY: b"voice"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    known = Model(name="base", english_only=False, files={name: file_of(tmp_path / name) for name in FILES})
    monkeypatch.setattr(models, "KNOWN_MODELS", {"base": known})
    monkeypatch.setattr(models, "VOICE_ACTIVITY_FILE", file_of(tmp_path / VOICE_ACTIVITY))
    verified_engine.cache_clear()
    return tmp_path


def test_whole_folder_is_the_known_model(folder: Path) -> None:
    model = verified_engine(folder)
    assert (model.label, model.version) == ("Whisper base", file_of(folder / WEIGHTS).sha256[:12])


@pytest.mark.parametrize("name", [*FILES, VOICE_ACTIVITY])
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("missing", WhisperMissing),
        ("truncated", WhisperDamaged),
        ("one byte changed", WhisperDamaged),
        ("longer", WhisperDamaged),
    ],
)
def test_faulty_file_is_refused(folder: Path, name: str, fault: str, error: type[AppError]) -> None:
    path = folder / name
    content = path.read_bytes()
    changed = {
        "missing": None,
        "truncated": content[:-1],
        "one byte changed": bytes([content[0] ^ 1]) + content[1:],
        "longer": content + b" ",
    }[fault]
    if changed is None:
        path.unlink()
    else:
        path.write_bytes(changed)
    # Weights of another size are no known model at all.
    expected = WhisperUnknown if name == WEIGHTS and fault in {"truncated", "longer"} else error
    with pytest.raises(expected, match="aam engines add whisper"):
        verified_engine(folder)


def test_own_model_stands_only_as_it_was_trusted(folder: Path) -> None:
    (folder / WEIGHTS).write_bytes(b"mine")
    with pytest.raises(WhisperUnknown, match="--trust"):
        verify_model(folder)
    own = Model(name=OWN_NAME, english_only=False, files={name: file_of(folder / name) for name in FILES})
    (folder / OWN_MANIFEST).write_text(own.model_dump_json())
    assert verify_model(folder).label == f"own model {file_of(folder / WEIGHTS).sha256[:12]}"
    (folder / WEIGHTS).write_bytes(b"else")
    with pytest.raises(WhisperDamaged):
        verify_model(folder)


@pytest.mark.parametrize("manifest", ["", "{}", '{"name": "base", "english_only": false, "files": {}}'])
def test_manifest_that_is_none_is_refused(folder: Path, manifest: str) -> None:
    (folder / OWN_MANIFEST).write_text(manifest)
    with pytest.raises(WhisperDamaged):
        verify_model(folder)


def test_model_that_the_packages_cannot_load_is_a_typed_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    with pytest.raises(WhisperUnloadable, match="aam engines check"):
        load_engine(folder)


@pytest.mark.parametrize(
    ("given", "languages"),
    [(None, ("en", "ru", "uk")), ("en-GB, UK,,nb,no", ("en", "uk", "no"))],
)
def test_languages_that_are_looked_for_are_those_of_whisper(given: str | None, languages: tuple[str, ...]) -> None:
    environment = {} if given is None else {"WHISPER_LANGUAGES": given}
    assert WhisperSettings.model_validate(environment).whisper_languages == languages


@pytest.mark.parametrize("given", ["xx", "en,eng", "", ","])
def test_list_of_languages_with_an_unknown_one_is_refused(given: str) -> None:
    with pytest.raises(ValidationError, match="WHISPER_LANGUAGES"):
        WhisperSettings.model_validate({"WHISPER_LANGUAGES": given})
