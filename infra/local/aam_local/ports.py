"""TCP ports of the stack: kept across restarts, free ones chosen when taken."""

import contextlib
import socket
from collections.abc import Callable
from typing import TypeVar

import psutil

from aam_local import processes
from aam_local.errors import UserError
from aam_local.processes import Started

LOOPBACK = "127.0.0.1"
EMULATOR_PORT = 4566
DATABASE_PORT = 54329
ATTEMPTS = 5
"""Between the choice of a port and the start of its program another stack may take it, each time anew."""

Made = TypeVar("Made")


class PortTaken(UserError):
    """Another program took the port before ours listened on it."""

    def __init__(self, port: int, what: str) -> None:
        super().__init__(f"Port {port} for {what} was taken by {owner_of(port)} meanwhile; run 'aam up' again.")


def is_free(port: int) -> bool:
    """Return whether we may listen on the loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def owner_of(port: int) -> str:
    """Return the process that listens on the port, in words; one of another user cannot be named."""
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.laddr and connection.laddr.port == port and connection.status == psutil.CONN_LISTEN:
                return (
                    f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
                    if connection.pid
                    else "another program"
                )
    except (psutil.AccessDenied, psutil.NoSuchProcess):
        return "another program"
    return "another program"


def held_by(port: int | None, process: Started | None) -> bool:
    """Return whether this very process, or a child of it, listens on the port.

    An answer from the port says nothing about whose it is: another stack's emulator is as healthy, opens to every key,
    and would take our deploy in the place of its own.
    """
    found = processes.find(process)
    if found is None:
        return False
    if _listens(found, port):
        return True
    try:
        return any(_listens(child, port) for child in found.children(recursive=True))
    except psutil.Error:
        return False


def _listens(process: psutil.Process, port: int | None) -> bool:
    try:
        connections = process.net_connections("tcp")
    except psutil.Error:  # it ended meanwhile, or is another user's
        return False
    return any(found.status == psutil.CONN_LISTEN and found.laddr.port == port for found in connections)


def start_on(choice: Callable[[], int], start: Callable[[int], Made]) -> tuple[int, Made]:
    """Start a program on a port of its choice, on another one where the first was taken meanwhile.

    The port and what ``start`` made; raises the last PortTaken after ``ATTEMPTS``, and what both raise.
    """
    for _ in range(ATTEMPTS - 1):
        port = choice()
        with contextlib.suppress(PortTaken):
            return port, start(port)
    port = choice()
    return port, start(port)


def choose(*, asked: int | None, used_before: int | None, default: int, what: str, option: str) -> int:
    """Return the port for ``what``: the one asked for, else used before, else the default, else any free one.

    Raises UserError when a port was asked for and somebody else has it.
    """
    if asked is not None:
        if is_free(asked):
            return asked
        raise UserError(
            f"Port {asked} for {what} is taken by {owner_of(asked)}; end that program or choose another {option}."
        )
    for port in (used_before, default):
        if port is not None and is_free(port):
            return port
    return free_port()


def free_port() -> int:
    """Return a loopback port that is free now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
