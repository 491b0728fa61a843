"""`make fresh`: what a newcomer's machine has and lacks, and that nothing of it stays."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import psutil
import pytest

from aam_local.waiting import wait_until
from tests.support.template import ROOT

PROGRAM = ROOT / "infra" / "fresh.py"


@pytest.fixture(scope="module")
def fresh() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fresh", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["fresh"] = module
    spec.loader.exec_module(module)
    return module


def namespaces_are_to_be_had() -> bool:
    command = ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "true"]
    return os.geteuid() == 0 and subprocess.run(command, capture_output=True).returncode == 0


def test_users_that_the_project_makes_are_not_there_yet(fresh: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "passwd").write_text(
        "root:x:0:0::/root:/bin/sh\npgserver:x:999:999::/:/bin/false\npgserver2:x:1000:1001::/:/bin/sh\n"
    )
    (tmp_path / "group").write_text("root:x:0:\npgserver:x:999:\nothers:x:1001:\n")
    (tmp_path / "shadow-").write_text("pgserver:!:1::::::\n")
    fresh.forget_users(tmp_path)
    newcomer = fresh.add_user(tmp_path, "newcomer")
    assert [line.split(":")[0] for line in (tmp_path / "passwd").read_text().splitlines()] == [
        *("root", "pgserver2", "newcomer")
    ]
    assert newcomer.number == 1002, "1000 is a user's and 1001 a group's"
    assert "newcomer:x:1002:\n" in (tmp_path / "group").read_text()
    assert (tmp_path / "shadow-").read_text() == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts programs as other users")
def test_of_our_environment_the_newcomer_gets_the_way_to_the_package_index_only(
    fresh: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example/simple")
    monkeypatch.setenv("PIP_CACHE_DIR", "/somewhere/full")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-ours")

    class Here(fresh.Newcomer):  # type: ignore[name-defined, misc]
        clone = tmp_path

    program = (
        f"import json, os, pathlib; pathlib.Path({str(tmp_path / 'said')!r}).write_text(json.dumps(dict(os.environ)))"
    )
    assert Here("root", 0).start(sys.executable, "-I", "-c", program).wait() == 0
    said = json.loads((tmp_path / "said").read_text())
    assert said["PIP_INDEX_URL"] == "https://index.example/simple"
    assert "sbin" not in said["PATH"]
    assert said["HOME"] == "/root"
    assert set(said) - set(fresh.NETWORK) - {"LC_CTYPE"} == {"PATH", "HOME", "LANG"}


@pytest.mark.parametrize(
    ("user", "unshare", "sentence"),
    [
        (1000, "true", "run 'sudo make fresh'"),
        (0, None, "needs Linux and its 'unshare'"),
        (
            0,
            "echo 'unshare failed: Operation not permitted' >&2; false",
            r"\(unshare failed: Operation not permitted\)",
        ),
    ],
)
def test_where_it_cannot_be_done_one_sentence_says_so(
    fresh: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    user: int,
    unshare: str | None,
    sentence: str,
) -> None:
    if unshare is not None:
        (tmp_path / "unshare").write_text(f"#!/bin/sh\n{unshare}\n")
        (tmp_path / "unshare").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: user)
    with pytest.raises(SystemExit, match=sentence) as caught:
        fresh.refuse_where_impossible()
    assert str(caught.value).startswith("Error: ")


@pytest.mark.skipif(not namespaces_are_to_be_had(), reason="this machine allows no namespaces of one's own")
def words_of(process: psutil.Process) -> list[str]:
    """Return the command of a process; none if it has ended meanwhile."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_however_a_run_ends_its_programs_are_gone_and_so_are_its_folders(
    fresh: ModuleType, end: signal.Signals
) -> None:
    run = subprocess.Popen([sys.executable, str(PROGRAM), "demo", "--only", "root"], stdout=subprocess.DEVNULL)
    inside: list[psutil.Process] = []

    def has_begun() -> bool:
        inside[:] = psutil.Process(run.pid).children(recursive=True)
        return any("make" in words_of(process)[:1] for process in inside)

    assert wait_until(has_begun, seconds=60), "the demo has begun in its namespaces"
    first = next(words for process in inside if "--inside" in (words := words_of(process)))
    work = Path(first[first.index("--inside") + 1])
    assert work.is_dir()
    run.send_signal(end)
    assert run.wait(60) == {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -signal.SIGKILL}[end]
    psutil.wait_procs(inside, timeout=60)
    assert [process for process in inside if process.is_running()] == []
    if end == signal.SIGKILL:
        fresh.delete_left()
    assert not work.exists()
