"""Every error of ours, whichever module declares it."""

from __future__ import annotations

import importlib
import pkgutil

import aam
from aam.foundation.errors import AppError, leaves
from tests.support.api import load_app


def all_leaves() -> dict[str, type[AppError]]:
    """Return the leaves of the whole tree by class name, after importing every module that could declare one."""
    load_app()
    for found in pkgutil.walk_packages(aam.__path__, "aam."):
        if found.name != "aam.migrations.env":  # it runs only inside Alembic
            importlib.import_module(found.name)
    return {leaf.__name__: leaf for leaf in leaves() if leaf.__module__.split(".")[0] in {"aam", "serving"}}
