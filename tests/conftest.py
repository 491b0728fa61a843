"""Which tests stay together when two processes share them (`make test`)."""

from __future__ import annotations

from pathlib import Path

import pytest

END_TO_END = Path(__file__).parent / "e2e"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that stands on the one embedded stack goes to one process, in its order; of the rest, each file."""
    for item in items:
        group = "e2e" if item.path.is_relative_to(END_TO_END) else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))
