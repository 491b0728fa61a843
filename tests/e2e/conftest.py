"""One embedded stack for all of these tests, brought up as `aam up` does it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.schedules import Schedules, rest_sweep, schedules_of
from tests.support.stack import Person, Stack, running_stack

LAST = ("test_backups.py", "test_kills.py", "test_everything_goes.py", "test_limits.py", "test_privileges.py")
"""A lost database comes back, a killed emulator forgets what happened, a full cleanup leaves nobody anything; then come
the judges of it all."""

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put disasters and judges last, and mark all of it."""
    ours = [item for item in items if item.path.parent == HERE]
    for item in ours:
        item.add_marker(pytest.mark.stack)
        item.add_marker(pytest.mark.timeout(300))
    places = [number for number, item in enumerate(items) if item.path.parent == HERE]
    ordered = sorted(ours, key=lambda item: LAST.index(item.path.name) + 1 if item.path.name in LAST else 0)
    for place, item in zip(places, ordered, strict=True):
        items[place] = item


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("e2e")) as stack:
        yield stack


@pytest.fixture(scope="session", autouse=True)
def schedules(stack: Stack) -> Schedules:
    """The schedules, set going before anything else: they need a minute. The sweep's own rests."""
    schedules = schedules_of(stack)
    schedules.set_going()
    rest_sweep(stack)
    return schedules


@pytest.fixture(scope="session")
def person(stack: Stack) -> Person:
    return Person.registered(stack)


@pytest.fixture(scope="session")
def whole(request: pytest.FixtureRequest) -> None:
    """Skips a judgement of everything where not everything ran."""
    ran = {item.path.name for item in request.session.items}
    missing = sorted(file.name for file in HERE.glob("test_*.py") if file.name not in ran)
    if missing:
        pytest.skip(f"judges what all of tests/e2e did; not run: {', '.join(missing)}")
