"""Which TCP ports the stack listens on: kept across restarts, free ones chosen when taken."""

import socket

import psutil

from aam_local.errors import UserError

LOOPBACK = "127.0.0.1"
EMULATOR_PORT = 4566
DATABASE_PORT = 54329


def is_free(port: int) -> bool:
    """Whether we may listen on the loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def owner_of(port: int) -> str:
    """Who listens on the port, in words; a process of another user cannot be named."""
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


def choose(*, asked: int | None, used_before: int | None, default: int, what: str, option: str) -> int:
    """The port for ``what``: the one asked for, else used before, else the default, else any free one.

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
    """A loopback port that nobody listens on now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
