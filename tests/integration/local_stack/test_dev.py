"""`aam dev` on a copied checkout: saved files are live, broken ones are named, and all is put back."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from aam_local import reset
from aam_local.paths import Home
from aam_local.up import bring_up
from tests.support.copied_checkout import DevRun, ask, aws, copy_checkout, edit, names

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

HANDLER = "layers/core/aam/foundation/lambda_handler.py"
WARM = {"warm": True}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    made = copy_checkout(tmp_path_factory.mktemp("dev") / "checkout")
    yield made
    reset.wipe_data(made)


def definition(home: Home, machine: str) -> dict[str, object]:
    described = aws(home, "stepfunctions").describe_state_machine(stateMachineArn=names(home)[machine])
    found: dict[str, object] = json.loads(described["definition"])
    return found


def test_saved_files_are_live_until_the_end_and_broken_ones_are_named(home: Home) -> None:
    dev = DevRun(home)
    on_upload = names(home)["OnUploadFunction"]
    machine = definition(home, "CleanUp")

    edit(home.root / "functions/on_upload/app.py", 'return {"queued": queued}', 'return {"queued": 42}')
    dev.wait_for("functions/on_upload/app.py live in 1 place,")
    assert ask(home, on_upload, {"Records": []}) == {"queued": 42}

    edit(home.root / HANDLER, 'return {"warm": True}', 'return {"warm": "by core"}')
    dev.wait_for(f"{HANDLER} live in")
    assert ask(home, on_upload, WARM) == {"warm": "by core"}
    assert ask(home, on_upload, {"Records": []}) == {"queued": 42}

    good = edit(home.root / HANDLER, '"by core"}', '"broken"}\n    return (')
    assert ": '(' was never closed; what was live stays" in dev.wait_for(f"{HANDLER}:")
    assert ask(home, on_upload, WARM) == {"warm": "by core"}
    (home.root / HANDLER).write_text(good + "\nLATE = nothing\n", encoding="utf-8")
    said = dev.wait_for(f"{HANDLER}:{good.count(chr(10)) + 2}:")
    assert "NameError: name 'nothing' is not defined" in said
    (home.root / HANDLER).write_text(good, encoding="utf-8")
    dev.wait_for("again as they are live")

    edit(home.root / "infra/statemachines/cleanup.asl.yaml", "TimeoutSeconds: 86400", "TimeoutSeconds: 77")
    dev.wait_for("cleanup.asl.yaml live in 1 place,")
    assert definition(home, "CleanUp") == {**machine, "TimeoutSeconds": 77}

    edit(
        home.root / "template.yaml",
        "Description: >-",
        "Description: >-\n  Changed.",
    )
    dev.wait_for("template.yaml needs a deploy: run 'aam up'")

    dev.end(signal.SIGINT)
    dev.wait_for("restored")
    assert ask(home, on_upload, WARM) == {"warm": True}
    assert ask(home, on_upload, {"Records": []}) == {"queued": 0}
    assert definition(home, "CleanUp") == machine
    assert aws(home, "lambda").list_layer_versions(LayerName="aam-dev-core")["LayerVersions"] == []


def test_next_up_restores_what_a_killed_dev_left(home: Home) -> None:
    dev = DevRun(home)  # deploys what was saved before
    on_upload = names(home)["OnUploadFunction"]
    assert ask(home, on_upload, WARM) == {"warm": "by core"}
    app = home.root / "functions/on_upload/app.py"
    before = edit(app, '{"queued": 42}', '{"queued": 43}')
    dev.wait_for("live in 1 place")
    assert ask(home, on_upload, {"Records": []}) == {"queued": 43}
    dev.end(signal.SIGKILL)
    app.write_text(before, encoding="utf-8")
    said: list[str] = []
    bring_up(home, tell=said.append)
    assert "the stack is deployed and unchanged" in said
    assert any(line.startswith("restored 1 functions") for line in said)
    assert ask(home, on_upload, {"Records": []}) == {"queued": 42}
    assert not home.dev.exists()


def test_up_takes_over_from_a_running_dev(home: Home, tmp_path: Path) -> None:
    dev = DevRun(home)
    bring_up(home, tell=[].append)
    edit(home.root / "functions/on_upload/app.py", '{"queued": 42}', '{"queued": 44}')
    dev.wait_for("Another command has deployed or restored the stack; run 'aam dev' again.")
    dev.process.wait(60)
    dev.end(0)
    assert ask(home, names(home)["OnUploadFunction"], {"Records": []}) == {"queued": 42}
