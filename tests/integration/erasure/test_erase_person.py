"""A participant leaves every meeting, a user the organization; what others said and did stays."""

from __future__ import annotations

import json
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from aam.erasure.errors import UnknownSubject
from aam.evidence.schemas import CheckedArtifacts
from aam.foundation.clock import new_id
from aam.foundation.throttle import counter_key
from aam.identity.service import LOGIN_PER_EMAIL
from aam.meetings.models import MeetingType
from aam.pipeline.schemas import RunContext
from aam.redaction.name_matching import ERASED
from aam.transcription.schemas import Transcript
from tests.support.erasure import ANNA, MARK, MINE, OTHERS, ROLES, TALK, ErasureWorld


def leaves_no_trace(world: ErasureWorld, *words: str) -> None:
    left = world.everything().casefold()
    found = {word: [line[:300] for line in left.splitlines() if word.casefold() in line][:3] for word in words}
    assert {word: lines for word, lines in found.items() if lines} == {}


def utterances(world: ErasureWorld) -> list[tuple[object, ...]]:
    return world.rows("select speaker, text, words::text from utterances order by transcript_id, number")


def document(world: ErasureWorld) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(world.one("select document::text from artifacts"))
    return found


@pytest.mark.parametrize("versioned", [False, True])
def test_a_participant_of_the_directory_leaves_their_own_meeting(world: ErasureWorld, *, versioned: bool) -> None:
    world.store.versioned = versioned
    anna = world.directory(ANNA, role_title=ROLES[ANNA], email="anna@example.com")
    talk = world.talk(people=(ANNA, MARK), known=(ANNA, "Budget"), title="Anna Petrova meets", filename="petrova.mp3")
    world.participant(talk.id, ANNA, of=anna)
    world.participant(talk.id, MARK)
    certificate = world.erased("participant", anna)
    leaves_no_trace(world, "Anna", "Petrov", MINE, "anna@example.com", "seaweed")
    (first, second, third) = utterances(world)
    pseudonym = str(first[0])
    assert first[1:] == (ERASED, "[]")
    assert second[:2] == (MARK, f"Thanks, {pseudonym}, the launch is agreed.")
    assert third[:2] == ("Speaker 3", f"Mark my words, {pseudonym} said so.")
    items = document(world)["sections"][0]["items"]
    assert (items[0]["text"], items[0]["fields"][0]["value"]) == (ERASED, None)
    assert (items[0]["quotes"][0]["quote"], items[0]["quotes"][0]["original"]) == (ERASED, None)
    assert OTHERS in items[1]["text"]
    assert OTHERS in items[1]["quotes"][0]["quote"]
    prefix = f"derived/{talk.id}/{talk.run_id}/"
    assert {key for key in world.found() if str(talk.id) in key} == {
        f"{prefix}context.json",
        f"{prefix}transcript.json",
    }
    transcript = Transcript.model_validate_json(world.bucket.store.read(f"{prefix}transcript.json"))
    assert [each.text for each in transcript.utterances] == [str(row[1]) for row in (first, second, third)]
    assert world.rows("select full_name, role_title from meeting_participants order by id") == [
        (pseudonym, None),
        (MARK, ROLES[MARK]),
    ]
    assert world.rows("select status, filename from upload_blobs") == [("expired", ERASED)]
    assert certificate.counts["directory_participants"] == 1
    assert certificate.unrecognised == 0
    assert [key for key in world.copies.objects if str(talk.id) in key] == []


def test_erase_participant_of_one_meeting_only(world: ErasureWorld) -> None:
    talk = world.talk(people=(ANNA,))
    anna = world.participant(talk.id, ANNA)
    elsewhere = world.participant(world.talk(said=(("Speaker 1", "Hello"),)).id, ANNA)
    assert world.preview("participant", anna).namesakes == (elsewhere,)
    world.erased("participant", anna)
    assert world.one(f"select full_name from meeting_participants where id = '{elsewhere}'") == ANNA
    world.erased("participant", elsewhere)
    leaves_no_trace(world, "Petrov", MINE)
    with pytest.raises(UnknownSubject):
        world.erase("participant", anna)


def test_a_copy_of_the_directory_is_the_directorys(world: ErasureWorld) -> None:
    anna = world.directory(ANNA)
    copy = world.participant(world.talk().id, ANNA, of=anna)
    assert world.preview("participant", copy).id == anna


