"""The code of a function, imported by its path as Lambda imports it."""

from __future__ import annotations

import importlib.util
from typing import Any

from tests.support.template import ROOT


def app_of(function: str) -> Any:
    """Return a fresh import of `functions/<function>/app.py`, whose names a test may replace."""
    spec = importlib.util.spec_from_file_location(f"{function}_app", ROOT / "functions" / function / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
