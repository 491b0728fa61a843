"""Artifacts with the names that people gave to the transcript's speakers; what is stored stays as it was checked."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aam.artifacts.schemas import Artifacts, Item
from aam.transcription.name_proposals import UNNAMED

_ENGINES_LABEL = re.compile(rf"(?<!\w){UNNAMED.pattern}(?!\w)")


def with_names(artifacts: Artifacts, names: Mapping[str, str]) -> Artifacts:
    """Return the same with names for labels: beside quotes, and an engine's labels in fields and texts too.

    A label of a transcript that was brought along may be any word (a name that others bear, "not"): in what was checked
    it stays.  So does a label that somebody said, as the item's quotes show.  Quotes are never touched.
    """
    if not names:
        return artifacts

    def item(found: Item) -> Item:
        def told(text: str) -> str:
            return _ENGINES_LABEL.sub(
                lambda label: label[0] if label[0] in said else names.get(label[0], label[0]), text
            )

        said = {label for quote in found.quotes for label in _ENGINES_LABEL.findall(quote.quote)}
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
            update={"items": tuple(map(item, section.items)), "unsupported": tuple(map(item, section.unsupported))}
        )
        for section in artifacts.sections
    )
    return artifacts.model_copy(update={"sections": sections})
