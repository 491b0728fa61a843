"""`aam engines` in front of models that are there, damaged or gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aam.transcription.whisper import model as models
from aam.transcription.whisper.model import (
    CONFIG,
    OWN_MANIFEST,
    OWN_NAME,
    TOKENIZER,
    VOICE_ACTIVITY,
    WEIGHTS,
    Model,
    file_of,
    verified_engine,
)
from aam_cli.main import main
from aam_local.paths import Home
from aam_local.speech_model import CHOSEN


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A checkout with two models of one's own, the English one chosen."""
    home = Home(tmp_path, tmp_path / "state")
    for weights in (b"many languages", b"English"):
        making = home.models / "making"
        for name in (WEIGHTS, CONFIG, TOKENIZER, VOICE_ACTIVITY):
            (making / name).parent.mkdir(parents=True, exist_ok=True)
            (making / name).write_bytes(weights if name == WEIGHTS else b"{}")
        files = {name: file_of(making / name) for name in (WEIGHTS, CONFIG, TOKENIZER)}
        model = Model(name=OWN_NAME, english_only=weights == b"English", files=files)
        (making / OWN_MANIFEST).write_text(model.model_dump_json())
        monkeypatch.setattr(models, "VOICE_ACTIVITY_FILE", file_of(making / VOICE_ACTIVITY))
        making.rename(home.models / model.sha256)
        (home.models / CHOSEN).write_text(model.sha256)
    monkeypatch.setattr("aam_local.paths.find_home", lambda: home)
    verified_engine.cache_clear()
    return home


def chosen_hash(home: Home) -> str:
    return (home.models / CHOSEN).read_text()


def engines(*words: str) -> Result:
    return CliRunner().invoke(main, ["engines", *words])


def rows() -> list[tuple[bool, str]]:
    """Return for each engine whether it hears recordings, and its line."""
    told = engines("list")
    assert told.exit_code == 0
    return [(line.startswith("→"), line[2:]) for line in told.output.partition("\n\n")[0].splitlines()]


def test_one_engine_alone_hears_recordings_and_own_models_show_their_hash(home: Home) -> None:
    listed = rows()
    assert [row.split()[0] for _, row in listed] == ["deepgram", "whisper", "whisper", "pocketsphinx"]
    ((_, row),) = [each for each in listed if each[0]]
    assert row.startswith(f"whisper own model {chosen_hash(home)[:12]}")
    assert " English " in row
    assert "in use" in row


def test_damaged_model_says_so_and_another_hears(home: Home) -> None:
    damaged = chosen_hash(home)
    (home.models / damaged / WEIGHTS).write_bytes(b"rotten!")
    listed = rows()
    assert [hears for hears, row in listed if damaged[:12] in row and "changed" in row] == [False]
    ((_, row),) = [each for each in listed if each[0]]
    assert " many " in row


def test_without_any_model_pocketsphinx_hears_and_the_way_to_whisper_is_shown(home: Home) -> None:
    gone = engines("remove", "--all")
    assert gone.output.count("own model") == 2
    assert "'aam up'" in gone.output
    assert [row.split()[0] for hears, row in rows() if hears] == ["pocketsphinx"]
    assert "aam engines add whisper" in engines("list").output
    assert list(home.models.glob("?" * 64)) == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["add", "whisper", "--trust"], "--from"),
        (["add", "deepgram"], "whisper"),
        (["remove"], "Name a model"),
        (["remove", "base", "--all"], "Name a model"),
        (["remove", "base"], "No model is installed under the name base"),
        (["remove", "ab"], "No model is installed under the name ab"),
    ],
)
def test_wrong_words_are_refused_with_the_remedy_and_change_nothing(
    home: Home, words: list[str], sentence: str
) -> None:
    told = engines(*words)
    assert told.exit_code != 0
    assert sentence in told.output
    assert len(list(home.models.glob("?" * 64))) == 2
