"""Clients and meetings go with every copy; what is not theirs stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from aam.clients.models import Client
from aam.costs.models import CostEntry
from aam.erasure.certificate import hash_of
from aam.erasure.errors import DeadLettersBusy, ErasureInProgress, UnknownSubject
from aam.erasure.handlers import perform
from aam.erasure.places.queue_messages import QueueMessages
from aam.erasure.schemas import Certificates, ListRequest
from aam.erasure.service import sweep
from aam.foundation.clock import new_id
from aam.foundation.storage import StorageUnavailable
from aam.pipeline.models import ProcessingRun
from aam.store.errors import WrongStore
from tests.support.erasure import MINE, ErasureWorld
from tests.support.memory_sqs import MemorySqs


def test_a_dry_run_says_what_would_go_and_takes_nothing(world: ErasureWorld) -> None:
    talk = world.talk()
    before = world.everything()
    preview = world.preview("client", talk.client_id)
    assert preview.name == "C"
    assert preview.counts["meetings"] == preview.counts["clients"] == 1
    assert preview.counts["utterances"] == 3
    assert (preview.counts["objects"], preview.counts["backup_objects"]) == (9, 9)
    assert world.everything() == before
    assert world.books.objects == {}


@pytest.mark.parametrize("versioned", [False, True])
def test_erasing_a_client_leaves_other_clients(world: ErasureWorld, *, versioned: bool) -> None:
    world.store.versioned = versioned
    stays = world.talk(filename="staying.mp3")
    client_id = world.client(name="Canary Ltd", notes="wants canaries")
    talks = [world.talk(client_id=client_id, filename=f"canary{n}.mp3", title="Canary") for n in range(2)]
    for each in (stays, *talks):  # as after a restore: what arrived later waits there
        world.put(f"quarantine/meetings/{each.id}/later.mp3")
    kept = {key for key in world.found() if str(stays.id) in key or str(stays.run_id) in key}
    promised = world.preview("client", client_id).counts
    certificate = world.erased("client", client_id)
    assert {name: certificate.counts[name] for name in promised} == promised, "what was done is what was said"
    assert certificate.counts["quarantined_objects"] == 2
    left = world.everything().lower()
    assert "canary" not in left
    for talk in talks:
        objects = [key for store in (world.store, world.copies) for key in store.objects]
        assert not [key for key in objects if str(talk.id) in key or str(talk.run_id) in key]
        assert world.one(f"select count(*) from processing_runs where id = '{talk.run_id}'") == 0
    assert kept <= world.found()
    assert len(world.message_queues.bodies) == 1
    assert set(world.table.answers) == {f"stage#{stays.run_id}#transcription", f"idempotency#{stays.id}"}
    assert {each.where for each in certificate.remains} >= {"Deepgram", "OpenAI, or the server at OpenAiBaseUrl"}


def test_a_meeting_goes_and_its_client_stays(world: ErasureWorld) -> None:
    talk = world.talk(status="running")
    certificate = world.erased("meeting", talk.id)
    assert world.one("select count(*) from clients") == 1
    assert certificate.counts["meetings"] == 1
    assert (world.stopped, world.revoked) == ([f"arn:{talk.run_id}"], [talk.run_id])
    with pytest.raises(UnknownSubject, match=f"aam erase certificate {certificate.id}"):
        world.erase("meeting", talk.id)


def test_what_is_being_erased_is_not_unknown(world: ErasureWorld) -> None:
    talk = world.talk()
    world.message_queues.remove = broken  # type: ignore[method-assign]
    with pytest.raises(StorageUnavailable):
        world.erase("meeting", talk.id)
    assert world.one("select count(*) from meetings") == 0
    erasure_id = world.one("select id from erasures")
    with pytest.raises(ErasureInProgress, match=f"aam erase certificate {erasure_id}"):
        world.erase("meeting", talk.id)


def broken(*_words: object, **_spared: object) -> int:
    raise StorageUnavailable


def test_all_certificates_are_listed_page_by_page(world: ErasureWorld) -> None:
    made = [world.erased("meeting", world.talk().id).id for _ in range(3)]
    found, cursor = [], None
    for _ in range(2):
        asked = ListRequest(action="list", limit=2, cursor=cursor)
        page = Certificates.model_validate(perform(asked, deps=world.erasing, has_time=lambda: True))
        found += [each.id for each in page.certificates]
        cursor = page.next_cursor
    assert (found, cursor) == (made[::-1], None)


def test_what_comes_late_goes_when_it_is_looked_at_again(world: ErasureWorld) -> None:
    talk = world.talk()
    erasure_id = world.erased("client", talk.client_id).id
    assert world.sweep(minutes=70).completed == 0, "a URL may still be good"
    for key in (f"meetings/{talk.id}/late.mp3", f"derived/{talk.id}/{talk.run_id}/deepgram.json"):
        world.put(key)
    world.put(f"callbacks/{talk.run_id}/late.json")
    world.table.answers[f"stage#{talk.run_id}#artifacts"] = "{}"
    assert world.sweep(minutes=10).completed == 1
    assert not [key for key in world.found() if str(talk.id) in key or str(talk.run_id) in key]
    assert world.sweep(minutes=100).completed == 0
    certificate = world.certificate(erasure_id)
    assert certificate.state == "complete"
    assert certificate.counts["came_late"] == 4
    assert certificate.hash == hash_of(certificate)
    assert world.one("select trail::text from erasures") == "{}"
    assert world.one("select count(*) from erasure_traces") == 0
    (entry,) = world.ledger.entries()
    assert entry.certificate == certificate.hash


def test_an_object_that_would_not_go_keeps_the_erasure_open(world: ErasureWorld) -> None:
    talk = world.talk()
    world.store.locked = {f"meetings/{talk.id}/20261101T000000Z_talk.mp3"}
    with pytest.raises(StorageUnavailable):
        world.erase("meeting", talk.id)
    assert world.one("select count(*) from meetings") == 1
    world.store.locked = set()
    assert world.sweep().erased == 1
    assert world.found() == set()


def test_dead_letter_held_by_another_process_keeps_the_erasure_open(world: ErasureWorld) -> None:
    talk = world.talk()
    queues = MemorySqs()
    deps = replace(world.erasing, message_queues=QueueMessages(queues, dead=["dead"], wait_s=0))
    queues.send_message(QueueUrl="dead", MessageBody=world.message_queues.bodies[0])
    queues.hidden = {"m1"}
    with pytest.raises(DeadLettersBusy):
        world.erase("meeting", talk.id, deps=deps)
    queues.show()
    assert sweep(deps=deps, has_time=lambda: True).erased == 1
    world.now += timedelta(minutes=100)
    queues.send_message(QueueUrl="dead", MessageBody=world.message_queues.bodies[0])
    queues.hidden = {"m2"}
    with pytest.raises(DeadLettersBusy):
        sweep(deps=deps, has_time=lambda: True)
    assert world.one("select state from erasures") == "erased", "not complete yet"
    queues.show()
    assert sweep(deps=deps, has_time=lambda: True).completed == 1
    assert queues.bodies() == []


def test_time_that_runs_out_is_gone_on_with(world: ErasureWorld) -> None:
    client_id = world.client()
    for _ in range(3):
        world.talk(client_id=client_id)
    turns = iter([True, False])
    report = world.erase("client", client_id, has_time=lambda: next(turns))
    assert not report.finished
    assert world.one("select count(*) from meetings") == 2
    assert world.erased("client", client_id).counts["meetings"] == 3


def test_another_databases_bucket_is_left_alone(world: ErasureWorld) -> None:
    talk = world.talk()
    world.store.put_object(Bucket="b", Key="system/store.json", Body=f'{{"store_id": "{new_id()}"}}'.encode())
    with pytest.raises(WrongStore):
        world.erase("meeting", talk.id)
    assert world.one("select count(*) from erasures") == 0


def test_a_meeting_that_is_added_meanwhile_goes_with_its_client(world: ErasureWorld) -> None:
    client_id = world.client()
    world.talk(client_id=client_id)
    added: list[object] = []

    def add(_operation: str) -> None:
        if not added:
            added.append(None)
            world.talk(client_id=client_id)

    world.store.before = add
    assert world.erased("client", client_id).counts["meetings"] == 2
    with world.database.transaction() as session:
        assert session.get(Client, client_id) is None


def test_exports_that_may_hold_the_meeting_go_and_others_stay(world: ErasureWorld) -> None:
    talk = world.talk()
    other = ErasureWorld(world.database, world.folder)
    stays = world.put(f"temp/exports/client/{other.client()}/1.zip")
    goes = [world.put(f"temp/exports/{kind}/{new_id()}/1.zip") for kind in ("client", "user", "participant")]
    goes.append(world.put(f"temp/exports/client/{talk.client_id}/1.zip"))
    world.erased("meeting", talk.id)
    assert stays in world.found()
    assert not set(goes) & world.found()


def test_what_is_not_theirs_is_untouched(world: ErasureWorld) -> None:
    stays, goes = world.talk(said=(("A", "stays"),)), world.talk()
    world.erased("meeting", goes.id)
    left = world.everything()
    assert MINE not in left
    assert f"derived/{stays.id}/{stays.run_id}/transcript.json" in left


@pytest.mark.parametrize(
    ("kind", "begun", "listed"),
    [("actual", "", True), ("estimate", "transcribe", True), ("estimate", "extract_audio", False)],
)
def test_a_vendor_that_a_failed_run_asked_is_listed(
    world: ErasureWorld, kind: str, begun: str, *, listed: bool
) -> None:
    made = world.meeting()
    with world.database.transaction() as session:
        session.connection().exec_driver_sql("delete from transcripts")
        run = session.get_one(ProcessingRun, made.run_id)
        run.status, run.stage_started = "failed", {begun: world.now.isoformat()} if begun else {}
    world.insert(
        CostEntry(
            organization_id=world.organization_id,
            meeting_id=made.id,
            run_id=made.run_id,
            vendor="deepgram",
            model="nova-3",
            kind=kind,
            amount_usd=None,
            month=world.now.date().replace(day=1),
            at=world.now,
        )
    )
    remains = [each.where for each in world.erased("client", made.client_id).remains]
    assert ("Deepgram" in remains) is listed
    assert world.one("select count(*) from cost_entries where meeting_id is null") == 1
