from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CORE = Path(__file__).resolve().parents[3] / "layers" / "core"
HEAVY = {
    "openai",
    "deepgram",
    "httpx",
    "httpx2",
    "numpy",
    "av",
    "boto3",
    "sqlalchemy",
    "alembic",
    "pocketsphinx",
}


@pytest.mark.parametrize(
    "module",
    [
        "aam.transcription.imports",
        "aam.transcription.exports",
        "aam.transcription.deepgram",
        "aam.evidence.verify",
        "aam.artifacts.openai",
        "aam.artifacts.drafting",
        "aam.artifacts.minutes",
        "aam.artifacts.extractive.engine",
        "aam.artifacts.render",
    ],
)
def test_importing_a_module_imports_no_vendor(module: str) -> None:
    code = f"import sys; sys.path.insert(0, {str(CORE)!r}); import {module}; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert HEAVY.isdisjoint(ran.stdout.split())
