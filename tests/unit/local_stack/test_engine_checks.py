"""`aam engines check` where an engine cannot hear, or not in time."""

from __future__ import annotations

from pathlib import Path

import pytest

from aam_local import engine_checks
from aam_local.engine_checks import check_engines
from aam_local.errors import UserError
from aam_local.paths import Home

CHECKOUT = Path(__file__).parents[3]


@pytest.mark.parametrize(("seconds", "sentence"), [(600, "could not hear the sample"), (0, "too slow on this machine")])
def test_engine_that_fails_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: int, sentence: str
) -> None:
    monkeypatch.setattr(engine_checks, "SECONDS", seconds)
    monkeypatch.setattr(engine_checks, "_packages", lambda *_: tmp_path)  # without the engine's packages
    monkeypatch.setattr(engine_checks.sys, "executable", "/usr/bin/env")
    with pytest.raises(UserError, match=sentence):
        list(check_engines(Home(CHECKOUT, tmp_path), tell=lambda _: None))
