"""The stack that the command line names: `aam --stack NAME …`, otherwise the one on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from aam_local.target import Target


def chosen_target() -> Target:
    """Return the stack to act on; nothing is asked of it yet."""
    from aam_local.paths import find_home
    from aam_local.target import AwsTarget, LocalTarget

    context = click.get_current_context(silent=True)
    stack = context.find_root().params.get("stack") if context is not None else None
    return AwsTarget(stack) if stack else LocalTarget(find_home())
