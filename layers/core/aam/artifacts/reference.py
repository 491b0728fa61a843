"""The page that documents the catalogue.

``python -m aam.artifacts.reference > docs/sections.md`` writes it anew.
"""

from __future__ import annotations

import sys

from aam.artifacts.catalogue import Catalogue, load_catalogue

_METHODS = {
    "summary": "the sentences that together cover most of what is spoken of",
    "tasks": "what people take on, ask of each other and accept, or say that another will do",
    "decisions": "what is called decided, concluded, or proposed and agreed to; in the first of these sections",
    "questions": "questions that the next turns leave open",
    "risks": "what is feared, or goes wrong if something happens",
    "cues": "sentences with a phrase of the section, in any form of its words",
    "dates": "sentences with a date",
    "figures": "sentences with numbers that count something; no days or clock times",
    "none": "stays empty",
}


def sections_markdown(catalogue: Catalogue) -> str:
    """Return every section, field, scenario and meeting type as Markdown."""
    lines = [
        "# Sections",
        "",
        "_Made by `python -m aam.artifacts.reference`; a test compares it with the files._",
        "",
    ]
    lines += [
        f"The {len(catalogue.sections)} kinds of section are reviewed files under `aam/seeds/sections`.",
        "",
    ]
    lines += ["Every item also has a text, a priority (high, medium, low) and its quotes.", ""]
    short = ", ".join(f"`{spec.kind}`" for spec in catalogue.sections.values() if spec.condensed)
    lines += [
        f"A long meeting is written part by part and put together ([vendors](vendors.md)): {short} keep only what the",
        "whole needs, all other sections keep every item that is not said elsewhere.",
        "",
    ]
    lines += [
        "| kind | title | ru | uk | fields | asked of the model | offline engine |",
        "|---|---|---|---|---|---|---|",
    ]
    for spec in catalogue.sections.values():
        fields = ", ".join(f"`{field.name}`" for field in spec.fields) or "–"
        row = [f"`{spec.kind}`", spec.title.en, spec.title.ru, spec.title.uk, fields, spec.instruction]
        lines.append(f"| {' | '.join([*row, _METHODS[spec.extractive]])} |")
    lines += ["", "## Fields", "", "| field | kind | values | meaning |", "|---|---|---|---|"]
    fields_by_name = {field.name: field for spec in catalogue.sections.values() for field in spec.fields}
    for name, field in sorted(fields_by_name.items()):
        lines.append(f"| `{name}` | {field.kind.value} | {', '.join(field.values) or '–'} | {field.instruction} |")
    lines += ["", "## Scenarios", "", "| scenario | for | prompts | sections |", "|---|---|---|---|"]
    for scenario in catalogue.scenarios.values():
        kinds = ", ".join(spec.kind for spec in scenario.sections)
        prompts = f"`{scenario.prompt.version}`, `{scenario.merge.version}`"
        lines.append(f"| `{scenario.key}` | {scenario.description} | {prompts} | {kinds} |")
    lines += ["", "## Meeting types", "", "| type | title | scenario |", "|---|---|---|"]
    lines += [f"| `{t.key}` | {t.title.en} | `{t.scenario}` |" for t in catalogue.meeting_types.values()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(sections_markdown(load_catalogue()))
