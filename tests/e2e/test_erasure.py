"""Nobody's trace is left on the whole stack: canaries in every place that data takes, and then in none."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.e2e.test_operations import unattended
from tests.support.stack import CHECKOUT, Person, Stack
from tests.support.traces import PLACES, dumped, traces

RECORDING = CHECKOUT / "infra" / "sample" / "standup.ogg"
WORD = "quokka"
DEAD_LETTERS = ("ProcessingDeadLetters", "TranscriptionDeadLetters", "ArtifactsDeadLetters")
GUEST = "Quokka01 Quokka02"
VTT = """WEBVTT

00:00.000 --> 00:05.000
<v {speaker}>We decided to ship the {word} release on Friday, and I will write the notes.

00:05.000 --> 00:09.000
<v Mark Stone>Thanks, {speaker}. The kestrel launch is agreed for Monday.
"""


def erase(stack: Stack, subject: str, subject_id: str) -> Any:
    """Erase somebody, in as many calls as it takes."""
    answer, failed = stack.invoke("ErasureFunction", {"subject": subject, "id": subject_id, "dry_run": False})
    assert not failed, answer
    assert "error" not in answer, answer
    while not answer["finished"]:
        asked = {"action": "continue", "erasure_id": answer["certificate"]["id"]}
        answer, failed = stack.invoke("ErasureFunction", asked)
        assert not failed, answer
    return answer["certificate"]


def sweep(stack: Stack) -> Any:
    answer, failed = stack.invoke("ErasureFunction", {"action": "sweep"})
    assert not failed, answer
    return answer


def no_dead_letters(stack: Stack) -> bool:
    """Whether the queues of dead letters hold nothing, hidden or not."""
    return all(stack.queue_is_empty(stack.resources[queue]) for queue in DEAD_LETTERS)


# ---------------------------------------------------------------- the scene


def process(person: Person, file: Path, **meeting: Any) -> str:
    """A meeting of a brought transcript, processed."""
    asked = {"client_id": person.client_id, "language": "en", "meeting_type": "stand-up", **meeting}
    body = json.dumps(asked).encode()
    headers = {"Authorization": f"Bearer {person.api.token}", "Content-Type": "application/json"}
    made = person.api.http.request(
        "POST", f"{person.api.url}/meetings", body=body, headers={**headers, "Idempotency-Key": file.name}
    )
    meeting_id = str(json.loads(made.data)["id"])
    person.upload(meeting_id, file)
    ended, _ = person.follow(meeting_id)
    assert ended["status"] == "review", ended
    return meeting_id


def add_by_hand(stack: Stack, meeting_id: str, word: str) -> None:
    """What only vendors, failures and reviewers write: a call to a model, an error, a comment."""
    ((organization, run, artifacts),) = stack.rows(
        "SELECT a.organization_id, a.run_id, a.id FROM artifacts a WHERE a.meeting_id = %s", meeting_id
    )
    common = (organization, meeting_id)
    stack.rows(
        "INSERT INTO llm_interactions (id, organization_id, meeting_id, run_id, attempt, ordinal, model,"
        " prompt_version, prompt, response, duration_ms, outcome)"
        " VALUES (gen_random_uuid(), %s, %s, %s, 9, 1, 'm', '1', %s, %s, 1, 'ok')",
        *(*common, run, f"{word} prompt", f"{word} answer"),
    )
    stack.rows(
        "INSERT INTO processing_errors (id, organization_id, meeting_id, run_id, stage, code, message)"
        " VALUES (gen_random_uuid(), %s, %s, %s, 'probe', 'c', %s)",
        *(*common, run, f"{word} broke"),
    )
    stack.rows(
        "INSERT INTO validations (id, organization_id, meeting_id, artifacts_id, decision, comment)"
        " VALUES (gen_random_uuid(), %s, %s, %s, 'accepted', %s)",
        *(*common, artifacts, f"{word} said"),
    )
    storage = stack.aws("s3")
    for key in (
        f"derived/{meeting_id}/{run}/interactions/1.json",
        f"temp/exports/{meeting_id}/{word}.vtt",
        f"quarantine/derived/{meeting_id}/{run}/audio.wav",
    ):
        storage.put_object(Bucket=stack.bucket, Key=key, Body=f"{word} object".encode())
    copies = stack.state.outputs["BackupBucketName"]
    for version in ("older", "newer"):
        body = f"{word} {version} copy".encode()
        storage.put_object(Bucket=copies, Key=f"objects/meetings/{meeting_id}/{word}.mp3", Body=body)
    for queue in DEAD_LETTERS:
        body = json.dumps({"meeting": meeting_id, "key": f"meetings/{meeting_id}/{word}.mp3"})
        stack.aws("sqs").send_message(QueueUrl=stack.resources[queue], MessageBody=body)


@contextlib.contextmanager
def with_a_reply_nobody_took(stack: Stack, meeting_id: str, word: str) -> Iterator[None]:
    """What a vendor brings in the midst of it, and whoever takes replies comes too late to."""
    ((run,),) = stack.rows("SELECT id FROM processing_runs WHERE meeting_id = %s", meeting_id)
    with stack.holding("OnVendorReplyFunction", "call") as held:
        stack.aws("s3").put_object(Bucket=stack.bucket, Key=f"callbacks/{run}/late.json", Body=word.encode())
        held()
        yield


def test_erased_people_leave_no_trace(stack: Stack, tmp_path: Path) -> None:
    person = Person.registered(stack)
    account = person.api.call(
        "POST",
        "/auth/register",
        {
            "email": "quokka03@example.com",
            "password": "correct horse battery staple",
            "full_name": "Quokka04 Quokka05",
            "organization_name": "Quokka06",
        },
    )
    person.api.hold(account)
    user_id = account["user"]["id"]

    # a participant, of a client who stays
    person.client_id = str(person.api.call("POST", "/clients", {"name": "Kestrel"})["id"])
    entry = person.api.call(
        "POST", "/participants", {"full_name": GUEST, "role_title": "Quokka07", "email": "quokka08@example.com"}
    )
    file = tmp_path / "quokka01_quokka02.vtt"
    file.write_text(VTT.format(speaker=GUEST, word="Quokka09"))
    meeting_id = process(
        person,
        file,
        title=f"Talk with {GUEST}",
        participants=[{"directory_participant_id": entry["id"]}, {"full_name": "Mark Stone"}],
        speech={"terms": [GUEST]},
        consent={"basis": "agreement", "by": GUEST, "at": "2026-11-01T10:00:00Z", "note": f"{GUEST} agreed"},
    )
    person.api.call("PATCH", f"/meetings/{meeting_id}/speakers", {"names": {GUEST: "Quokka01"}})
    add_by_hand(stack, meeting_id, GUEST)
    person.begin(meeting_id, RECORDING, size=200_000_000)
    only_file = tmp_path / "talk.vtt"
    only_file.write_text(file.read_text())
    stack.rows("DELETE FROM transcripts WHERE meeting_id = %s", process(person, only_file, title="Of its rows none"))
    assert [place for place, read in PLACES.items() if len(read(stack)) < 20] == [], "each place can be read"
    assert set(traces(stack, "quokka01", "quokka09")) == {"the database", "objects", "the state table", "queues"}
    words = tuple(f"{WORD}0{number}" for number in (1, 2, 7, 8, 9))
    with with_a_reply_nobody_took(stack, meeting_id, GUEST), unattended(stack, "StartProcessingFunction"):
        waiting = json.dumps({"key": f"meetings/{meeting_id}/{GUEST}.mp3"})
        stack.aws("sqs").send_message(QueueUrl=stack.resources["ProcessingQueue"], MessageBody=waiting)
        certificate = erase(stack, "participant", entry["id"])
        assert certificate["state"] == "erased", certificate
        counts = certificate["counts"]
        assert (counts["dead_letters"], counts["queued_messages"]) == (len(DEAD_LETTERS), 1)
        assert no_dead_letters(stack)
        assert stack.queue_is_empty(stack.resources["ProcessingQueue"])
        assert traces(stack, *words) == {}
    kept = json.dumps(person.api.call("GET", f"/meetings/{meeting_id}/transcript"))
    assert "kestrel launch is agreed" in kept

    # a client, with a plan, a hold that ended, and a run under way
    person.client_id = str(person.api.call("POST", "/clients", {"name": "Quokka10", "notes": "Quokka11"})["id"])
    file = tmp_path / "quokka12.vtt"
    file.write_text(VTT.format(speaker="Quokka13", word="Quokka14"))
    meeting_id = process(
        person,
        file,
        title="Quokka15",
        participants=[{"full_name": "Quokka16 Q", "role_title": "Quokka17"}],
        speech={"terms": ["Quokka18"]},
        consent={"basis": "agreement", "by": "Quokka19", "at": "2026-11-01T10:00:00Z", "note": "Quokka20"},
    )
    person.api.call("PATCH", f"/meetings/{meeting_id}/speakers", {"names": {"Quokka13": "Quokka21"}})
    add_by_hand(stack, meeting_id, "Quokka22")
    hold = {"client_id": person.client_id}
    stack.invoke("CleanupFunction", {"action": "hold", "reason": "Quokka23", **hold})
    waits = erase(stack, "client", person.client_id)
    assert waits["state"] == "waiting", waits
    assert "the database" in traces(stack, "quokka14")
    stack.invoke("CleanupFunction", {"action": "release", **hold})
    planned, _ = stack.invoke("CleanupFunction", {"mode": "meetings", "scope": "client", "scope_id": person.client_id})
    assert planned["plan"]["meetings"] == 1
    person.begin(person.meeting("Quokka24"), RECORDING, size=200_000_000)
    with stack.holding("ProbeFunction", "call"):
        running = person.meeting("Quokka25")
        person.upload(running, RECORDING)
        stack.until(
            lambda: (
                stack.rows("SELECT 1 FROM processing_runs WHERE meeting_id = %s AND execution_arn IS NOT NULL", running)
                != []
            ),
            "an execution to stop",
        )
        assert sweep(stack)["erased"] == 1
    told, _ = stack.invoke("ErasureFunction", {"action": "list", "subject_id": person.client_id})
    assert told["certificates"][0]["counts"]["dead_letters"] == len(DEAD_LETTERS)
    assert no_dead_letters(stack)
    stack.quiet()

    # the last user, and with them what nobody could reach
    assert erase(stack, "user", user_id)["state"] == "erased"

    # what came late goes, and the certificates are complete
    stack.rows("UPDATE erasures SET rescan_at = now() WHERE state = 'erased'")
    assert sweep(stack)["completed"] == 3
    told, _ = stack.invoke("ErasureFunction", {"action": "list"})
    assert [each["state"] for each in told["certificates"][:3]] == ["complete"] * 3
    assert all(len(each["hash"]) == 64 for each in told["certificates"][:3])
    assert traces(stack, WORD) == {}


def test_the_ledger_is_locked(stack: Stack) -> None:
    """MiniStack keeps what the template says only when it is told through its API."""
    bucket = stack.state.outputs["LedgerBucketName"]
    storage = stack.aws("s3")
    said = storage.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]["Rule"]
    assert said == {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 3650}}
    assert storage.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"


def test_a_refusal_is_a_sentence(stack: Stack) -> None:
    nobody = "01930000-0000-7000-8000-0000000000c1"
    assert stack.invoke("ErasureFunction", {})[0]["error"] == "bad_erasure_request"
    assert stack.invoke("ErasureFunction", {"subject": "client", "id": nobody})[0]["error"] == "unknown_subject"
    assert (
        stack.invoke("ErasureFunction", {"action": "certificate", "erasure_id": nobody})[0]["error"]
        == "erasure_unknown"
    )
    found, failed = stack.invoke("ErasureFunction", {"action": "replay"})
    assert (failed, found["finished"]) == (False, True)


def told(stack: Stack, function: str, **event: Any) -> Any:
    answer, failed = stack.invoke(function, event)
    assert not failed, answer
    assert "error" not in answer, answer
    return answer


def test_restored_older_backup_brings_no_erased_person_back(stack: Stack, tmp_path: Path) -> None:
    """A participant, a client and a user are in a backup, are erased, and the database is lost."""
    person = Person.registered(stack)
    account = {
        "email": "numbat03@example.com",
        "password": "correct horse battery staple",
        "full_name": "Numbat04 Numbat05",
        "organization_name": "Numbat06",
    }
    user_id = person.api.call("POST", "/auth/register", account)["user"]["id"]
    entry = person.api.call(
        "POST", "/participants", {"full_name": "Numbat01 Numbat02", "role_title": "Numbat07", "email": "n08@numbat.org"}
    )
    file = tmp_path / "numbat01_numbat02.vtt"
    file.write_text(VTT.format(speaker="Numbat01 Numbat02", word="Numbat09"))
    stays = process(
        person,
        file,
        title="Talk with Numbat01 Numbat02",
        participants=[{"directory_participant_id": entry["id"]}, {"full_name": "Mark Stone"}],
    )
    add_by_hand(stack, stays, "Numbat01 Numbat02")
    person.client_id = str(person.api.call("POST", "/clients", {"name": "Numbat10", "notes": "Numbat11"})["id"])
    file = tmp_path / "numbat12.vtt"
    file.write_text(VTT.format(speaker="Numbat13", word="Numbat14"))
    goes = process(person, file, title="Numbat15", participants=[{"full_name": "Numbat16 Q"}])
    add_by_hand(stack, goes, "Numbat17")
    stack.quiet()
    assert "numbat14" in dumped(stack).casefold()
    backup = told(stack, "BackupFunction", action="backup")
    assert backup["finished"], backup
    for subject, subject_id in (("participant", entry["id"]), ("client", person.client_id), ("user", user_id)):
        assert erase(stack, subject, subject_id)["state"] == "erased"

    stack.rows("DROP OWNED BY aam_owner CASCADE")
    done = told(stack, "RestoreFunction", action="restore", backup=backup["backup"])
    assert (done["changed"]["erased"], done["finished"]) == (3, True), done
    assert "not_erased" not in done["changed"]
    assert told(stack, "RestoreFunction", action="copy_back")["finished"]
    assert told(stack, "RestoreFunction", action="reconcile")["finished"]
    assert traces(stack, "numbat") == {}
    assert "kestrel launch is agreed" in json.dumps(person.api.call("GET", f"/meetings/{stays}/transcript"))
    assert person.api.ask("GET", f"/meetings/{goes}")[0] == 404