def test_a_speaker_who_was_renamed_is_known_and_one_who_was_not_is_said_to_be_unknown(world: ErasureWorld) -> None:
    said = (("Speaker 1", MINE), ("Speaker 2", OTHERS))
    named, unnamed = world.talk(said=said), world.talk(said=said)
    anna = world.directory(ANNA)
    for talk in (named, unnamed):
        world.participant(talk.id, ANNA, of=anna)
    world.rename(named, "Speaker 1", ANNA)
    preview = world.preview("participant", anna)
    assert (preview.unrecognised, preview.counts["utterances"]) == ((unnamed.id,), 1)
    assert world.erased("participant", anna).unrecognised == 1
    texts = dict(world.rows(f"select speaker, text from utterances where transcript_id = '{named.transcript_id}'"))
    assert texts == {"Speaker 1": ERASED, "Speaker 2": OTHERS}
    assert str(world.one("select name from speaker_names")).startswith("Person ")
    kept = world.one(
        f"select count(*) from utterances where transcript_id = '{unnamed.transcript_id}' and text = '{MINE}'"
    )
    assert kept == 1, "nobody knows whose words these are"
    assert not [key for key in world.found() if key.endswith(("audio.ogg", ".mp3"))], "their voice is in both"


def test_label_that_fits_two_participants_stays(world: ErasureWorld) -> None:
    talk = world.talk(said=(("Anna", MINE),))
    anna = world.participant(talk.id, ANNA)
    world.participant(talk.id, "Anna Smirnova")
    assert world.erased("participant", anna).unrecognised == 1
    assert utterances(world)[0][1] == MINE


def test_labels_of_another_who_bears_the_same_first_name_stay(world: ErasureWorld) -> None:
    said = (("Anna", OTHERS), ("Anna 2", MINE), ("Anna 3", "Anna Petrova and Anna agree."))
    talk = world.talk(said=said, people=(ANNA, "Anna"))
    anna = world.participant(talk.id, ANNA)
    world.participant(talk.id, "Anna")
    world.rename(talk, "Anna", "Anna Smirnova")
    world.rename(talk, "Anna 2", ANNA)
    assert world.erased("participant", anna).unrecognised == 0
    (other, own, third) = utterances(world)
    assert other[:2] == ("Anna", OTHERS)
    assert own[1] == ERASED
    assert str(third[1]).count("Person ") == 2, "which of them was meant nobody can tell"
    assert [row[0] for row in world.rows("select name from speaker_names order by label")] == [
        "Anna Smirnova",
        str(own[0]).removesuffix(" 2"),
    ]
    items = document(world)["sections"][0]["items"]
    assert [item["quotes"][0]["speaker"] for item in items[:1]] == ["Anna"]
    transcript = world.bucket.store.read(f"derived/{talk.id}/{talk.run_id}/transcript.json")
    assert Transcript.model_validate_json(transcript).utterances[0].speaker == "Anna"
    context = RunContext.model_validate_json(world.bucket.store.read(f"derived/{talk.id}/{talk.run_id}/context.json"))
    assert [each.full_name for each in context.participants][1] == "Anna"
    assert context.participants[0].full_name.startswith("Person ")
    leaves_no_trace(world, "Petrov", MINE)


def test_where_they_are_only_spoken_of_the_name_goes_and_the_voices_stay(world: ErasureWorld) -> None:
    anna = world.directory(ANNA)
    talk = world.talk(said=((MARK, f"Ask {ANNA} about it. {OTHERS}."),), known=(ANNA,))
    quiet = world.talk(said=(("A", "Nothing"),), known=(ANNA,), prompt="p")
    with world.database.transaction() as session:
        session.add(
            MeetingType(
                organization_id=world.organization_id, key="k", name="n", scenario_key="s", speech={"terms": [ANNA]}
            )
        )
    world.erased("participant", anna)
    leaves_no_trace(world, "Petrov")
    assert OTHERS in str(utterances(world)[0][1])
    found = {key.rpartition("/")[2] for key in world.found() if str(talk.id) in key}
    assert found == {"20261101T000000Z_talk.mp3", "audio.ogg", "context.json", "transcript.json"}
    assert len([key for key in world.found() if str(quiet.id) in key]) == 9, (
        "of a meeting without the name nothing goes"
    )


def test_a_run_under_way_is_cancelled_in_their_meeting_and_waited_for_in_others(world: ErasureWorld) -> None:
    anna = world.directory(ANNA)
    own = world.talk(status="running", people=(ANNA,))
    world.participant(own.id, ANNA, of=anna)
    other = world.talk(said=(("A", "Nothing"),), status="running", known=(ANNA,), prompt="p")
    found = world.erase("participant", anna).certificate
    assert found is not None
    assert (found.state, found.waits) == ("waiting", 1)
    assert (world.stopped, world.revoked) == ([f"arn:{own.run_id}"], [own.run_id])
    assert world.one(f"select status from meetings where id = '{own.id}'") == "cancelled"
    assert world.sweep().erased == 0
    with world.database.transaction() as session:
        session.connection().exec_driver_sql(
            f"update processing_runs set status = 'failed' where id = '{other.run_id}'"
        )
    assert world.sweep().erased == 1
    leaves_no_trace(world, "Petrov")


