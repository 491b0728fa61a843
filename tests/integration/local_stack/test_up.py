"""The embedded stack from nothing, again, after kills, and beside another one.

The tests of this file build on each other's stack, in order: bringing one up takes seconds.
"""

import contextlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pg8000.dbapi
import pytest
from click.testing import CliRunner

from aam_cli.main import main
from aam_local import emulator, fake_vendors, postgres, postgres_place, processes
from aam_local.aws import client
from aam_local.errors import UserError
from aam_local.paths import Home
from aam_local.programs import Asked
from aam_local.secrets import load_secrets
from aam_local.state import StackState, load_state, save_state
from aam_local.status import read_status
from aam_local.target import LocalTarget
from aam_local.up import bring_up
from aam_local.vendor_keys import read_keys
from tests.integration.local_stack.conftest import make_project

pytestmark = [pytest.mark.timeout(240)]


def up(home: Home, asked: Asked | None = None) -> tuple[StackState, list[str]]:
    said: list[str] = []
    return bring_up(home, tell=said.append, asked=asked), said


def aws(home: Home, service: str) -> Any:
    state, secrets = load_state(home), load_secrets(home.secrets)
    key = secrets.emulator_secret_access_key
    return client(service, endpoint=state.endpoint, secret_access_key=key)


def called(home: Home) -> list[str]:
    """What the project's functions wrote into the database, in order."""
    state, secrets = load_state(home), load_secrets(home.secrets)
    connection = pg8000.dbapi.connect(
        postgres.SUPERUSER,
        host="127.0.0.1",
        port=state.database_port,
        database=postgres.DATABASE,
        password=secrets.database_password,
    )
    with contextlib.closing(connection):
        cursor = connection.cursor()
        cursor.execute("SELECT what FROM called ORDER BY at")
        return [row[0] for row in cursor.fetchall()]


def kill(process: processes.Started | None) -> None:
    """End one of our own programs the hard way, and wait until it is gone."""
    found = processes.find(process)
    assert found is not None
    os.kill(found.pid, signal.SIGKILL)
    found.wait(10)


def test_from_nothing_it_deploys_migrates_and_sweeps(home: Home) -> None:
    state, said = up(home)
    assert "deployed" in said
    assert called(home) == ["migrate", "sweep True"]
    api = state.outputs["ApiUrl"].split("//")[1].split(".")[0]
    with urllib.request.urlopen(f"{state.endpoint}/_aws/execute-api/{api}/Prod/hello", timeout=30) as answer:
        body = answer.read().decode()
    assert body.startswith("local ")
    assert "layer_" in body, "pydantic comes from the layer, not from the emulator's environment"


def test_what_the_emulator_ignores_comes_from_the_template(home: Home) -> None:
    outputs = load_state(home).outputs
    storage = aws(home, "s3")
    rules = storage.get_bucket_lifecycle_configuration(Bucket=outputs["MediaBucketName"])["Rules"]
    assert {rule["ID"] for rule in rules} == {"temporary", "unfinished"}
    assert rules[0]["Filter"] == {"Prefix": "temp/"}
    assert rules[0]["Expiration"] == {"Days": 1}
    storage.get_bucket_encryption(Bucket=outputs["MediaBucketName"])
    ttl = aws(home, "dynamodb").describe_time_to_live(TableName=outputs["TableName"])
    assert ttl["TimeToLiveDescription"] == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}


def test_secrets_are_private_and_the_database_wants_its_password(home: Home) -> None:
    assert stat.S_IMODE(home.secrets.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.emulator.stat().st_mode) == 0o700
    port = load_state(home).database_port or 0
    assert postgres.healthy(port=port, password=load_secrets(home.secrets).database_password)
    assert not postgres.healthy(port=port, password="wrong")


def test_no_page_in_a_browser_reaches_the_secrets(home: Home) -> None:
    credential = "AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/secretsmanager/aws4_request"
    request = urllib.request.Request(
        load_state(home).endpoint,
        data=b"{}",
        headers={
            "Authorization": f"{credential}, SignedHeaders=host, Signature=00",
            "Content-Type": "application/x-amz-json-1.1",
            "Origin": "https://elsewhere.example",
            "X-Amz-Target": "secretsmanager.ListSecrets",
        },
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=10)
    with caught.value as refusal:
        assert refusal.code == 403


