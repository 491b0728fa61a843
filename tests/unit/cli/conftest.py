"""Commands without a stack."""

from collections.abc import Iterator

import pytest

from tests.support.kept_backups import Store, serving


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    with serving(monkeypatch) as made:
        yield made
