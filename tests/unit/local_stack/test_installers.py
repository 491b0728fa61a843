"""Downloads are told of while they come, and slow commands are ended."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from aam_local import environments
from aam_local.environments import ensure_environment
from aam_local.errors import UserError
from aam_local.installers import run_telling
from aam_local.paths import Home
from tests.support.template import ROOT

SAID = """Resolved 3 packages in 2ms
Downloading botocore (15.8MiB)
 Downloaded botocore
Downloading a secret from https://user:password@index.example (1 MiB)
 + botocore==1.44.5
"""


def test_a_download_is_told_while_the_command_still_runs(tmp_path: Path) -> None:
    heard: list[str] = []
    go = tmp_path / "go"
    program = f"import os, time\nprint({SAID!r}, flush=True)\nwhile not os.path.exists({str(go)!r}): time.sleep(0.01)"

    def tell(line: str) -> None:
        heard.append(line)
        go.touch()

    done = run_telling([sys.executable, "-c", program], tell=tell, seconds=60)
    assert (done.returncode, done.stdout.strip()) == (0, SAID.strip())
    assert heard == ["downloading botocore (15.8MiB)"]


def test_a_command_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        run_telling(["sleep", "60"], tell=lambda _: None, seconds=0)


@pytest.mark.parametrize(
    ("uv", "sentence"),
    [("echo 'no route to host' >&2; exit 2", r"failed \(no route to host\)"), ("exec sleep 60", "longer than 0 s")],
)
def test_an_installation_that_fails_is_one_sentence(
    tmp_path: Path, uv: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path, tmp_path / ".aam")
    home.uv.parent.mkdir(parents=True)
    home.uv.write_text(f"#!/bin/sh\n{uv}\n")
    home.uv.chmod(0o755)
    (tmp_path / "infra" / "requirements").mkdir(parents=True)
    (tmp_path / "infra" / "requirements" / "sam.txt").touch()
    if "sleep" in uv:
        monkeypatch.setattr(environments, "INSTALL_SECONDS", 0)
    with pytest.raises(UserError, match=sentence):
        ensure_environment(home, "sam")


PYTHON = """#!/bin/sh
case "$*" in
  "-m venv .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python && cp "$0" .venv/bin/uv ;;
  "-m pip install"*) echo "Collecting uv"; echo "  Downloading uv-0.13.9-py3-none-any.whl (22.1 MB)" ;;
  "pip install"*cli.txt) echo "Downloading botocore (15.8MiB)" >&2; echo " + botocore==1"; exit $INSTALLING ;;
esac
"""


@pytest.mark.parametrize("installing", [0, 1])
def test_making_the_environment_shows_downloads_and_says_what_failed(tmp_path: Path, installing: int) -> None:
    (tmp_path / "infra" / "requirements").mkdir(parents=True)
    (tmp_path / "infra" / "environment.sh").write_bytes((ROOT / "infra" / "environment.sh").read_bytes())
    for name in ("infra/requirements/bootstrap.txt", "infra/requirements/cli.txt", "pyproject.toml"):
        (tmp_path / name).touch()
    (tmp_path / "python").write_text(PYTHON)
    (tmp_path / "python").chmod(0o755)
    done = subprocess.run(
        ["bash", "infra/environment.sh", "cli"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHON": str(tmp_path / "python"), "INSTALLING": str(installing)},
        capture_output=True,
        text=True,
    )
    assert "  downloading uv (22.1 MB)\n  downloading botocore (15.8MiB)\n" in done.stdout
    assert "Collecting" not in done.stdout
    assert done.returncode == installing
    assert (tmp_path / ".venv" / ".cli").exists() == (installing == 0)
    if installing:
        assert done.stderr.startswith("Error: The tools: the packages could not be downloaded; check the network")
        assert " + botocore==1" in (tmp_path / ".aam" / "environment.log").read_text()
