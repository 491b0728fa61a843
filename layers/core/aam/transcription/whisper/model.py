"""The models of Whisper: known by the hashes of their files, whatever their source, and verified before use.

A model's folder holds its files beside ``python/``, the packages that it runs with (`infra/requirements/whisper.txt`).
A model of one's own has a manifest there as well (`OWN_MANIFEST`), written when an operator chose to trust it.
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import ClassVar

from pydantic import ValidationError

from aam.foundation.errors import AppError
from aam.foundation.schemas import Value

WEIGHTS = "model.bin"
CONFIG = "config.json"
TOKENIZER = "tokenizer.json"
RUNTIME = "python"
"""The folder of the runtime's packages, inside the model's."""
VOICE_ACTIVITY = f"{RUNTIME}/faster_whisper/assets/silero_vad_v6.onnx"
"""Silero's model of voice activity, which a wheel of the runtime carries."""
OWN_MANIFEST = "own-model.json"
OWN_NAME = "own model"

_SHORT = 12


class WhisperMissing(AppError):
    """A file of the model, or the whole folder, is not there."""

    code: ClassVar[str] = "whisper_missing"
    sentence: ClassVar[str] = "Whisper is not installed completely; run 'aam engines add whisper'."


class WhisperDamaged(AppError):
    """A file of the model is not the one that was installed."""

    code: ClassVar[str] = "whisper_damaged"
    sentence: ClassVar[str] = (
        "Whisper's files have changed since they were installed; run 'aam engines add whisper' to install them again."
    )


class WhisperUnknown(AppError):
    """The weights are none of the known models, and no operator has trusted them."""

    code: ClassVar[str] = "whisper_unknown"
    sentence: ClassVar[str] = (
        "These weights are no known model of Whisper; if they are your own, run 'aam engines add whisper --from FOLDER "
        "--trust'."
    )


class WhisperUnloadable(AppError):
    """The packages beside the model cannot be imported here, or cannot load it."""

    code: ClassVar[str] = "whisper_unloadable"
    sentence: ClassVar[str] = (
        "Whisper is installed and cannot be loaded; run 'aam engines check' to see why, or 'aam engines remove --all' "
        "to do without it."
    )


class ModelFile(Value):
    """Size in bytes and SHA-256 of one file."""

    size: int
    sha256: str


class Model(Value):
    """A model, its files, and the languages that it hears: all of Whisper's, or English alone."""

    name: str
    english_only: bool
    files: dict[str, ModelFile]

    @property
    def sha256(self) -> str:
        """Return the hash of the weights, which is the model's identity."""
        return self.files[WEIGHTS].sha256

    @property
    def version(self) -> str:
        """Return the identity in short, as transcripts show it."""
        return self.sha256[:_SHORT]

    @property
    def label(self) -> str:
        """Return the name for people; one's own model has its hash with it."""
        return f"{OWN_NAME} {self.version}" if self.name == OWN_NAME else f"Whisper {self.name}"


# Systran/faster-whisper-base, revision ebe41f70, and -tiny.en, revision 0d3d19a3 (MIT, OpenAI's weights).
BASE = Model(
    name="base",
    english_only=False,
    files={
        WEIGHTS: ModelFile(size=145_217_532, sha256="d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"),
        CONFIG: ModelFile(size=2_309, sha256="56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a"),
        TOKENIZER: ModelFile(size=2_203_239, sha256="fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab"),
        "vocabulary.txt": ModelFile(
            size=459_861, sha256="34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913"
        ),
    },
)
TINY_EN = Model(
    name="tiny.en",
    english_only=True,
    files={
        WEIGHTS: ModelFile(size=75_537_502, sha256="1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"),
        CONFIG: ModelFile(size=2_317, sha256="14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5"),
        TOKENIZER: ModelFile(size=2_128_466, sha256="929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df"),
        "vocabulary.txt": ModelFile(
            size=422_309, sha256="ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf"
        ),
    },
)
KNOWN_MODELS = {model.name: model for model in (BASE, TINY_EN)}

VOICE_ACTIVITY_FILE = ModelFile(
    size=1_245_151, sha256="4cbf549b8326f60f80f2536d9eefeb450a9abe83365a098031c89719f1be17d2"
)


def verify_model(folder: Path) -> Model:
    """Return the model whose files lie in a folder, after hashing every one of them.

    Raises WhisperMissing where one is not there, WhisperDamaged where size or hash differ, and WhisperUnknown for
    weights that are neither known nor trusted.  The runtime's packages are not looked at.
    """
    weights = folder / WEIGHTS
    if not weights.is_file():
        raise WhisperMissing
    model = _trusted(folder) or next(
        (known for known in KNOWN_MODELS.values() if known.files[WEIGHTS].size == weights.stat().st_size), None
    )
    if model is None:
        raise WhisperUnknown
    for name, expected in model.files.items():
        _verify_file(folder / name, expected)
    return model


@functools.cache
def verified_engine(folder: Path) -> Model:
    """Return the model of a folder that has all that the engine loads, verified once in a process.

    Raises as `verify_model`, and WhisperMissing where the runtime or the model of voice activity is not there.
    """
    model = verify_model(folder)
    _verify_file(folder / VOICE_ACTIVITY, VOICE_ACTIVITY_FILE)
    return model


def file_of(path: Path) -> ModelFile:
    """Return size and hash of a file; reads it once, in pieces."""
    with path.open("rb") as file:
        return ModelFile(size=path.stat().st_size, sha256=hashlib.file_digest(file, "sha256").hexdigest())


def _trusted(folder: Path) -> Model | None:
    """Return the model of one's own that a folder's manifest describes."""
    manifest = folder / OWN_MANIFEST
    if not manifest.is_file():
        return None
    try:
        model = Model.model_validate_json(manifest.read_bytes())
    except ValidationError as error:
        raise WhisperDamaged from error
    if model.name != OWN_NAME or not {WEIGHTS, CONFIG, TOKENIZER} <= model.files.keys():
        raise WhisperDamaged
    return model


def _verify_file(path: Path, expected: ModelFile) -> None:
    """Raise WhisperMissing or WhisperDamaged unless the file is the expected one; its size is compared first."""
    if not path.is_file():
        raise WhisperMissing(f"{path.name}: {WhisperMissing.sentence}")
    if path.stat().st_size != expected.size or file_of(path) != expected:
        raise WhisperDamaged(f"{path.name}: {WhisperDamaged.sentence}")
