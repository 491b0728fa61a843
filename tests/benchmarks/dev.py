"""Seconds from saving a file to an answer of the new code, with `aam dev` and, for comparison, with `aam up`.

On a copied checkout with a stack of its own. The comparison has no limit of ours: it is what there was before.
"""

from __future__ import annotations

import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from aam_local import reset
from aam_local.paths import Home
from aam_local.up import bring_up
from tests.benchmarks.figures import Figure
from tests.support.copied_checkout import DevRun, ask, copy_checkout, edit, names

FUNCTION_S, CORE_S, DEPLOY_S = 2.0, 5.0, 300.0
RUNS = 3
FUNCTION, CORE = "functions/on_upload/app.py", "layers/core/aam/foundation/lambda_handler.py"
QUEUED, WARMED = 'return {"queued": queued}', 'return {"warm": True}'


def measure() -> Iterator[Figure]:
    """A function, then a module of the core that every function imports, then the function by a deploy."""
    with tempfile.TemporaryDirectory() as folder:
        home = copy_checkout(Path(folder) / "checkout")
        try:
            with DevRun(home) as dev:
                yield from measured(home, dev)
        finally:
            reset.wipe_data(home)


def measured(home: Home, dev: DevRun) -> Iterator[Figure]:
    """Each the median of some saves."""
    name = names(home)["OnUploadFunction"]

    def save(path: str, old: str, new: str, event: dict[str, object], answer: object) -> float:
        began = time.perf_counter()
        before = edit(home.root / path, old, new)
        dev.wait_for(f"{path} live")
        if ask(home, name, event) != answer:
            raise RuntimeError("The saved code does not answer.")
        took = time.perf_counter() - began
        (home.root / path).write_text(before, encoding="utf-8")
        dev.wait_for(f"{path} live")
        return took

    kinds: dict[str, tuple[float, Callable[[int], float]]] = {
        "dev_function": (
            FUNCTION_S,
            lambda run: save(FUNCTION, QUEUED, f'return {{"queued": {run}}}', {"Records": []}, {"queued": run}),
        ),
        "dev_core": (
            CORE_S,
            lambda run: save(CORE, WARMED, f'return {{"warm": {run}}}', {"warm": True}, {"warm": run}),
        ),
    }
    for kind, (limit, saved) in kinds.items():
        seconds = round(median(saved(run) for run in range(1, RUNS + 1)), 2)
        yield Figure(kind, seconds, "s", limit, seconds <= limit)
    dev.end(signal.SIGINT)
    edit(home.root / FUNCTION, QUEUED, 'return {"queued": 9}')
    began = time.perf_counter()
    bring_up(home, tell=lambda _said: None)
    ask(home, name, {"Records": []})
    seconds = round(time.perf_counter() - began, 2)
    yield Figure("dev_before_by_aam_up", seconds, "s", DEPLOY_S, seconds <= DEPLOY_S)