@pytest.mark.parametrize("kind", ["participant", "meeting"])
def test_run_waiting_for_its_budget_does_not_delay_the_erasure(world: ErasureWorld, kind: str) -> None:
    talk = world.talk(status="queued", people=(ANNA,))
    anna = world.participant(talk.id, ANNA)
    with world.database.transaction() as session:
        session.connection().exec_driver_sql("update processing_runs set waiting_reason = 'budget_exceeded'")
    assert world.erased(kind, anna if kind == "participant" else talk.id)
    leaves_no_trace(world, "Petrov", MINE)


def test_two_participants_may_be_erased_at_once(world: ErasureWorld) -> None:
    talk = world.talk(people=(ANNA, MARK))
    people = [world.participant(talk.id, name) for name in (ANNA, MARK)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda each: world.erase("participant", each), people))
    world.sweep(minutes=5)
    leaves_no_trace(world, "Petrov", "Mark Stone", MINE, OTHERS)


# ---------------------------------------------------------------- users


def test_a_user_goes_and_their_meetings_are_the_owners(world: ErasureWorld) -> None:
    with world.database.transaction() as session:
        session.connection().exec_driver_sql(f"update organizations set owner_id = '{world.user_id}'")
    anna = world.user(ANNA, "Anna@example.com")
    talk = world.talk(owner_id=anna, known=(ANNA,), said=((ANNA, MINE),))
    key = counter_key(LOGIN_PER_EMAIL, "anna@example.com", world.now)
    world.table.items[key] = 1
    preview = world.preview("user", anna)
    assert (preview.name, preview.heir) == ("Anna@example.com", world.user_id)
    assert preview.counts["meetings_handed_over"] == 1
    certificate = world.erased("user", anna)
    leaves_no_trace(world, "Petrov", "anna@example.com")
    assert key not in world.table.items
    assert certificate.counts["users"] == certificate.counts["meetings_handed_over"] == 1
    assert world.one("select owner_id from meetings") == world.user_id
    assert utterances(world)[0][1] == MINE, "what a user said stays, under a pseudonym"
    assert f"meetings/{talk.id}/20261101T000000Z_talk.mp3" in world.found()


def test_last_user_takes_the_organizations_data_along(world: ErasureWorld) -> None:
    world.talk(title="Canary")
    world.directory("Canary Directory")
    world.client(name="Canary Ltd")
    preview = world.preview("user", world.user_id)
    assert (preview.heir, preview.counts["meetings"]) == (None, 1)
    world.erased("user", world.user_id)
    leaves_no_trace(world, "canary")
    assert world.one("select name from organizations") == ERASED
    assert world.found() == set()


def test_a_common_word_for_a_name_breaks_nothing(world: ErasureWorld) -> None:
    said = (("High 2026", MINE), ("High Person", OTHERS), (MARK, "High Person and I agree, High 2026."))
    talk = world.talk(said=said, people=("High 2026", "High Person", MARK))
    agent, _ = (world.participant(talk.id, name) for name in ("High 2026", "High Person"))
    world.erased("participant", agent)
    CheckedArtifacts.model_validate(document(world))
    context = world.bucket.store.read(f"derived/{talk.id}/{talk.run_id}/context.json")
    assert RunContext.model_validate_json(context).participants[1].full_name == "High Person"
    assert utterances(world)[1][:2] == ("High Person", OTHERS)
    leaves_no_trace(world, "High 2026")


@pytest.mark.parametrize(("name", "changed"), [("Will", 1), ("A", 0)])
def test_a_name_of_one_word_takes_no_words_along(world: ErasureWorld, name: str, changed: int) -> None:
    words = "A decision was made: we will buy a server"
    said = ((name, MINE), (MARK, words), (MARK, f"Ask {name}."))
    talk = world.talk(said=said, people=(name, MARK), title=words)
    will = world.participant(talk.id, name)
    counts = world.preview("participant", will).counts
    assert (counts["utterances"], counts.get("utterances_of_others", 0)) == (1, changed)
    assert world.erased("participant", will).counts["utterances"] == 1 + changed
    (own, other, third) = utterances(world)
    assert (own[1], other[1]) == (ERASED, words)
    assert str(own[0]).startswith("Person ")
    assert third[1] == (f"Ask {own[0]}." if changed else f"Ask {name}.")
    assert world.one("select title from meetings") == words


