"""The parts of the embedded stack that need nothing running."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import psutil
import pytest
import yaml
from click.testing import CliRunner

from aam_cli.main import VERBS, main
from aam_local import backends, postgres, preconditions, processes, system_user
from aam_local.build import is_whole, use_json_definitions, use_zips, zip_of
from aam_local.deploy import parameters
from aam_local.errors import UserError
from aam_local.paths import Home, find_home
from aam_local.ports import choose, is_free
from aam_local.preconditions import Machine
from aam_local.processes import Started
from aam_local.secrets import Secrets, load_secrets
from aam_local.template_gaps import lifecycle_rule, resolve

ROOT = find_home(Path(__file__).resolve().parents[3]).root
GOOD = Machine(system="Linux", python=(3, 11), has_make=True, free_disk=4 * 1024**3, memory=8 * 1024**3)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"system": "Windows"}, "install WSL2"),
        ({"python": (3, 10)}, "Python 3.10 is too old"),
        ({"has_make": False}, "'make' is missing"),
        ({"free_disk": 2 * 1024**3}, "Only 2.0 GB of disk are free"),
        ({"memory": 3 * 1024**3}, "has 3.0 GB of memory"),
    ],
)
def test_a_machine_that_cannot_is_told_why(change: dict[str, object], sentence: str) -> None:
    machine = Machine(**{**GOOD.__dict__, **change})  # type: ignore[arg-type]
    with pytest.raises(UserError, match=sentence):
        preconditions.check(machine)


def test_a_machine_that_can_hears_nothing_and_macos_a_note() -> None:
    assert preconditions.check(GOOD) == []
    assert preconditions.check(Machine(**{**GOOD.__dict__, "system": "Darwin"})) == [
        "macOS is untested; Linux and WSL2 are what we test"
    ]


def test_a_port_is_kept_replaced_when_taken_and_named_when_asked_for() -> None:
    def pick(asked: int | None, before: int | None) -> int:
        return choose(asked=asked, used_before=before, default=1, what="it", option="--port")

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        free = pick(None, taken)
        assert free != taken
        with pytest.raises(UserError, match=rf"Port {taken} for it is taken by .*pid {os.getpid()}"):
            pick(taken, None)
    assert is_free(taken)
    assert pick(None, taken) == taken
    assert pick(taken, free) == taken


def test_a_stranger_with_the_same_pid_is_never_signalled() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        ours = processes.remember(child.pid)
        stranger = Started(pid=child.pid, started=ours.started - 60)
        assert processes.find(stranger) is None
        assert not processes.stop(stranger)
        assert child.poll() is None
        assert processes.stop(ours, with_signal=signal.SIGTERM)
    assert processes.find(ours) is None


def test_orphans_are_known_by_the_folder_of_their_script(tmp_path: Path) -> None:
    script = tmp_path / "tmp" / "worker.py"
    script.parent.mkdir()
    script.write_text("input()")
    with subprocess.Popen([sys.executable, str(script)], stdin=subprocess.PIPE) as child:
        assert processes.end_orphans(tmp_path / "elsewhere") == 0
        assert psutil.pid_exists(child.pid)
        assert processes.end_orphans(tmp_path / "tmp") == 1


def test_secrets_are_made_once_and_a_broken_file_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    made = load_secrets(path)
    assert load_secrets(path) == made
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("{")
    with pytest.raises(UserError, match="aam reset"):
        load_secrets(path)
    assert path.read_text() == "{"


def test_equal_folders_make_equal_zips_and_bytecode_of_our_code_does_not_count(tmp_path: Path) -> None:
    first, second = tmp_path / "functions" / "f", tmp_path / "copy" / "functions" / "f"
    for folder in (first, second):
        folder.mkdir(parents=True)
        (folder / "app.py").write_text("x = 1\n")
    (second / "__pycache__").mkdir()
    (second / "__pycache__" / "app.cpython-311.pyc").write_bytes(b"\0")
    os.utime(second / "app.py", (0, 0))
    (tmp_path / "zips").mkdir()
    made = zip_of(first, tmp_path / "zips")
    content = made.read_bytes()
    made.unlink()
    assert zip_of(second, tmp_path / "zips") == made
    assert made.read_bytes() == content
    assert zipfile.ZipFile(made).namelist() == ["app.py"]


def test_the_built_template_points_at_zips_and_keeps_the_rest(tmp_path: Path) -> None:
    (tmp_path / "CoreLayer").mkdir()
    (tmp_path / "CoreLayer" / "a.py").write_text("")
    template = tmp_path / "template.yaml"
    template.write_text("  a:\n      ContentUri: CoreLayer\n      CodeUri: s3://bucket/key\n      Other: CoreLayer\n")
    use_zips(template, tmp_path / "zips")
    lines = template.read_text().splitlines()
    assert lines[1].startswith(f'      ContentUri: "{tmp_path}/zips/CoreLayer-')
    assert lines[2:] == ["      CodeUri: s3://bucket/key", "      Other: CoreLayer"]


def test_the_built_template_stays_yaml_whatever_the_folders_above_are_called(tmp_path: Path) -> None:
    folder = tmp_path / "мій проєкт: #1"
    (folder / "CoreLayer").mkdir(parents=True)
    machine = folder / "state machines" / "run.asl.yaml"
    machine.parent.mkdir()
    machine.write_text("StartAt: Probe\n")
    template = folder / "template.yaml"
    template.write_text(f"a:\n  ContentUri: CoreLayer\n  DefinitionUri: {machine.relative_to(folder)}\n")
    use_zips(template, folder / "zips")
    use_json_definitions(template)
    built = yaml.safe_load(template.read_text())["a"]
    assert Path(built["ContentUri"]).parent == folder / "zips"
    assert json.loads(Path(built["DefinitionUri"]).read_text()) == {"StartAt": "Probe"}


def test_a_layer_is_built_below_a_folder_with_a_space(tmp_path: Path) -> None:
    checkout = tmp_path / "мій проєкт"
    core = checkout / "layers" / "core"
    (core / "aam").mkdir(parents=True)
    (core / "aam" / "a.py").write_text("")
    for name in ("build.mk", "build_layer.py", "core/Makefile"):
        shutil.copy(ROOT / "layers" / name, checkout / "layers" / name)
    python = checkout / "python"
    python.symlink_to(sys.executable)
    subprocess.run(
        ["make", "build-CoreLayer", f"ARTIFACTS_DIR={checkout}/built", f"AAM_PYTHON={python}"], cwd=core, check=True
    )
    assert [file.name for file in (checkout / "built").rglob("*.py")] == ["a.py"]


def test_lifecycle_rules_are_said_in_the_apis_words() -> None:
    rule = {
        "Id": "old",
        "Status": "Enabled",
        "Prefix": "meetings/",
        "TagFilters": [{"Key": "kind", "Value": "media"}],
        "ExpirationInDays": "90",
        "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        "Transitions": [{"StorageClass": "STANDARD_IA", "TransitionInDays": 30}],
    }
    assert lifecycle_rule(rule) == {
        "ID": "old",
        "Status": "Enabled",
        "Filter": {"And": {"Prefix": "meetings/", "Tags": [{"Key": "kind", "Value": "media"}]}},
        "Expiration": {"Days": 90},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}],
    }
    assert resolve({"a": [{"Ref": "Days"}, {"Ref": "Bucket"}]}, {"Days": "3"}) == {"a": ["3", {"Ref": "Bucket"}]}


def test_root_keeps_the_database_where_its_user_can_reach_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    (tmp_path / "private").mkdir(mode=0o700)
    home = Home(ROOT, tmp_path / "private" / ".aam")
    assert postgres.place(home).folder.parent == postgres.ELSEWHERE
    assert postgres.place(home) == postgres.place(home)
    assert postgres.place(home).user == system_user.NAME
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert postgres.place(home) == postgres.Place(postgres.place(home).binaries, home.postgres, None)


def test_the_compose_file_pins_what_it_starts() -> None:
    compose = yaml.safe_load((ROOT / "localstack-compose.yml").read_text())
    images = {name: service["image"] for name, service in compose["services"].items()}
    assert images["localstack"] == "localstack/localstack:4.14.0"
    assert "pgvector" in images["postgres"]
    assert compose["services"]["store"]["profiles"] == ["store"]
    for image in images.values():
        assert image.split(":")[1] not in ("latest", "stable")
    for service in compose["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])


def test_localstack_differs_in_addresses_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AAM_DATABASE_PASSWORD", raising=False)
    with pytest.raises(UserError, match="AAM_DATABASE_PASSWORD is not set"):
        backends.localstack()
    monkeypatch.setenv("AAM_DATABASE_PASSWORD", "p")
    there = backends.localstack()
    here = backends.embedded(emulator_port=1, database_port=2, secrets=Secrets())
    away = parameters(there, database_secret_arn="arn")
    assert away.keys() == parameters(here, database_secret_arn="arn").keys()
    assert away["DatabaseHost"] == "postgres"
    assert there.layer_target.startswith("aws-")
    assert here.layer_target == "host"


def test_help_teaches_every_verb() -> None:
    run = CliRunner()
    shown = run.invoke(main, ["--help"]).output
    for verb, line in VERBS.items():
        assert line in shown
        assert run.invoke(main, [verb, "--help"]).output.count("\n") > 4


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys; from click.testing import CliRunner; from aam_cli.main import main; "
        "CliRunner().invoke(main, ['--help']); "
        "print([name for name in ('boto3', 'pydantic', 'sqlalchemy', 'psutil') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_build_whose_zips_are_gone_is_made_again(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    assert not is_whole(template)
    made = tmp_path / "cache" / "CoreLayer.zip"
    template.write_text(f"Resources:\n  A:\n    Properties:\n      ContentUri: {made}\n      Other: nothing\n")
    assert not is_whole(template)
    made.parent.mkdir()
    made.touch()
    assert is_whole(template)
