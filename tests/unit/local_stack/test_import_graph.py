"""The functions that a saved file reaches, and imports that cannot work."""

from __future__ import annotations

from pathlib import Path

import pytest

from aam_local.import_graph import Sources
from aam_local.written_template import read_layout
from tests.support.template import ROOT

LAYER = frozenset({"pydantic"})


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    """Two functions: one imports meetings, which stand on the clock; the other the clock only, and late."""
    core = written(
        tmp_path / "aam",
        {
            "__init__.py": "",
            "foundation/__init__.py": "",
            "foundation/clock.py": "def now(): ...",
            "meetings/__init__.py": "",
            "meetings/service.py": "import pydantic\nfrom aam.foundation.clock import now",
            "meetings/kinds.toml": "",
            "seeds/fields.toml": "",
        },
    )
    one = written(tmp_path / "one", {"app.py": "from aam.meetings import service"})
    other = written(tmp_path / "other", {"app.py": "def handler(a, b):\n    from aam.foundation import clock"})
    return Sources(core, {"One": one, "Other": other})


@pytest.mark.parametrize(
    ("file", "reached"),
    [
        ("foundation/clock.py", {"One", "Other"}),
        ("meetings/service.py", {"One"}),
        ("meetings/__init__.py", {"One"}),
        ("meetings/kinds.toml", {"One"}),
        ("meetings/new_and_unused.py", {"One"}),
        ("seeds/fields.toml", {"One", "Other"}),
    ],
)
def test_saved_file_reaches_the_functions_that_import_it(sources: Sources, file: str, reached: set[str]) -> None:
    assert sources.reached_by({sources.core / file}) == reached


@pytest.mark.parametrize(
    ("file", "text", "line", "said"),
    [
        ("foundation/clock.py", "\n\ndef now(:\n", 3, "invalid syntax"),
        ("foundation/clock.py", "later = 1", 2, "'aam.foundation.clock' has no 'now'"),
        ("meetings/service.py", "\nimport aam.foundation.colck", 2, "there is no module 'aam.foundation.colck'"),
        ("meetings/service.py", "import requests", 1, "there is no module 'requests'"),
        ("meetings/service.py", "def f():\n    from .nothing import x", 2, "there is no module 'aam.meetings.nothing'"),
    ],
)
def test_broken_import_is_named_with_its_line(sources: Sources, file: str, text: str, line: int, said: str) -> None:
    assert sources.faults(LAYER) == []
    written(sources.core, {file: text})
    assert [(fault.line, fault.said) for fault in sources.faults(LAYER)][:1] == [(line, said)]


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    import orjson\nexcept ImportError:\n    orjson = None",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import mypy_boto3_s3",
        "def f():\n    import ctranslate2",
        "from ..foundation.clock import now",
        "from ..foundation import clock",
    ],
)
def test_import_that_is_caught_late_or_for_types_only_is_no_fault(sources: Sources, text: str) -> None:
    written(sources.core, {"meetings/service.py": text})
    assert sources.faults(LAYER) == []


def test_checkout_has_no_fault() -> None:
    layout = read_layout(ROOT)
    sources = Sources(ROOT / "layers" / "core" / "aam", layout.functions)
    third_parties = {"pydantic", "sqlalchemy", "boto3", "botocore", "aws_lambda_powertools", "chalice", "alembic"}
    ours = [
        fault for fault in sources.faults(frozenset(third_parties)) if "'aam" in fault.said or "has no" in fault.said
    ]
    assert ours == []
    assert layout.core_layer == "CoreLayer"
    assert layout.core_users == layout.functions.keys()
