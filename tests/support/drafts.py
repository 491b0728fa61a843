"""Judge drafts of fakes, which quote generated talk without understanding it."""

from __future__ import annotations

from aam.evidence.schemas import CheckedArtifacts

_MEANING = ("said_as_", "contradicts_quotes", "time_differs", "quantity_differs", "quotes_mixed", "words_not_in_quotes")


def faults(artifacts: CheckedArtifacts) -> set[str]:
    """Return the problems of unsupported items, but for those of meaning: of quotes, numbers, dates and names."""
    items = [item for section in artifacts.sections for item in section.unsupported]
    return {p.code for item in items for p in item.problems if not p.field and not p.code.startswith(_MEANING)}
