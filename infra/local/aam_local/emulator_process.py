"""The emulator's program: MiniStack, and a way to have its state saved while it runs.

Run by the interpreter of the emulator's own environment, which has none of our packages.  MiniStack writes
its state only when it ends gracefully, so a kill -9 would cost the stack; SIGUSR1 asks for the same save at
any time.  The handler runs on the main thread, that is between two events of the server's loop, like the save
at shutdown.
"""

import os
import signal
from pathlib import Path
from types import FrameType

from ministack import app

SAVED = "saved"
"""Touched in the state folder after each save on demand: whoever asked waits for it."""


def _save(_signal: int, _frame: FrameType | None) -> None:
    app.save_all(app._build_persistence_save_dict())
    Path(os.environ["STATE_DIR"], SAVED).touch()


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, _save)
    app.main()
