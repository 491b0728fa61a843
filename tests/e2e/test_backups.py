"""A database that is lost comes back, with the built functions on the whole stack."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from aam_cli.main import main
from aam_local.ledger import entries_on_disk
from tests.support.schedules import Schedules
from tests.support.stack import CHECKOUT, Person, Stack

VTT = CHECKOUT / "infra" / "sample" / "standup.vtt"


def told(stack: Stack, function: str, **event: Any) -> Any:
    answer, failed = stack.invoke(function, event)
    assert not failed, answer
    return answer


def keys(stack: Stack, bucket: str, prefix: str) -> set[str]:
    pages = stack.aws("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return {found["Key"] for page in pages for found in page.get("Contents", ())}


def whole_backups(stack: Stack) -> set[str]:
    found = keys(stack, stack.state.outputs["BackupBucketName"], "backups/database/")
    return {key for key in found if key.endswith(".json")}


def test_the_schedule_is_deployed_as_shipped_and_fires(stack: Stack, schedules: Schedules) -> None:
    shipped = schedules.deployed["BackupDaily"]
    assert (shipped["State"], shipped["ScheduleExpression"]) == ("ENABLED", "cron(0 1 * * ? *)")
    assert json.loads(shipped["Target"]["Input"]) == {"action": "backup"}
    stack.until(lambda: bool(whole_backups(stack)), "a backup by schedule", seconds=150, every=0.5)
    schedules.as_deployed()  # nothing else is to be cleaned or copied while the database is lost


def test_the_machine_calls_until_every_object_has_its_copy(stack: Stack) -> None:
    media, backups = stack.bucket, stack.state.outputs["BackupBucketName"]
    stack.aws("s3").put_object(Bucket=media, Key="reports/late", Body=b"x")
    machine = stack.aws("stepfunctions")
    begun = machine.start_execution(
        stateMachineArn=stack.resources["BackUp"], input=json.dumps({"action": "backup", "seconds": 0})
    )["executionArn"]
    stack.until(lambda: machine.describe_execution(executionArn=begun)["status"] == "SUCCEEDED", "the backup's end")
    history = machine.get_execution_history(executionArn=begun, maxResults=1000)["events"]
    entered = [each["stateEnteredEventDetails"]["name"] for each in history if "stateEnteredEventDetails" in each]
    assert entered == ["BackUp", "IsItDone", "Copy", "IsItDone", "Done"]
    assert keys(stack, backups, "objects/reports/") == {"objects/reports/late"}
    stack.aws("s3").delete_object(Bucket=media, Key="reports/late")


def test_a_backup_that_is_killed_counts_for_nothing(stack: Stack, person: Person) -> None:
    assert person.client_id
    before = whole_backups(stack)
    with stack.holding("BackupFunction", "UploadPart") as held, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(stack.invoke, "BackupFunction", {"action": "backup"})  # nobody repeats what a person asks
        stack.kill_worker(held())
        assert asked.result(60)[1], "it failed"
    assert whole_backups(stack) == before


def aam(*arguments: str) -> str:
    """What a command says; it comes to its end."""
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    return done.output


def forget_the_ledger(stack: Stack) -> None:
    """As in a stack that was made anew: no entry, and another key."""
    s3, bucket = stack.aws("s3"), stack.state.outputs["LedgerBucketName"]
    found = s3.list_object_versions(Bucket=bucket)["Versions"]
    named = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found]
    s3.delete_objects(Bucket=bucket, Delete={"Objects": named}, BypassGovernanceRetention=True)
    assert keys(stack, bucket, "") == set()
    stack.aws("secretsmanager").put_secret_value(
        SecretId=stack.state.outputs["ErasureLedgerSecretArn"], SecretString="n" * 64
    )


def test_a_lost_database_comes_back(
    stack: Stack, person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aam_local.paths.find_home", lambda: stack.home)
    elsewhere = str(tmp_path / "kept")
    meeting, _ = person.process(VTT)
    path = f"/meetings/{meeting['id']}/artifacts"
    minutes = person.api.call("GET", path)
    stack.quiet()
    s3, media, backups = stack.aws("s3"), stack.bucket, stack.state.outputs["BackupBucketName"]

    # an old backup that died, and an object that goes between two backups
    died = {"Bucket": backups, "Key": "backups/database/2020-01-01/000000Z.dump"}
    s3.put_object(**died, Body=b"half a dump")
    s3.create_multipart_upload(**died)
    s3.put_object(Bucket=media, Key="reports/gone", Body=b"x")
    erased = person.meeting("To be erased")
    s3.put_object(Bucket=media, Key=f"derived/{erased}/{erased}/x", Body=b"x")
    with stack.changed("BackupFunction", TESTS_OLDER_DAYS="2"):  # or they might be on their way
        first = told(stack, "BackupFunction", action="backup")
    assert (first["finished"], first["swept"] >= 2) == (True, True)
    assert "Versions" not in s3.list_object_versions(Bucket=backups, Prefix=died["Key"])
    begun = s3.list_multipart_uploads(Bucket=backups).get("Uploads", ())
    assert died["Key"] not in {each["Key"] for each in begun}
    ((upload, transcript),) = stack.rows(
        "SELECT u.key, t.key FROM upload_blobs u JOIN transcripts t USING (meeting_id) WHERE meeting_id = %s",
        meeting["id"],
    )
    aam("backup", "--to", elsewhere, "--backup", first["backup"])
    derived = min(keys(stack, media, f"derived/{meeting['id']}/") - {transcript})
    for key in ("reports/gone", upload, derived):
        s3.delete_object(Bucket=media, Key=key)
    report = told(stack, "BackupFunction", action="backup")
    assert report["objects"]["gone"] == 3
    assert keys(stack, backups, "objects/reports/") == set()
    assert next(each["backup"] for each in told(stack, "BackupFunction", action="list")["backups"]) == report["backup"]
    (dump, *_), page = (told(stack, "BackupFunction", action=name)["files"] for name in ("fetch", "fetch_objects"))
    assert dump["size_bytes"] == report["dump_bytes"]
    assert page
    said = json.loads(s3.get_object(Bucket=backups, Key=f"backups/config/{report['backup']}.json")["Body"].read())
    assert said["stack"]["outputs"]["MediaBucketName"] == media
    assert "password" not in json.dumps(said["stack"]).lower()

    # what comes after the backup, and what is lost with the database
    copies = {"Bucket": backups, "Prefix": f"objects/derived/{erased}/"}
    assert s3.list_object_versions(**copies)["Versions"]
    gone = told(stack, "ErasureFunction", subject="meeting", id=erased, dry_run=False)
    assert gone["finished"], gone
    assert not {"Versions", "DeleteMarkers"} & set(s3.list_object_versions(**copies)), "copies go for good"
    assert "1 of them new" in aam("backup", "--to", elsewhere, "--backup", report["backup"], "--no-objects")
    later, _ = person.process(VTT)
    strays = {key for prefix in ("meetings/", "derived/") for key in keys(stack, media, f"{prefix}{later['id']}/")}
    stack.quiet()
    s3.delete_object(Bucket=media, Key=transcript)
    assert told(stack, "RestoreFunction", action="restore")["error"] == "database_not_empty"
    stack.rows("DROP OWNED BY aam_owner CASCADE")
    assert person.api.ask("GET", path)[0] >= 500

    assert entries_on_disk(stack.home) == len(keys(stack, stack.state.outputs["LedgerBucketName"], "erasures/")) > 0
    forget_the_ledger(stack)
    assert told(stack, "RestoreFunction", action="restore")["error"] == "foreign_ledger"
    shown = aam("restore", "run", "--from", elsewhere, "--objects", "--yes")
    assert f"Backup {report['backup']}" in shown
    assert "       1  erased\n" in shown
    assert "\n1 of " in shown, (
        "only the recording: a copy of the transcript is there, and what else was derived is named by no row"
    )
    assert "3 lost objects were copied back" in shown, "an older version of a copy that has gone among them"
    assert person.api.ask("GET", f"/meetings/{erased}")[0] == 404, "it was in the backup"
    assert not {"Versions", "DeleteMarkers"} & set(s3.list_object_versions(**copies)), "and in the folder"
    assert keys(stack, backups, "objects/reports/") == set()
    assert person.api.call("GET", path) == minutes
    assert told(stack, "CleanupFunction", mode="temp", dry_run=False)["error"] == "restore_not_reconciled"
    assert told(stack, "RestoreFunction", action="copy_back")["brought_back"] == 0
    reconciled = told(stack, "RestoreFunction", action="reconcile")
    assert reconciled["finished"], reconciled
    assert reconciled["integrity"]["rows_without_object"] == 0
    assert {f"quarantine/{key}" for key in strays} <= keys(stack, media, "quarantine/")
    assert told(stack, "CleanupFunction", mode="temp", dry_run=False)["finished"]
    (recording,) = (key for key in strays if key.startswith("meetings/"))
    asked = {"action": "release", "key": f"quarantine/{recording}"}
    assert told(stack, "RestoreFunction", **asked)["error"] == "no_meeting_for_it"
    released = told(stack, "RestoreFunction", **asked, meeting_id=meeting["id"])
    stack.until(
        lambda: (
            stack.rows(
                "SELECT 1 FROM processing_runs WHERE upload_id = %s AND status = 'succeeded'", released["upload_id"]
            )
            == [(1,)]
        ),
        "the recording that was released to be processed",
    )
    assert told(stack, "RestoreFunction", action="wanted", keys=[f"objects/{upload}"]) == {"keys": []}
    stack.quiet()
    assert {upload, transcript, derived} <= keys(stack, media, "")
