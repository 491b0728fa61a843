"""When a deploy is left out, and when it was none."""

from pathlib import Path
from typing import Any

import pytest

from aam_local import deploy, up
from aam_local.backends import embedded
from aam_local.errors import UserError
from aam_local.paths import Home
from aam_local.secrets import Secrets
from aam_local.state import StackState
from tests.support.template import written

TEMPLATE = """Parameters:
  Stage:
    Type: String
Outputs:
  # said to people
  ApiUrl:
    Value: x

  ApiId: { Value: y }
Metadata:
  Kept: here
"""


class Emulator:
    """A stack that has these outputs, and those after a deploy."""

    def __init__(self, has: dict[str, str], then: dict[str, str]) -> None:
        self.has, self.then, self.deploys = has, then, 0

    def describe(self, _running: Any) -> tuple[str, dict[str, str]]:
        """What CloudFormation would say."""
        return "id", self.has

    def deploy(self, *_: Any) -> None:
        """What SAM would do."""
        self.deploys += 1
        self.has = self.then


def test_a_stack_without_its_outputs_is_deployed_again_and_is_no_success_without_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path, tmp_path / ".aam")
    home.prepare()
    home.build.mkdir(parents=True)
    (home.build / "template.yaml").write_text(TEMPLATE)
    running = embedded(emulator_port=1, database_port=2, secrets=Secrets())
    whole = {"ApiUrl": "x", "ApiId": "y"}
    said: list[str] = []

    def bring(emulator: Emulator, state: StackState) -> tuple[StackState, bool]:
        monkeypatch.setattr(deploy, "describe", emulator.describe)
        monkeypatch.setattr(deploy, "deploy", emulator.deploy)
        return up._deploy(home, state, running, tmp_path, "sources", said.append)

    monkeypatch.setattr(deploy, "prepare", lambda _running: {})
    state, changed = bring(Emulator({}, whole), StackState())
    assert (changed, state.outputs) == (True, whole)
    assert bring(Emulator(whole, {}), state) == (state, False)
    robbed = Emulator({"ApiId": "y"}, whole)
    assert bring(robbed, state) == (state, True)
    assert robbed.deploys == 1
    del said[:]
    with pytest.raises(UserError, match="lacks ApiUrl after its deploy"):
        bring(Emulator({"ApiId": "y"}, {"ApiId": "y"}), state)
    assert said == []


def test_every_stack_has_every_output_of_the_template() -> None:
    outputs = written()["Outputs"]
    assert not [name for name, output in outputs.items() if "Condition" in output]
    assert deploy.promised(Path(__file__).resolve().parents[3] / "template.yaml") == set(outputs)
