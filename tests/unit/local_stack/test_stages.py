"""The stages of samconfig.toml fit the template and the embedded stack."""

import tomllib
from pathlib import Path

import pytest

from aam_local.deploy import STACK
from aam_local.emulator import REGION
from tests.support.template import written

CONFIG = tomllib.loads((Path(__file__).resolve().parents[3] / "samconfig.toml").read_text("utf-8"))
DEPLOYED = {stage: settings["deploy"]["parameters"] for stage, settings in CONFIG.items() if "deploy" in str(settings)}


def test_there_are_three_stages_with_stacks_of_their_own() -> None:
    assert set(DEPLOYED) == {"local", "dev", "prod"}
    assert len({settings["stack_name"] for settings in DEPLOYED.values()}) == 3
    assert (DEPLOYED["local"]["stack_name"], DEPLOYED["local"]["region"]) == (STACK, REGION)


@pytest.mark.parametrize("stage", DEPLOYED)
def test_what_a_stage_sets_the_template_takes(stage: str) -> None:
    parameters = written()["Parameters"]
    for override in DEPLOYED[stage].get("parameter_overrides", "").split():
        name, _, value = override.partition("=")
        assert name in parameters
        assert value in parameters[name].get("AllowedValues", [value])


def test_registration_is_closed_in_production() -> None:
    assert "OpenRegistration=false" in DEPLOYED["prod"]["parameter_overrides"].split()


def test_sam_builds_layers_where_they_stand() -> None:
    assert CONFIG["default"]["build"]["parameters"]["build_in_source"] is True