def test_whose_words_are_gone_already_is_not_said_to_be_unknown(world: ErasureWorld) -> None:
    talk = world.talk(status="succeeded", people=(ANNA,))
    anna = world.directory(ANNA)
    world.participant(talk.id, ANNA, of=anna)
    world.talk(said=(("A", "Nothing"),), status="running", known=(ANNA,), prompt="p")
    found = world.erase("participant", anna).certificate
    assert found is not None
    assert found.state == "waiting"
    assert world.preview("participant", anna).unrecognised == ()


def test_a_brought_transcript_that_names_them_goes_where_they_are_only_spoken_of(world: ErasureWorld) -> None:
    anna = world.directory(ANNA)
    named, quiet = (
        world.talk(said=((MARK, words),), filename="talk.vtt", prompt="p") for words in (f"Ask {ANNA}.", OTHERS)
    )
    key = f"meetings/{named.id}/20261101T000000Z_talk.vtt"
    world.store.put_object(Bucket="b", Key=key, Body=f"WEBVTT\n{MARK}: Ask {ANNA}.".encode())
    world.erased("participant", anna)
    assert [each for each in world.found() if each.startswith("meetings/")] == [
        f"meetings/{quiet.id}/20261101T000000Z_talk.vtt"
    ]
    statuses = world.rows("select meeting_id, status from upload_blobs order by meeting_id")
    assert statuses == sorted([(named.id, "expired"), (quiet.id, "received")])
    leaves_no_trace(world, "Petrov")


@pytest.mark.parametrize("written", [f"WEBVTT\n{MARK}: Ask {ANNA}.", json.dumps({"said": "Спитай Ольгу Кравець"})])
def test_a_brought_transcript_goes_though_no_rows_say_what_is_in_it(world: ErasureWorld, written: str) -> None:
    ending = "vtt" if ANNA in written else "json"
    person = world.directory(ANNA if ANNA in written else "Ольга Кравець")
    named, quiet, held = (world.talk(said=((MARK, OTHERS),), filename=f"talk.{ending}", prompt="p") for _ in range(3))
    with world.database.transaction() as session:
        session.connection().exec_driver_sql("delete from transcripts")
    for talk, body in ((named, written), (quiet, OTHERS), (held, written)):
        key = f"meetings/{talk.id}/20261101T000000Z_talk.{ending}"
        world.store.put_object(Bucket="b", Key=key, Body=body.encode())
    world.place_hold(meeting_id=held.id)
    found = world.erase("participant", person).certificate
    assert found is not None
    assert (found.state, found.kept) == ("waiting", 1)
    left = [each for each in world.found() if each.startswith("meetings/")]
    assert sorted(left) == sorted(f"meetings/{talk.id}/20261101T000000Z_talk.{ending}" for talk in (quiet, held))
    assert world.one(f"select filename from upload_blobs where meeting_id = '{named.id}'") == ERASED


def test_another_alphabet_and_decomposed_letters_are_found(world: ErasureWorld) -> None:
    anna = world.directory("Андрей Йонесян")
    decomposed = unicodedata.normalize("NFD", "Андрей Йонесян")
    for words in ("Ask Andrei Ionesian.", f"Спроси, {decomposed} знает.", "Ask Юлия Йонесян."):
        world.talk(said=((MARK, words),))
    world.erased("participant", anna)
    texts = sorted(str(row[1]) for row in utterances(world))
    assert [text.count("Person ") for text in texts] == [1, 0, 1]
    leaves_no_trace(world, "Ionesian", decomposed)


def test_a_name_of_one_letter_takes_nothing_of_strangers(world: ErasureWorld) -> None:
    somebody = world.directory("A")
    world.table.answers["stage#of-a-stranger"] = json.dumps({"token": "AAAA A/A=="})
    world.answer("ours", full_name="A")
    theirs = world.answer("theirs", full_name="A")
    world.table.owners[theirs] = str(new_id())
    world.erased("participant", somebody)
    assert set(world.table.answers) == {"stage#of-a-stranger", theirs}


def test_late_results_of_an_older_run_go_despite_a_new_upload(world: ErasureWorld) -> None:
    anna = world.directory(ANNA)
    talk = world.talk(people=(ANNA,), said=TALK)
    world.participant(talk.id, ANNA, of=anna)
    world.erased("participant", anna)
    again, newer = world.upload_again(talk), new_id()
    stays = {again, world.put(f"derived/{talk.id}/{newer}/deepgram.json")}
    stays |= {f"derived/{talk.id}/{talk.run_id}/{name}.json" for name in ("context", "transcript")}
    late = [world.put(f"derived/{talk.id}/{talk.run_id}/{name}") for name in ("deepgram.json", "interactions/1.json")]
    late.append(world.put(f"meetings/{talk.id}/by-an-old-url.mp3"))
    assert world.sweep(minutes=100).completed == 1
    left = {key for key in world.found() if str(talk.id) in key}
    assert left == stays, late
