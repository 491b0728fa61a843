"""Every built function in an interpreter that has nothing but its artifact, its layers and the standard library.

An emulator's workers see its own packages as well, so a dependency that a layer lacks would show on AWS first.
"""

from functools import cache
from pathlib import Path

import pytest
from pydantic import BaseModel

from tests.support.built import build_folder, path_of, run_clean
from tests.support.references import needed_later, reached
from tests.support.template import ROOT, functions

pytestmark = pytest.mark.built

FUNCTIONS = functions()
HEAVY = {
    "alembic",
    "argon2",
    "av",
    "boto3",
    "botocore",
    "deepgram",
    "httpx",
    "httpx2",
    "jwt",
    "numpy",
    "openai",
    "pg8000",
    "pocketsphinx",
}
BESIDE_THE_MODEL = {"ctranslate2", "numpy", "onnxruntime", "tokenizers"}
"""Packages that lie in the folder of Whisper's model, which is no layer."""
EXAMINE = """
import importlib, json
module, _, name = {handler!r}.partition(".")
answer = getattr(importlib.import_module(module), name)({{"warm": True}}, None)
loaded = sorted({{found.partition(".")[0] for found in sys.modules}})
missing = []
for later in {later!r}:
    try:
        importlib.import_module(later)
    except ImportError as error:
        missing.append(f"{{later}}: {{error}}")
files = [str(getattr(found, "__file__", None)) for found in list(sys.modules.values())]
print(json.dumps({{"answer": answer, "loaded": loaded, "missing": missing, "files": files}}))
"""


class Examined(BaseModel):
    """What one clean interpreter saw: after the first call, and after importing all that work needs."""

    answer: dict[str, bool]
    loaded: set[str]
    missing: list[str]
    files: list[str]


@cache
def examined(name: str) -> Examined:
    program = EXAMINE.format(handler=FUNCTIONS[name]["Handler"], later=sorted(needed_later(folder_of(name))))
    done = run_clean(program, path=path_of(name))
    assert done.returncode == 0, done.stderr
    return Examined.model_validate_json(done.stdout)


def folder_of(name: str) -> str:
    return Path(FUNCTIONS[name]["CodeUri"]).name


def has_layer(name: str, layer: str) -> bool:
    return {"Ref": layer} in FUNCTIONS[name]["Layers"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_starts_alone_reads_no_environment_and_imports_nothing_heavy(name: str) -> None:
    found = examined(name)
    assert found.answer == {"warm": True}
    forbidden = HEAVY if has_layer(name, "DatabaseLayer") else HEAVY | {"sqlalchemy"}
    assert forbidden & found.loaded == set()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_a_function_imports_when_it_works_is_in_its_layers(name: str) -> None:
    missing = {line.partition(":")[0].partition(".")[0] for line in examined(name).missing}
    assert missing <= (BESIDE_THE_MODEL if name == "RecogniseFunction" else set())


def test_the_later_imports_are_found() -> None:
    assert {"openai"} <= {name.partition(".")[0] for name in needed_later("work_artifacts")}
    assert {"alembic.config", "alembic.util.exc", "sqlalchemy.exc"} <= needed_later("migrate")
    assert "openai" not in needed_later("step_probe")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_names_no_layer_that_it_never_imports(name: str) -> None:
    """Each layer is unpacked at each cold start; programs are not imported, a test of layers runs them."""
    for folder in path_of(name)[1:]:
        if folder.parent.name == "PostgresLayer":
            assert ("aam.backups.programs", "program") in reached(folder_of(name))
            continue
        assert any(file.startswith(f"{folder}/") for file in examined(name).files), folder.parent.name


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_artifact_holds_our_files_only(name: str) -> None:
    source = ROOT / FUNCTIONS[name]["CodeUri"]
    assert files_of(build_folder() / name) == files_of(source)


def files_of(folder: Path) -> set[str]:
    """Every file below but bytecode, which an interpreter of this machine may have left in the sources."""
    return {
        str(file.relative_to(folder))
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
