"""The template's events are exactly the API's routes: Chalice answers 405 to anything that comes by a proxy."""

from pathlib import Path
from typing import Any

import yaml

from tests.support.api import load_app

TEMPLATE = Path(__file__).resolve().parents[2] / "template.yaml"


class Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms as what stands behind them."""


def plain(loader: yaml.SafeLoader, _suffix: str, node: yaml.Node) -> Any:
    """The value behind a short form such as !Ref."""
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    assert isinstance(node, yaml.MappingNode)
    return loader.construct_mapping(node, deep=True)


Loader.add_multi_constructor("!", plain)


def declared() -> list[tuple[str, str]]:
    """Method and path of every API event in the template."""
    template = yaml.load(TEMPLATE.read_text("utf-8"), Loader)
    functions = [entry for entry in template["Resources"].values() if entry["Type"] == "AWS::Serverless::Function"]
    events = [event for function in functions for event in function["Properties"].get("Events", {}).values()]
    return [
        (event["Properties"]["Method"].upper(), event["Properties"]["Path"])
        for event in events
        if event["Type"] == "Api"
    ]


def test_one_event_a_route() -> None:
    events = declared()
    assert len(events) == len(set(events))
    assert set(events) == {(method, path) for path, methods in load_app().app.routes.items() for method in methods}