def test_again_it_changes_nothing(home: Home) -> None:
    before = load_state(home)
    state, said = up(home)
    assert state == before
    assert "the stack is deployed and unchanged" in said
    assert "built functions and layers" not in said
    assert called(home)[-1] == "migrate"


def test_status_and_logs_for_people_and_programs(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aam_local.paths.find_home", lambda: home)
    run = CliRunner()
    shown = json.loads(run.invoke(main, ["status", "--json"]).output)
    assert shown["health"] == {"emulator": True, "database": True, "stack": True}
    assert {"api_url", "s3_endpoint", "database_url", "stack", "outputs"} <= set(shown)
    assert "database " in run.invoke(main, ["status"]).output
    hello = load_state(home).outputs["HelloFunctionName"]
    assert hello in run.invoke(main, ["logs"]).output
    assert "hello was called" in run.invoke(main, ["logs", hello]).output
    unknown = run.invoke(main, ["logs", "nobody"])
    assert unknown.exit_code == 1
    assert unknown.output.startswith("Error: There is no log called 'nobody'")


def test_abandoned_programs_are_ended_before_others_start(home: Home) -> None:
    before = load_state(home)
    save_state(home, before.model_copy(update={"emulator": None, "database": None}))
    rows = called(home)
    state, _ = up(home)
    assert processes.find(before.emulator) is None
    assert processes.find(before.database) is None
    assert (state.emulator_port, state.database_port) == (before.emulator_port, before.database_port)
    assert called(home)[: len(rows)] == rows


def test_when_its_temporary_folder_is_gone_the_emulator_is_started_anew(home: Home) -> None:
    before = load_state(home)
    shutil.rmtree(emulator._temporary(home))
    state, said = up(home)
    assert state.emulator != before.emulator
    assert "the stack is deployed and unchanged" in said


def test_a_database_whose_making_was_interrupted_is_made_again(tmp_path: Path) -> None:
    where = postgres_place.Place(binaries=tmp_path, folder=tmp_path / "database", user=None)
    made = where.folder / "initialising"
    made.mkdir(parents=True)
    (made / "PG_VERSION").write_text("18")
    (tmp_path / "initdb").write_text('#!/bin/sh\nmkdir "$2" && echo 18 > "$2/PG_VERSION" && echo new > "$2/mark"\n')
    (tmp_path / "initdb").chmod(0o755)
    postgres._initialise(where, "password")
    assert (where.data / "mark").exists()
    assert sorted(entry.name for entry in where.folder.iterdir()) == ["data"]


def test_keys_of_vendors_are_stored_unseen_and_outlive_a_kill(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aam_local.paths.find_home", lambda: home)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-from-the-environment")
    run = CliRunner()
    assert "openai       not set" in run.invoke(main, ["keys", "status"]).output
    stored = run.invoke(main, ["keys", "set", "openai"])
    assert stored.exit_code == 0, stored.output
    assert run.invoke(main, ["keys", "set", "deepgram"], input="dg-typed\n").exit_code == 0
    kill(load_state(home).emulator)
    asked = run.invoke(main, ["keys", "status"])
    assert (asked.exit_code, asked.output) == (
        1,
        "Error: The stack does not answer; run 'aam up' and try again.\n",
    )
    up(home)
    shown = run.invoke(main, ["keys", "status"]).output
    assert shown.startswith("deepgram     set\nopenai       set\nopenai_audio not set")
    assert "sk-" not in stored.output + shown
    kept = {"deepgram": "dg-typed", "openai": "sk-from-the-environment", "openai_audio": ""}
    assert read_keys(LocalTarget(home)) == kept
    assert run.invoke(main, ["keys", "forget", "openai"]).exit_code == 0
    assert read_keys(LocalTarget(home))["openai"] == ""


def test_a_killed_emulator_comes_back_with_its_stack_and_objects(home: Home) -> None:
    before, secrets = load_state(home), load_secrets(home.secrets)
    bucket = before.outputs["MediaBucketName"]
    aws(home, "s3").put_object(Bucket=bucket, Key="meetings/one", Body=b"recording")
    kill(before.emulator)
    state, said = up(home)
    assert state.emulator != before.emulator
    assert "looked for interrupted runs" in said
    assert (state.emulator_port, state.outputs) == (before.emulator_port, before.outputs)
    assert aws(home, "s3").get_object(Bucket=bucket, Key="meetings/one")["Body"].read() == b"recording"
    assert load_secrets(home.secrets) == secrets


def test_a_killed_database_comes_back_with_its_rows(home: Home) -> None:
    before = load_state(home)
    rows = called(home)
    kill(before.database)
    state, _ = up(home)
    assert state.database_port == before.database_port
    assert called(home)[: len(rows)] == rows


def test_when_the_emulator_lost_everything_the_stack_is_deployed_anew_with_the_old_keys(home: Home) -> None:
    before = load_state(home)
    arn = before.outputs["SigningKeysSecretArn"]
    keys = aws(home, "secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
    kill(before.emulator)
    for saved in (home.emulator / "state").glob("*.json"):
        saved.unlink()
    state, said = up(home)
    assert "deployed" in said
    assert "restored 2 kept secrets" in said
    arn = state.outputs["SigningKeysSecretArn"]
    assert aws(home, "secretsmanager").get_secret_value(SecretId=arn)["SecretString"] == keys


def test_fake_vendors_stay_until_turned_off(home: Home) -> None:
    fakes = up(home, Asked(fake_vendors=True))[0].fakes
    assert fakes is not None
    assert fake_vendors.healthy(fakes)
    kill(fakes.process)
    again = up(home)[0].fakes
    assert again is not None
    assert (again.deepgram_port, again.openai_port) == (fakes.deepgram_port, fakes.openai_port)
    assert fake_vendors.healthy(again)
    assert up(home, Asked(fake_vendors=False))[0].fakes is None
    assert processes.find(again.process) is None


def test_a_failing_migration_is_one_sentence(home: Home) -> None:
    function = home.root / "functions" / "migrate" / "app.py"
    good = function.read_text()
    function.write_text(good.replace('event["command"] != "up"', 'event["command"] == "up"'))
    try:
        with pytest.raises(UserError, match=r"^Migrating the database failed: This trial can only go up; "):
            up(home)
    finally:
        function.write_text(good)
    assert "deployed" in up(home)[1]


def test_a_second_checkout_stands_beside_the_first(home: Home, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = make_project(tmp_path_factory.mktemp("other") / "project")
    from aam_local import reset

    taken = load_state(home).emulator_port
    try:
        with pytest.raises(UserError, match=rf"^Port {taken} for the emulator is taken by "):
            up(other, Asked(emulator_port=taken))
        state, _ = up(other)
        assert state.emulator_port != taken
        assert state.database_port != load_state(home).database_port
        assert read_status(home).is_up
        assert read_status(other).is_up
    finally:
        reset.wipe_data(other)


def test_two_commands_at_once_take_turns(home: Home) -> None:
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from aam_local.paths import Home\n"
        "from aam_local.up import bring_up\n"
        "root = Path(sys.argv[1])\n"
        "bring_up(Home(root, root / '.aam'), tell=print)\n"
    )
    command = [sys.executable, "-c", script, str(home.root)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sum("waiting for it to end" in words for words in said) == 1


def test_down_and_up_keep_everything_and_reset_nothing_but_the_tools(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aam_local.paths.find_home", lambda: home)
    run = CliRunner()
    rows = len(called(home))
    assert run.invoke(main, ["down"]).output == "Stopped emulator and PostgreSQL.\n"
    assert run.invoke(main, ["down"]).output == "Nothing was running.\n"
    assert run.invoke(main, ["status"]).exit_code == 1
    _, said = up(home)
    assert "the stack is deployed and unchanged" in said
    assert len(called(home)) == rows + 2
    assert run.invoke(main, ["reset"], input="n\n").exit_code == 1
    assert processes.find(load_state(home).emulator) is not None
    assert run.invoke(main, ["reset", "--yes"]).exit_code == 0
    assert not home.secrets.exists()
    assert not home.emulator.exists()
    assert not postgres_place.place(home).folder.exists()
    assert (home.envs / "sam" / "bin" / "sam").exists()
