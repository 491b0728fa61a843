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
STATE_MACHINE = ROOT / "infra" / "statemachines" / "process_recording.asl.yaml"
LOCAL_FILES = ("CodeUri", "ContentUri", "DefinitionUri")


@lru_cache(maxsize=1)
def written() -> dict[str, Any]:
    """`template.yaml`, parsed."""
    parsed: dict[str, Any] = yaml_parse(TEMPLATE.read_text(encoding="utf-8"))
    return parsed


@lru_cache(maxsize=1)
def state_machine() -> dict[str, Any]:
    """The definition of the state machine, parsed."""
    parsed: dict[str, Any] = yaml.safe_load(STATE_MACHINE.read_text(encoding="utf-8"))
    return parsed


def functions() -> dict[str, dict[str, Any]]:
    """The properties of each function by its logical id, with what Globals give to all of them."""
    everywhere = written()["Globals"]["Function"]
    return {
        name: {**everywhere, **resource["Properties"]}
        for name, resource in written()["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


@lru_cache(maxsize=1)
def expanded() -> dict[str, Any]:
    """What SAM makes of the template, with the state machine's definition inside, where cfn-lint reads it."""
    template = copy.deepcopy(written())
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        for name in LOCAL_FILES:
            if name in properties:
                properties[name] = f"s3://artifacts/{properties[name]}"
    with pytest.MonkeyPatch.context() as patch:  # SAM asks botocore which partition it is in
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        made: dict[str, Any] = Translator({}, Parser()).translate(template, parameter_values={})
    for resource in made["Resources"].values():
        if resource["Type"] == "AWS::StepFunctions::StateMachine":
            resource["Properties"].pop("DefinitionS3Location")
            resource["Properties"]["Definition"] = state_machine()
    return made


def statements(role: str) -> list[dict[str, Any]]:
    """Every statement of a role's own policies, from the expanded template."""
    policies = expanded()["Resources"][role]["Properties"].get("Policies", [])
    found: list[dict[str, Any]] = []
    for policy in policies:
        stands = policy["PolicyDocument"]["Statement"]
        found += stands if isinstance(stands, list) else [stands]
    return found


def as_list(value: Any) -> list[Any]:
    """CloudFormation lets one thing stand without its list."""
    return value if isinstance(value, list) else [value]
