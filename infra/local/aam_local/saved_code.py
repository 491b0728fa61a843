"""Saved code on a running stack in place of what was deployed, and the way back to it.

`.aam/dev/marker.json` names what was deployed, written before anything is changed: should `aam dev` be killed, the next
`aam up` restores all of it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from aam_local import processes
from aam_local.aws import client
from aam_local.backends import Running
from aam_local.deploy import STACK
from aam_local.files import remove_tree, write_atomically
from aam_local.paths import Home
from aam_local.processes import Started

LAYER = "aam-dev-core"
"""The layer that stands in for the deployed core."""

AT_ONCE = 8
PLACEHOLDER = re.compile(r"\$\{(\w+)\}")


class Deployed(BaseModel):
    """One function as it was deployed."""

    model_config = ConfigDict(frozen=True)

    name: str
    layers: tuple[str, ...]
    code: str
    """The file name of its zip beside the marker."""


class Marker(BaseModel):
    """The deployed functions and state machines as `aam dev` found them, and the process that may change them."""

    model_config = ConfigDict(frozen=True)

    process: Started
    core: str | None
    functions: dict[str, Deployed]
    machines: dict[str, tuple[str, str]]
    """The ARN and the definition of each state machine, by its name in the template."""


def read_marker(home: Home) -> Marker | None:
    """Return what `aam dev` has noted; None where all is as it was deployed."""
    try:
        return Marker.model_validate_json(_marker(home).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValidationError):
        return None


def begin(home: Home, running: Running, codes: dict[str, Path], core_layer: str | None) -> Marker:
    """Note what is deployed; ``codes`` are the deployed zips of the functions by their names in the template."""
    remove_tree(home.dev)
    home.dev.mkdir(parents=True)
    found = _aws(running, "cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
    lambdas, states = _aws(running, "lambda"), _aws(running, "stepfunctions")
    functions, machines, core = {}, {}, None
    for entry in found:
        logical, physical, kind = entry["LogicalResourceId"], entry["PhysicalResourceId"], entry["ResourceType"]
        if kind == "AWS::Lambda::LayerVersion" and core_layer and logical.startswith(core_layer):
            core = physical
        elif kind == "AWS::StepFunctions::StateMachine":
            described = states.describe_state_machine(stateMachineArn=physical)
            machines[logical] = (physical, described["definition"])
        elif kind == "AWS::Lambda::Function" and logical in codes:
            shutil.copyfile(codes[logical], home.dev / f"{logical}.zip")
            layers = lambdas.get_function_configuration(FunctionName=physical).get("Layers", [])
            arns = tuple(layer["Arn"] for layer in layers)
            functions[logical] = Deployed(name=physical, layers=arns, code=f"{logical}.zip")
    marker = Marker(process=processes.remember(os.getpid()), core=core, functions=functions, machines=machines)
    write_atomically(_marker(home), marker.model_dump_json())
    return marker


def restore(home: Home, running: Running) -> int:
    """Put back what was deployed; how many functions and state machines had changed.

    What the stack no longer has is left out: it was deleted or deployed anew since.
    """
    marker = read_marker(home)
    restored = 0
    if marker is not None:
        lambdas, states = _aws(running, "lambda"), _aws(running, "stepfunctions")
        for function in marker.functions.values():
            with suppress(lambdas.exceptions.ResourceNotFoundException):
                restored += _restore_function(lambdas, function, (home.dev / function.code).read_bytes())
        for arn, definition in marker.machines.values():
            with suppress(states.exceptions.StateMachineDoesNotExist):
                if states.describe_state_machine(stateMachineArn=arn)["definition"] != definition:
                    states.update_state_machine(stateMachineArn=arn, definition=definition)
                    restored += 1
        for version in lambdas.list_layer_versions(LayerName=LAYER).get("LayerVersions", []):
            lambdas.delete_layer_version(LayerName=LAYER, VersionNumber=version["Version"])
    remove_tree(home.dev)
    return restored


def put_function(running: Running, deployed: Deployed, code: bytes) -> None:
    """Give a function another code; its workers end, and the next call starts one with it."""
    _aws(running, "lambda").update_function_code(FunctionName=deployed.name, ZipFile=code)


def put_core(running: Running, marker: Marker, core: bytes, functions: set[str]) -> None:
    """Give these functions another core, as a layer of its own; the layer of the save before goes."""
    lambdas = _aws(running, "lambda")
    made = lambdas.publish_layer_version(LayerName=LAYER, Content={"ZipFile": core})

    def attach(logical: str) -> None:
        deployed = marker.functions[logical]
        layers = [made["LayerVersionArn"] if arn == marker.core else arn for arn in deployed.layers]
        lambdas.update_function_configuration(FunctionName=deployed.name, Layers=layers)

    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        list(pool.map(attach, sorted(functions & marker.functions.keys())))
    if made["Version"] > 1:  # functions that it is attached to keep it
        lambdas.delete_layer_version(LayerName=LAYER, VersionNumber=made["Version"] - 1)


def put_machine(running: Running, marker: Marker, name: str, definition: str) -> None:
    """Give a state machine another definition; executions that run keep theirs."""
    _aws(running, "stepfunctions").update_state_machine(stateMachineArn=marker.machines[name][0], definition=definition)


def filled(definition: Any, source: Any, deployed: Any) -> str | None:
    """Return a definition with its placeholders filled in as a deploy did; None where one of them is new.

    Their values are read off what was deployed (``deployed``) from ``source``.
    """
    values = dict(_values(source, deployed))
    text = json.dumps(definition)
    if not set(PLACEHOLDER.findall(text)) <= values.keys():
        return None
    return PLACEHOLDER.sub(lambda found: json.dumps(values[found[1]])[1:-1], text)


def _values(source: Any, deployed: Any) -> list[tuple[str, str]]:
    if isinstance(source, dict) and isinstance(deployed, dict):
        return [pair for key in source.keys() & deployed.keys() for pair in _values(source[key], deployed[key])]
    if isinstance(source, list) and isinstance(deployed, list):
        return [pair for one, other in zip(source, deployed, strict=False) for pair in _values(one, other)]
    if not isinstance(source, str) or not PLACEHOLDER.search(source):
        return []
    parts = PLACEHOLDER.split(source)
    pattern = "".join("(.*)" if number % 2 else re.escape(part) for number, part in enumerate(parts))
    match = re.fullmatch(pattern, str(deployed), re.DOTALL)
    return list(zip(parts[1::2], match.groups(), strict=True)) if match else []


def _restore_function(lambdas: Any, deployed: Deployed, code: bytes) -> bool:
    now = lambdas.get_function_configuration(FunctionName=deployed.name)
    other_code = now["CodeSha256"] != base64.b64encode(hashlib.sha256(code).digest()).decode()
    layers = [layer["Arn"] for layer in now.get("Layers", [])]
    other_layers = any(f":{LAYER}:" in arn for arn in layers)
    if other_code:
        lambdas.update_function_code(FunctionName=deployed.name, ZipFile=code)
    if other_layers:
        lambdas.update_function_configuration(FunctionName=deployed.name, Layers=list(deployed.layers))
    return other_code or other_layers


def _aws(running: Running, service: str) -> Any:
    return client(service, endpoint=running.endpoint, secret_access_key=running.secret_access_key)


def _marker(home: Home) -> Path:
    return home.dev / "marker.json"
