"""The template as it is written, with CloudFormation's short forms left unresolved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Layout:
    """Folders of functions, files of state machines and the core's layer, by their names in the template."""

    functions: dict[str, Path]
    machines: dict[str, Path]
    core_layer: str | None
    core_users: frozenset[str]


def read_layout(root: Path) -> Layout:
    """Read `template.yaml` of a checkout."""
    import yaml

    class Loader(yaml.SafeLoader):
        """Reads `!Ref X` and its like as what they name."""

    def named(loader: Any, _tag: str, node: Any) -> Any:
        kinds = {"scalar": "construct_scalar", "sequence": "construct_sequence", "mapping": "construct_mapping"}
        return getattr(loader, kinds[node.id])(node)

    Loader.add_multi_constructor("!", named)
    resources = yaml.load((root / "template.yaml").read_text(encoding="utf-8"), Loader)["Resources"]  # noqa: S506 - a SafeLoader
    of: dict[str, dict[str, dict[str, Any]]] = {}
    for name, resource in resources.items():
        of.setdefault(resource["Type"], {})[name] = resource.get("Properties", {})
    functions = of.get("AWS::Serverless::Function", {})
    layers = of.get("AWS::Serverless::LayerVersion", {})
    core = next((name for name, layer in layers.items() if layer["ContentUri"].strip("./") == "layers/core"), None)
    return Layout(
        functions={name: root / function["CodeUri"] for name, function in functions.items()},
        machines={
            name: root / machine["DefinitionUri"]
            for name, machine in of.get("AWS::Serverless::StateMachine", {}).items()
            if "DefinitionUri" in machine
        },
        core_layer=core,
        core_users=frozenset(name for name, function in functions.items() if core in function.get("Layers", [])),
    )
