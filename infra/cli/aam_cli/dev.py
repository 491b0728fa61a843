"""`aam dev`."""

import signal
import time
from types import FrameType

import click


@click.command()
def command() -> None:
    """Put each saved file live on the stack of this machine, until Ctrl-C.

    Starts the stack as `aam up` does, then watches the checkout. A file of functions/ replaces its function, a file of
    layers/core/ the core of those functions whose imports reach it, a file of infra/statemachines/ its state machine.
    The next call runs the new code; calls of these functions that are running are cut off.

    A file that cannot be imported is named with its line, and what was live stays. Changes of template.yaml, of
    layers' requirements and of other files need `aam up`.

    At the end all is put back as it was deployed, and `aam up` deploys what you have saved. After a kill `aam up` puts
    it back.
    """
    from aam_local.dev import watch
    from aam_local.paths import find_home

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)
    began = time.monotonic()
    try:
        watch(find_home(), tell=lambda line: click.echo(f"{time.monotonic() - began:6.1f} s  {line}"))
    except KeyboardInterrupt:
        return
