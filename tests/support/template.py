"""The template and the state machine as tests read them: as written, and as CloudFormation will see them."""

from __future__ import annotations

import copy
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "template.yaml"
STATE_MACHINES = ROOT / "infra" / "statemachines"
LOCAL_FILES = ("CodeUri", "ContentUri", "DefinitionUri")


@lru_cache(maxsize=1)
def written() -> dict[str, Any]:
    """Return `template.yaml`, parsed."""
    parsed: dict[str, Any] = yaml_parse(TEMPLATE.read_text(encoding="utf-8"))
    return parsed


@lru_cache(maxsize=4)
def state_machine(name: str = "process_recording") -> dict[str, Any]:
    """Return the definition of a state machine by the name of its file, parsed."""
    parsed: dict[str, Any] = yaml.safe_load((STATE_MACHINES / f"{name}.asl.yaml").read_text(encoding="utf-8"))
    return parsed


def definition_of(logical_id: str) -> dict[str, Any]:
    """Return the definition that a state machine of the template names."""
    file = Path(written()["Resources"][logical_id]["Properties"]["DefinitionUri"])
    return state_machine(file.name.removesuffix(".asl.yaml"))


def functions() -> dict[str, dict[str, Any]]:
    """Return the properties of each function by its logical id, with Globals filled in."""
    everywhere = written()["Globals"]["Function"]
    return {
        name: {**everywhere, **resource["Properties"]}
        for name, resource in written()["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


@lru_cache(maxsize=1)
def expanded() -> dict[str, Any]:
    """Return the template as SAM expands it, with the state machines' definitions inside, where cfn-lint reads it."""
    template = copy.deepcopy(written())
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        for name in LOCAL_FILES:
            if name in properties:
                properties[name] = f"s3://artifacts/{properties[name]}"
    with pytest.MonkeyPatch.context() as patch:  # SAM asks botocore which partition it is in
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        made: dict[str, Any] = Translator({}, Parser()).translate(template, parameter_values={})
    for logical_id, resource in made["Resources"].items():
        if resource["Type"] == "AWS::StepFunctions::StateMachine":
            resource["Properties"].pop("DefinitionS3Location")
            resource["Properties"]["Definition"] = definition_of(logical_id)
    return made


def statements(role: str) -> list[dict[str, Any]]:
    """Return every statement of a role's own policies, from the expanded template."""
    policies = expanded()["Resources"][role]["Properties"].get("Policies", [])
    found: list[dict[str, Any]] = []
    for policy in policies:
        stands = policy["PolicyDocument"]["Statement"]
        found += stands if isinstance(stands, list) else [stands]
    return found


def as_list(value: Any) -> list[Any]:
    """Return the list, where CloudFormation lets a single item stand without one."""
    return value if isinstance(value, list) else [value]
