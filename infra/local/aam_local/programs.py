"""Starting and stopping the programs of the embedded stack."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from aam_local import emulator, fake_vendors, ports, postgres
from aam_local.paths import Home
from aam_local.secrets import Secrets
from aam_local.state import StackState, save_state


@dataclass(frozen=True)
class Asked:
    """Requirements on the programs: ports, fake vendors, and for tests an observer.

    ``fake_vendors`` is None where it shall stay as it was.
    ``observer`` is a folder that the emulator and every Lambda worker get as PYTHONPATH; a sitecustomize.py in it
    sees what workers do.  Only tests name one.
    """

    emulator_port: int | None = None
    database_port: int | None = None
    fake_vendors: bool | None = None
    observer: Path | None = None


def start_programs(home: Home, before: StackState, secrets: Secrets, asked: Asked) -> StackState:
    """Start what does not run, PostgreSQL and the emulator side by side; the new state, written."""
    state = _with_fakes(home, _forget_dead(home, before, secrets, asked), asked.fake_vendors)
    with ThreadPoolExecutor(max_workers=1) as pool:
        database = pool.submit(_start_database, home, state, secrets, asked.database_port)
        try:
            state = _start_emulator(home, state, secrets, asked)
        finally:
            started = database.result()
            state = state.model_copy(update={"database_port": started.database_port, "database": started.database})
            save_state(home, state)
    return state


def stop_programs(home: Home, state: StackState) -> list[str]:
    """Stop all gracefully; the names of those that ran."""
    names = []
    if emulator.stop(state.emulator):
        names.append("emulator")
    emulator.clear(home)
    if postgres.stop(state.database):
        names.append("PostgreSQL")
    postgres.clear(home)
    fakes = state.fakes
    if fakes is not None:
        if fake_vendors.stop(fakes.process):
            names.append("the vendors' fakes")
        fakes = fakes.model_copy(update={"process": None})
    fake_vendors.clear(home)
    save_state(home, state.model_copy(update={"emulator": None, "database": None, "fakes": fakes}))
    return names


def _with_fakes(home: Home, state: StackState, wanted: bool | None) -> StackState:
    """Return the state with the fake vendors running, or without them, as asked or as before."""
    if wanted or (wanted is None and state.fakes is not None):
        fakes = fake_vendors.start(home, state.fakes)
    else:
        fake_vendors.stop(state.fakes.process if state.fakes else None)
        fakes = None
    state = state.model_copy(update={"fakes": fakes})
    save_state(home, state)
    return state


def _forget_dead(home: Home, before: StackState, secrets: Secrets, asked: Asked) -> StackState:
    """Return the state without programs that ended, are stuck, or listen on another port than the requested one."""
    state = before.model_copy(update={"backend": "embedded"})
    moved = asked.emulator_port not in (None, before.emulator_port)
    runs = ports.held_by(before.emulator_port, before.emulator) and emulator.intact(home)
    if moved or not runs or not emulator.healthy(before.endpoint):
        emulator.stop(before.emulator)
        state = state.model_copy(update={"emulator": None})
    moved = asked.database_port not in (None, before.database_port)
    port, password = before.database_port or 0, secrets.database_password
    runs = postgres.listens(home, before.database, port) and postgres.healthy(port=port, password=password)
    if moved or not runs:
        postgres.stop(before.database)
        state = state.model_copy(update={"database": None})
    return state


def _start_database(home: Home, state: StackState, secrets: Secrets, asked: int | None) -> StackState:
    if state.database is not None:
        return state
    postgres.clear(home)
    port, process = ports.start_on(
        lambda: ports.choose(
            asked=asked,
            used_before=state.database_port,
            default=ports.DATABASE_PORT,
            what="the database",
            option="--database-port",
        ),
        lambda port: postgres.start(home, port=port, password=secrets.database_password),
    )
    return state.model_copy(update={"database_port": port, "database": process})


def _start_emulator(home: Home, state: StackState, secrets: Secrets, asked: Asked) -> StackState:
    if state.emulator is not None:
        return state
    emulator.clear(home)
    if emulator.forgot_everything(home):
        emulator.wipe(home)  # objects without their stack: the next deploy would stumble over their buckets
    python = home.envs / "emulator" / "bin" / "python"
    key = secrets.emulator_secret_access_key
    port, process = ports.start_on(
        lambda: ports.choose(
            asked=asked.emulator_port,
            used_before=state.emulator_port,
            default=ports.EMULATOR_PORT,
            what="the emulator",
            option="--emulator-port",
        ),
        lambda port: emulator.start(home, python=python, port=port, secret_access_key=key, observer=asked.observer),
    )
    return state.model_copy(update={"emulator_port": port, "emulator": process})
