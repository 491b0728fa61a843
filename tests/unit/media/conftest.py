from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.ranges import RangeServer, range_server
from tests.support.sinks import MemoryStore


@pytest.fixture(scope="session")
def _server() -> Iterator[RangeServer]:
    with range_server() as server:
        yield server


@pytest.fixture
def server(_server: RangeServer) -> RangeServer:
    """A loopback storage, as good as new."""
    fresh = RangeServer("")
    for name, value in vars(fresh).items():
        if name != "address":
            setattr(_server, name, value)
    return _server


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()
