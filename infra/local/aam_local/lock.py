"""One command at a time changes a stack."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aam_local.paths import Home


@contextmanager
def exclusive(home: Home, tell: Callable[[str], None]) -> Iterator[None]:
    """Hold the checkout's lock; a second command says that it waits, and waits."""
    home.prepare()
    with home.lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("another aam command is changing this stack; waiting for it to end")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
