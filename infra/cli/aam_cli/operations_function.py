"""The function that looks at the system and repairs it, as commands ask it."""

from __future__ import annotations

from typing import Any

from aam_cli.chosen import chosen_target


def ask(payload: dict[str, Any]) -> dict[str, Any]:
    """Call the function and return its answer; raise UserError with its sentence."""
    from aam_local.invoking import call_function

    what = {"retry": "Retrying", "restore": "Bringing back", "end": "Ending", "dismiss": "Marking"}.get(
        payload["action"], "Looking"
    )
    return call_function(chosen_target(), "OperationsFunctionName", payload, what=what)
