"""The whole system is cleaned, by the command line; late in the session, because nobody's meetings are left."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from click.testing import CliRunner

from aam.foundation.storage import ObjectStore
from aam.store.bucket import Bucket
from aam.uploads.subject import place_of
from aam_cli.main import main
from tests.e2e.test_operations import unattended
from tests.support.stack import CHECKOUT, Person, Stack

VTT = CHECKOUT / "infra" / "sample" / "standup.vtt"
QUEUES = ("ProcessingQueue", "TranscriptionQueue", "ArtifactsQueue")
DEAD = ("ProcessingDeadLetters", "TranscriptionDeadLetters", "ArtifactsDeadLetters")
WORKERS = ("StartProcessingFunction", "TranscriptionWorkerFunction", "ArtifactsWorkerFunction")
GOES = (
    *("clients", "meetings", "upload_blobs", "processing_runs", "processing_errors", "transcripts", "utterances"),
    *("artifacts", "llm_interactions", "legal_holds"),
)
STAYS = ("organizations", "users", "meeting_types", "refresh_tokens", "store_identity")


def counts(stack: Stack, tables: tuple[str, ...]) -> dict[str, int]:
    return {table: stack.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables}


def aam(stack: Stack, monkeypatch: pytest.MonkeyPatch, *arguments: str, typed: str = "") -> Any:
    monkeypatch.setattr("aam_local.paths.find_home", lambda: stack.home)
    return CliRunner().invoke(main, ["cleanup", *arguments], input=typed)


def test_a_hold_keeps_what_it_stands_on_and_no_message_of_it_is_lost(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And then everything goes: objects, rows, messages; users and settings stay, and work goes on."""
    person, held = Person.registered(stack), Person.registered(stack)
    going, kept = person.meeting("Goes"), held.meeting("Held")
    assert person.process(VTT)[0]["status"] == "review"
    assert stack.invoke("CleanupFunction", {"action": "hold", "meeting_id": kept, "reason": "Case 12"})[0]["done"]
    stack.aws("s3").create_multipart_upload(Bucket=stack.bucket, Key=f"meetings/{going}/part.mp3")
    sqs, resources = stack.aws("sqs"), stack.resources
    options = ("meetings", "--all", "--confirm", "--no-backup", *allowed())
    with contextlib.ExitStack() as nobody_works:
        for worker in WORKERS:
            nobody_works.enter_context(unattended(stack, worker))
        for name in (*QUEUES, *DEAD):
            for meeting in (going, kept):
                body = json.dumps({"run": {"meeting_id": meeting}, "of": "the tests"})
                sqs.send_message(QueueUrl=resources[name], MessageBody=body)
        stays, there = counts(stack, STAYS), {row[0] for row in stack.rows("SELECT id::text FROM meetings")}
        assert len(there) > 2
        refused = aam(stack, monkeypatch, *options, typed="meetings\n")
        assert (refused.exit_code, "nothing was deleted" in refused.output) == (1, True)
        done = aam(stack, monkeypatch, *options, typed=f"{stack.bucket}\n")
        assert done.exit_code == 0, done.output
        for name in (*QUEUES, *DEAD):
            assert bodies(stack, resources[name]) == [kept], name
            sqs.purge_queue(QueueUrl=resources[name])
    assert counts(stack, ("meetings", "clients")) == {"meetings": 1, "clients": 1}
    assert "0 rows without an object, 0 objects without a row" in done.output
    side_by_side = {
        line.split(maxsplit=2)[2]: line.split()[:2] for line in done.output.splitlines() if "  rows" in line
    }
    assert side_by_side["rows     meetings"][1] == "1"

    assert stack.invoke("CleanupFunction", {"action": "release", "meeting_id": kept})[0]["done"]
    planned = json.loads(aam(stack, monkeypatch, "meetings", "--json").output)
    shown = aam(stack, monkeypatch, "--plan", planned["hash"], "--show").output.splitlines()
    assert (len(shown), f"mark meeting {kept}: asked for" in shown) == (planned["lines"], True)
    done = aam(stack, monkeypatch, *options, "--yes")
    assert done.exit_code == 0, done.output
    assert "free on the disk of" in done.output.splitlines()[-1]
    assert counts(stack, GOES) == dict.fromkeys(GOES, 0)
    assert counts(stack, STAYS) == stays
    store = Bucket(ObjectStore(stack.aws("s3"), stack.bucket))
    left = [place_of(each.key).meeting_id for each in (*store.versions(""), *store.unfinished(""))]
    assert {str(each) for each in left} & there == set()
    assert aam(stack, monkeypatch, "--check").exit_code == 0

    person.client_id = str(person.api.call("POST", "/clients", {"name": "Afterwards"})["id"])
    assert person.process(VTT)[0]["status"] == "review"


def allowed() -> list[str]:
    return [word for amount in ("objects", "bytes", "meetings") for word in ("--allow", amount)]


def bodies(stack: Stack, url: str) -> list[str]:
    """The meetings of this test that a queue's messages name, once they are seen again."""
    found: list[str] = []

    def seen() -> bool:
        for each in stack.aws("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", ()):
            said = json.loads(each["Body"])
            if said.get("of") == "the tests":
                found.append(said["run"]["meeting_id"])
        return bool(found)

    stack.until(seen, "messages that stayed", seconds=60, every=0.5)
    return found
