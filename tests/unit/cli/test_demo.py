"""What `aam demo` says before it starts anything."""

import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from aam_cli.api_client import Api
from aam_cli.demo_run import run_demo, show, why_not
from aam_cli.main import main
from aam_cli.terminal_safe import in_json, one_line, plain
from aam_local.errors import UserError
from aam_local.paths import Home
from aam_local.reset import wipe_data
from aam_local.secrets import Secrets, save_secrets


@pytest.fixture(autouse=True)
def nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(*_: object, **__: object) -> None:
        raise AssertionError("the stack was started")

    monkeypatch.setattr("aam_cli.demo_run.bring_up", start)


@pytest.mark.parametrize(
    ("make", "name", "sentence"),
    [
        (None, "gone.mp4", "There is no file"),
        ("folder", "a folder.mp4", "is a folder"),
        ("empty", "пустой файл.ogg", "is empty"),
        ("full", "slides.pdf", "slides.pdf is neither a recording nor a transcript"),
    ],
)
@pytest.mark.parametrize("option", ["--file", "--transcript"])
def test_a_file_that_cannot_be_used_is_one_sentence_and_nothing_starts(
    tmp_path: Path, make: str | None, name: str, sentence: str, option: str
) -> None:
    file = tmp_path / name
    if make == "folder":
        file.mkdir()
    elif make is not None:
        file.write_text("" if make == "empty" else "x")
    told = CliRunner().invoke(main, ["demo", option, str(file)])
    assert told.exit_code == 1
    assert told.output.startswith("Error: ")
    assert sentence in told.output
    assert told.output.count("\n") == 1


def test_a_recording_and_a_transcript_at_once_are_too_much() -> None:
    told = CliRunner().invoke(main, ["demo", "--file", "a.ogg", "--transcript", "a.vtt"])
    assert (told.exit_code, told.output.count("\n")) == (1, 1)
    assert "not both" in told.output


class Untimed(Api):
    """An API whose only meeting has minutes and a transcript without times."""

    def __init__(self) -> None:
        super().__init__("http://localhost")

    def try_call(self, *_: object, **__: object) -> tuple[int, bytes]:
        return 409, b""

    def fetch(self, *_: object, **__: object) -> bytes:
        return b"new"


def test_no_transcript_of_the_meeting_before_stays_beside_the_new_minutes(tmp_path: Path) -> None:
    (tmp_path / "transcript.vtt").write_text("old")
    show(Untimed(), {"id": "1"}, tmp_path, lambda _: None)
    assert {file.name: file.read_text() for file in tmp_path.glob("transcript.*")} == {"transcript.txt": "new"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}


def test_the_meeting_and_the_ways_back_to_it_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show(Untimed(), {"id": "0198-7"}, tmp_path, lambda _: None)
    said = capsys.readouterr().out
    assert "Meeting 0198-7" in said
    assert "aam diagnose --meeting 0198-7" in said
    assert "GET http://localhost/meetings/0198-7/artifacts?format=md" in said
    assert f"{tmp_path}/minutes.md" in said


@pytest.mark.parametrize("errors", [[], [{"code": "no_speech", "message": "There is no speech in it."}]])
def test_a_meeting_that_failed_is_named_with_the_command_that_explains_it(errors: list[dict[str, str]]) -> None:
    said = why_not({"id": "0198-7", "status": "failed", "errors": errors})
    assert said.endswith("'aam diagnose --meeting 0198-7' shows its history.")


def test_a_reset_takes_what_the_demo_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for part in ("stop_programs", "emulator.wipe", "postgres.wipe"):
        monkeypatch.setattr(f"aam_local.reset.{part}", lambda *_: None)
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "minutes.md").write_text("what people said")
    wipe_data(Home(root=tmp_path, folder=tmp_path))
    assert not (tmp_path / "demo").exists()


def test_a_language_that_no_engine_knows_is_refused_before_anything_is_uploaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(root=tmp_path, folder=tmp_path)
    monkeypatch.setattr("aam_cli.demo_run.bring_up", lambda *_, **__: None)
    monkeypatch.setattr("aam_local.speech_model.add", unreachable)
    lines: list[str] = []
    with pytest.raises(UserError, match="knows English only, not “uk”"):
        run_demo(home, file=Path("talk.ogg"), language="uk", title="t", people=(), tell=lines.append)
    assert lines == [
        "going on with PocketSphinx, an English draft, because Whisper could not be installed: No network."
    ]


def unreachable(_home: Home, **_: object) -> None:
    raise UserError("No network.")


def test_a_stored_key_of_deepgram_spares_the_download_of_whisper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(root=tmp_path, folder=tmp_path)
    save_secrets(home.secrets, Secrets(kept={"VendorKeysSecretArn": json.dumps({"deepgram": "k", "openai": ""})}))

    def stop(*_: object, **__: object) -> None:
        raise UserError("brought up")

    monkeypatch.setattr("aam_local.speech_model.add", unreachable)
    monkeypatch.setattr("aam_cli.demo_run.bring_up", stop)
    lines: list[str] = []
    with pytest.raises(UserError, match="brought up"):
        run_demo(home, file=Path("talk.ogg"), language="uk", title="t", people=(), tell=lines.append)
    assert lines == []


def test_words_of_strangers_give_no_orders_to_a_terminal() -> None:
    assert plain("a\x1b[31mb\r\x07\nc\u2028d — ї") == "a�[31mb��\nc�d — ї"
    assert one_line("a\nb") == "a b"


def test_json_gives_no_orders_to_a_terminal_and_loses_nothing() -> None:
    name = "Ї\u202egnp.exe\x1b[31m\x7f\u00a0\U000e0001\n"
    for indent in (None, 2):
        written = in_json({"name": name}, indent=indent)
        assert json.loads(written) == {"name": name}
        assert "Ї" in written
        assert all(letter.isprintable() or letter == "\n" for letter in written)
