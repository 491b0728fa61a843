"""Woken by an operator (`aam export`): packs all that is kept of a client, user or participant."""

from typing import Any

from aam.data_export.schemas import ExportRequest, parse
from aam.data_export.service import export, export_deps
from aam.foundation.deadline import until
from aam.foundation.operator import Answer, operator_function

ENDS_BEFORE_MS = 30_000
"""A chunk is begun only with this much time left."""


@operator_function(parse)
def handler(request: ExportRequest, context: Any) -> Answer:
    """Export the data of one subject."""
    return export(request, deps=export_deps(until(context, seconds=None, before_ms=ENDS_BEFORE_MS)))
