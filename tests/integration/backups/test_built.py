"""The built functions under Lambda's runtime client: their own programs, a backup, a lost database, a restore."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.support.backups import BACKUPS, BackupWorld
from tests.support.cloud import make_resources, moto_cloud, settings_for
from tests.support.postgres import PASSWORD, Database
from tests.support.runtime import Runtime, running
from tests.support.template import ROOT

pytestmark = pytest.mark.built

LEDGER = {"fingerprint": "a" * 64, "entries": 1}


@pytest.fixture
def functions(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Runtime, Runtime, BackupWorld]]:
    with moto_cloud() as address:
        settings = {**settings_for(database), "AWS_ENDPOINT_URL": address}
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        made = make_resources()
        s3 = boto3.client("s3")
        region = {"LocationConstraint": settings["AWS_DEFAULT_REGION"]}
        s3.create_bucket(Bucket=BACKUPS, CreateBucketConfiguration=region)  # type: ignore[arg-type]
        s3.put_bucket_versioning(Bucket=BACKUPS, VersioningConfiguration={"Status": "Enabled"})
        boto3.client("cloudformation").create_stack(
            StackName="aam", TemplateBody='{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}'
        )
        secret = boto3.client("secretsmanager").create_secret(
            Name="admin", SecretString=json.dumps({"username": "aam_admin", "password": PASSWORD})
        )
        environment = {
            **settings,
            **made,
            "BACKUP_BUCKET": BACKUPS,
            "STACK_NAME": "aam",
            "ERASURE_FUNCTION": "erasure",
            "ADMIN_SECRET_ARN": secret["ARN"],
        }
        with ExitStack() as stack:
            environment["AWS_ENDPOINT_URL_LAMBDA"], asked = stack.enter_context(erasing())
            started = []
            for name in ("BackupFunction", "RestoreFunction"):
                folder = tmp_path / name
                folder.mkdir()
                started.append(stack.enter_context(running(name, folder=folder, environment=environment)))
            yield started[0], started[1], BackupWorld(database, tmp_path, s3=s3)
            assert asked == [{"action": "replay", "seconds": 30}] * 3, (
                "after restoring until finished, and before reconciling"
            )


@contextmanager
def erasing() -> Iterator[tuple[str, list[Any]]]:
    """A Lambda service whose one function erases somebody again; its address, and what it was asked.

    The first call has not come to its end.
    """
    asked: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if event["action"] == "ledger":
                body = json.dumps(LEDGER).encode()
            else:
                asked.append(event)
                body = json.dumps(
                    {"finished": len(asked) > 1, "erased": 1, "failed": len(asked) < 3, "waiting": 0}
                ).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: Any) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()


def told(function: Runtime, event: dict[str, Any]) -> Any:
    outcome, answer = function.invoke(event)
    assert outcome == "response", answer
    return answer


def test_a_lost_database_comes_back(functions: tuple[Runtime, Runtime, BackupWorld]) -> None:
    backup, restore, world = functions
    world.meeting()
    before = world.everything()
    events = {
        path.stem: json.loads(path.read_text("utf-8"))
        for folder in ("backup", "restore")
        for path in (ROOT / "events" / folder).glob("*.json")
    }
    assert set(events) == {"backup", "list", "restore", "look", "reconcile", "copy-back"}
    made = told(backup, events["backup"])
    assert made["finished"], made
    assert [each["backup"] for each in told(backup, events["list"])["backups"]] == [made["backup"]]
    fetched = told(backup, {"action": "fetch"})["files"]
    with urllib.request.urlopen(fetched[0]["url"], timeout=30) as answer:
        assert answer.read(5) == b"PGDMP"
    copied = told(backup, {"action": "fetch_objects"})
    assert (len(copied["files"]), copied["after"]) == (made["objects"]["objects"], None)
    assert told(restore, events["restore"])["error"] == "database_not_empty"
    world.wipe()
    assert told(restore, events["look"])["backup"]["backup"] == made["backup"]
    done = told(restore, events["restore"])
    assert (done["integrity"]["ok"], done["ledger"]) == (True, "same"), done
    assert done["changed"] == {"failed_runs": 0, "erased": 2, "not_erased": 1}
    again = world.everything()
    assert {name for name in before if before[name] != again[name]} == {"maintenance_log"}
    assert told(restore, events["copy-back"]) == {"brought_back": 0, "finished": True}
    assert told(restore, events["reconcile"])["finished"]
    assert told(restore, {"action": "wanted", "keys": ["objects/meetings/x"]}) == {"keys": []}
    for wrong in ({}, {"action": "x"}, {"action": "wanted", "keys": []}, {"action": "restore", "backup": "x"}):
        refused = told(restore, wrong)
        assert (refused["error"], refused["detail"][-20:]) == ("bad_restore_request", "nothing was changed.")
    for wrong in ({}, {"action": "backup", "extra": 1}):
        assert told(backup, wrong)["error"] == "bad_backup_request"
