"""Artifacts with the names that people gave to the transcript's speakers; what is stored stays as it was checked."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aam.artifacts.schemas import Artifacts, Item


def with_names(artifacts: Artifacts, names: Mapping[str, str]) -> Artifacts:
    """The same with names for labels: beside quotes, in fields, and in items' texts; quotes are never touched."""
    if not names:
        return artifacts
    longest_first = sorted(names, key=len, reverse=True)
    labels = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")

    def told(text: str) -> str:
        return labels.sub(lambda found: names[found[0]], text)

    def item(found: Item) -> Item:
        return found.model_copy(
            update={
                "text": told(found.text),
                "fields": tuple(
                    field.model_copy(update={"value": told(field.value)}) if field.value else field
                    for field in found.fields
                ),
                "quotes": tuple(
                    quote.model_copy(update={"speaker": names.get(quote.speaker, quote.speaker)})
                    for quote in found.quotes
                ),
            }
        )

    sections = tuple(
        section.model_copy(
            update={"items": tuple(map(item, section.items)), "unverified": tuple(map(item, section.unverified))}
        )
        for section in artifacts.sections
    )
    return artifacts.model_copy(update={"sections": sections})
