"""Throw the data away and keep what took long to make."""

from aam_local import emulator, postgres
from aam_local.files import remove_tree
from aam_local.paths import Home
from aam_local.programs import stop_programs
from aam_local.state import StackState, load_state, save_state


def wipe_data(home: Home) -> None:
    """Stop everything and delete rows, objects, stacks, passwords and keys; tools, caches and ports stay."""
    state = load_state(home)
    stop_programs(home, state)
    emulator.wipe(home)
    postgres.wipe(home)
    home.secrets.unlink(missing_ok=True)
    remove_tree(home.dev)
    remove_tree(home.folder / "demo")  # what people said, and the demo user's password
    kept = {"emulator_port": state.emulator_port, "database_port": state.database_port}
    save_state(home, StackState(**kept))
