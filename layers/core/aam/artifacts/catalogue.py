"""The catalogue of sections, fields, scenarios, meeting types and prompts, read from reviewed files.

Sections are configuration: a new kind is a new table in ``aam/seeds/sections``, and no code.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import ConfigDict, Field, ValidationError

from aam.artifacts.errors import CatalogueInvalid, UnknownScenario
from aam.evidence.schemas import FieldKind
from aam.foundation.schemas import Value

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
READER = "reader-v1"
"""The prompt of the second reader."""

_Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{1,39}$")]
_Sentence = Annotated[str, Field(min_length=10, max_length=400)]
_Method = Literal["summary", "cues", "dates", "decisions", "figures", "questions", "risks", "tasks", "none"]


class _File(Value):
    model_config = ConfigDict(extra="forbid")


class Title(_File):
    """A title in every language that the product speaks."""

    en: str = Field(min_length=1, max_length=60)
    ru: str = Field(min_length=1, max_length=60)
    uk: str = Field(min_length=1, max_length=60)

    def in_language(self, language: str) -> str:
        """Return the title for a language tag such as ``ru`` or ``en-GB``; English for any other."""
        code = language.split("-", maxsplit=1)[0].lower()
        return {"ru": self.ru, "uk": self.uk}.get(code, self.en)


class FieldSpec(_File):
    """A typed field that sections may carry."""

    name: _Key
    kind: FieldKind
    title: Title
    instruction: _Sentence
    values: tuple[str, ...] = ()


class SectionSpec(_File):
    """A kind of section: how it is called, what the model is told, and how the offline engine fills it.

    ``condensed``: where a long meeting's parts are put together, this section keeps only what the whole needs.
    """

    kind: _Key
    title: Title
    instruction: _Sentence
    fields: tuple[FieldSpec, ...] = ()
    extractive: _Method
    cues: tuple[str, ...] = ()
    condensed: bool = False


class PromptText(_File):
    """A prompt's text; its version is its file's name, and a changed text is a new file."""

    version: str
    text: str


class Scenario(_File):
    """Sections of the minutes, the prompt that asks for them, and the one that merges parts."""

    key: _Key
    title: Title
    description: _Sentence
    prompt: PromptText
    merge: PromptText
    terms: Mapping[str, tuple[str, ...]] = {}
    sections: tuple[SectionSpec, ...] = Field(min_length=1)


class MeetingTypeSpec(_File):
    """A kind of meeting that people choose from, with its usual scenario's key."""

    key: _Key
    title: Title
    scenario: _Key
    speech: Mapping[str, Any] = {}


class Catalogue(_File):
    """Everything that the reviewed files say."""

    sections: Mapping[str, SectionSpec]
    scenarios: Mapping[str, Scenario]
    meeting_types: Mapping[str, MeetingTypeSpec]
    reader: PromptText

    def scenario(self, key: str) -> Scenario:
        """Return the scenario with a key; raises UnknownScenario."""
        if key not in self.scenarios:
            raise UnknownScenario
        return self.scenarios[key]


_Spec = TypeVar("_Spec", bound=_File)


@cache
def load_catalogue(root: Path = SEEDS) -> Catalogue:
    """Read and check the whole catalogue; raises CatalogueInvalid with the file and the fault."""
    fields = _fields(root / "fields.toml")
    sections: dict[str, SectionSpec] = {}
    for path in sorted((root / "sections").glob("*.toml")):
        for table in _tables(path, "section"):
            spec = _made(path, SectionSpec, {**table, "fields": _chosen(path, fields, table.get("fields", []))})
            _demand(path, spec.kind not in sections, f"section {spec.kind} stands twice")
            _demand(path, bool(spec.cues) or spec.extractive != "cues", f"section {spec.kind} has no cues")
            sections[spec.kind] = spec
    scenarios: dict[str, Scenario] = {}
    for path in sorted((root / "scenarios").glob("*.toml")):
        table = _read(path)
        kinds = table.get("sections", [])
        table |= {
            "sections": _chosen(path, sections, kinds),
            "prompt": _prompt(root, path, table.get("prompt")),
            "merge": _prompt(root, path, table.get("merge")),
        }
        scenario = _made(path, Scenario, table)
        _demand(path, scenario.key == path.stem, f"the key is {scenario.key}")
        scenarios[scenario.key] = scenario
    types: dict[str, MeetingTypeSpec] = {}
    path = root / "meeting_types.toml"
    for table in _tables(path, "type"):
        made = _made(path, MeetingTypeSpec, table)
        _demand(path, made.key not in types, f"type {made.key} stands twice")
        _demand(path, made.scenario in scenarios, f"there is no scenario {made.scenario}")
        types[made.key] = made
    reader = _prompt(root, root / "prompts", READER)
    return Catalogue(sections=sections, scenarios=scenarios, meeting_types=types, reader=reader)


def _fields(path: Path) -> dict[str, FieldSpec]:
    fields: dict[str, FieldSpec] = {}
    for name, table in _read(path).items():
        _demand(path, isinstance(table, dict), f"{name} is no table")
        fields[name] = _made(path, FieldSpec, {**table, "name": name})
        _demand(path, (fields[name].kind is FieldKind.CHOICE) == bool(fields[name].values), f"{name}: values")
    return fields


def _chosen(path: Path, known: Mapping[str, _Spec], names: object) -> tuple[_Spec, ...]:
    if not isinstance(names, list):
        raise _invalid(path, "a list of names is missing")
    _demand(path, len(set(map(str, names))) == len(names), "a name stands twice in a list")
    for name in names:
        _demand(path, name in known, f"there is no {name}")
    return tuple(known[name] for name in names)


def _prompt(root: Path, scenario: Path, version: object) -> PromptText:
    path = root / "prompts" / f"{version}.md"
    _demand(scenario, path.is_file(), f"there is no prompt {version}")
    return PromptText(version=str(version), text=path.read_text(encoding="utf-8").strip())


def _tables(path: Path, name: str) -> list[dict[str, Any]]:
    tables = _read(path).get(name)
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise _invalid(path, f"[[{name}]] is missing")
    return tables


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _invalid(path, str(error)) from error


def _made(path: Path, model: type[_Spec], table: Mapping[str, Any]) -> _Spec:
    try:
        return model.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        raise _invalid(path, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _demand(path: Path, holds: bool, fault: str) -> None:
    if not holds:
        raise _invalid(path, fault)


def _invalid(path: Path, fault: str) -> CatalogueInvalid:
    return CatalogueInvalid(f"{path.parent.name}/{path.name}: {fault}; mend the file.")
