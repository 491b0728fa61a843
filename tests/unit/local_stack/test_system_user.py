"""The system user that PostgreSQL needs when root starts it."""

from __future__ import annotations

import os
import pwd
import shutil
from pathlib import Path

import pytest

from aam_local import system_user
from aam_local.errors import UserError
from aam_local.system_user import ensure_system_user, group_of


@pytest.fixture
def no_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has never run PostgreSQL as root."""

    def unknown(name: str) -> pwd.struct_passwd:
        raise KeyError(name)

    monkeypatch.setattr(pwd, "getpwnam", unknown)


def useradd(folder: Path, script: str) -> str:
    """A folder's path whose useradd is this script."""
    program = folder / "useradd"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return str(folder)


@pytest.mark.usefixtures("no_user")
def test_useradd_is_found_where_the_path_of_the_shell_lacks_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.defpath)
    monkeypatch.setattr(
        system_user, "SYSTEM_PATH", useradd(tmp_path, f'echo "$@" > {tmp_path}/asked; exec 1>&2; echo refused; exit 1')
    )
    with pytest.raises(UserError, match=r"could not be made \(refused\); run this as an ordinary user"):
        ensure_system_user()
    asked = (tmp_path / "asked").read_text().split()
    assert asked[-1] == "pgserver"
    assert {"--system", "--user-group", "--no-create-home"} <= set(asked)


@pytest.mark.skipif(not Path("/usr/sbin/useradd").exists(), reason="this machine has no /usr/sbin/useradd")
def test_the_folders_of_the_system_have_useradd() -> None:
    assert shutil.which("useradd", path=system_user.SYSTEM_PATH) is not None


@pytest.mark.usefixtures("no_user")
def test_without_useradd_the_error_says_how_to_make_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_user, "SYSTEM_PATH", str(tmp_path))
    with pytest.raises(UserError, match=r"no 'useradd'.*ordinary user.*adduser -S .* pgserver\)"):
        ensure_system_user()


def test_a_user_that_was_made_meanwhile_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([False, True])
    monkeypatch.setattr(system_user, "_exists", lambda: next(answers))
    monkeypatch.setattr(system_user, "SYSTEM_PATH", useradd(tmp_path, "exit 9"))
    ensure_system_user()


def test_a_group_is_that_of_the_user_and_not_one_of_the_same_name() -> None:
    me = pwd.getpwuid(os.getuid())
    assert group_of(me.pw_name) == me.pw_gid
