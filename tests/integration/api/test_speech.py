"""How speech is to be recognised, and how speakers are called."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from aam.transcription.name_proposals import propose_names
from aam.transcription.schemas import Transcript, Utterance
from aam.transcription.speaker_names import keep_proposals
from tests.integration.api.test_reading import DOCUMENT, Told, add_artifacts, tell
from tests.support.api import Api, each

REFUSED = "unsupported_speech_option"


def given(meeting: Any) -> dict[str, Any]:
    """The options that are set."""
    return {name: value for name, value in meeting["speech"].items() if value is not None}


def test_a_meeting_keeps_its_options(api: Api) -> None:
    anna = api.person()
    speech = {"terms": ["Initech"], "redact": ["pii"], "diarize": False}
    meeting = api.meeting(anna, speech=speech)
    assert given(meeting) == speech
    path = f"/meetings/{meeting['id']}"
    changed = api.call("PATCH", path, {"speech": {"version": "2025-07-31.0"}}, by=anna).json
    assert {name: value for name, value in changed["speech"].items() if value is not None} == {
        "version": "2025-07-31.0"
    }
    assert api.call("PATCH", path, {"title": "New"}, by=anna).json["speech"] == changed["speech"]
    assert api.call("PATCH", path, {"speech": None}, by=anna).status == 422


@each(
    [
        ({"language": "ru", "speech": {"redact": ["pii"]}}, "speech.redact"),
        ({"language": "detect", "speech": {"terms": ["Anna"]}}, "speech.terms"),
        ({"language": "be", "speech": {"model": "nova-2"}}, "speech.model"),
        ({"speech": {"model": "whisper"}}, "speech.model"),
    ]
)
def test_what_the_languages_model_lacks_is_refused_by_name(api: Api, fields: object, named: str) -> None:
    anna = api.person()
    assert isinstance(fields, dict)
    body = {"client_id": api.client_id(anna), "title": "T", "language": "en", **fields}
    answer = api.call("POST", "/meetings", body, by=anna)
    assert (answer.status, answer.code) == (422, REFUSED)
    assert answer.json["detail"].startswith(named)


def test_changing_the_language_looks_at_the_options_again(api: Api) -> None:
    anna = api.person()
    path = f"/meetings/{api.meeting(anna, speech={'redact': ['pii']})['id']}"
    assert api.call("PATCH", path, {"language": "uk"}, by=anna).code == REFUSED
    assert api.call("GET", path, by=anna).json["language"] == "en"
    assert api.call("PATCH", path, {"language": "uk", "speech": {}}, by=anna).status == 200


def test_what_the_organization_asks_for_holds_and_a_meeting_takes_no_protection_back(api: Api) -> None:
    anna = api.person()
    mark = api.colleague(anna)
    assert api.call("PUT", "/organization/speech", {"redact": ["pii"]}, by=mark).code == "organization_owner_only"
    assert api.call("PUT", "/organization/speech", {"model": "whisper"}, by=anna).code == REFUSED
    assert api.call("PUT", "/organization/speech", {"redact": ["pii"]}, by=anna).status == 200
    assert api.call("GET", "/organization/speech", by=mark).json["redact"] == ["pii"]
    body = {"client_id": api.client_id(mark), "title": "T", "language": "ru"}
    assert api.call("POST", "/meetings", body, by=mark).code == REFUSED
    assert api.call("POST", "/meetings", {**body, "speech": {"redact": []}}, by=mark).code == REFUSED
    assert api.call("POST", "/meetings", {**body, "language": "en"}, by=mark).status == 201
    stranger = api.person()
    assert api.call("GET", "/organization/speech", by=stranger).json["redact"] is None


def propose(api: Api, told: Told) -> None:
    """What the transcript would have said of its speakers."""
    transcript = Transcript(
        language="en",
        engine="e",
        model="m",
        version="1",
        utterances=(Utterance(id=1, speaker="Speaker 1", text="Hi, this is Helen."),),
    )
    with api.database.transaction() as session:
        keep_proposals(
            session,
            propose_names(transcript),
            transcript_id=told.transcript_id,
            organization_id=UUID(told.owner.organization_id),
        )


def test_names_are_proposed_given_shown_and_taken_away(api: Api) -> None:
    told = tell(api, utterances=3)
    propose(api, told)
    speakers = f"{told.path}/speakers"
    listed = api.call("GET", speakers, by=told.owner).json["speakers"]
    proposal = {"name": "Helen", "quote": "Hi, this is Helen.", "utterance_id": 1}
    assert listed == [
        {"label": "Speaker 1", "name": None, "proposal": proposal},
        {"label": "Speaker 0", "name": None, "proposal": None},
    ]
    page = api.call("GET", f"{told.path}/transcript", by=told.owner).json
    assert page["utterances"][0]["speaker"] == "Speaker 1", "nobody has confirmed the proposal"
    named = api.call("PATCH", speakers, {"names": {"Speaker 1": " Helen Ray "}}, by=told.owner).json
    assert named["speakers"][0] == {"label": "Speaker 1", "name": "Helen Ray", "proposal": None}
    page = api.call("GET", f"{told.path}/transcript", by=told.owner).json
    assert [utterance["speaker"] for utterance in page["utterances"]] == ["Helen Ray", "Speaker 0", "Helen Ray"]
    assert page["speakers"] == named["speakers"]
    for kind, said in (("vtt", "<v Helen Ray>"), ("srt", "Helen Ray: "), ("txt", "Helen Ray: ")):
        assert said in api.call("GET", f"{told.path}/transcript?format={kind}", by=told.owner).text
    rows = api.database.rows("select distinct speaker from utterances order by 1")
    assert rows == [("Speaker 0",), ("Speaker 1",)], "the transcript itself stays"
    api.call("PATCH", speakers, {"names": {"Speaker 1": None}}, by=told.owner)
    assert api.call("GET", speakers, by=told.owner).json["speakers"] == listed


@each(
    [{}, {"names": {}}, {"names": {"Speaker 1": ""}}, {"names": {"Speaker 1": "x" * 201}}, {"names": {"Nobody": "A"}}]
)
def test_names_that_cannot_be_given(api: Api, body: object) -> None:
    told = tell(api, utterances=1)
    assert api.call("PATCH", f"{told.path}/speakers", body, by=told.owner).status == 422


def test_minutes_show_the_names_and_keep_what_was_checked(api: Api) -> None:
    told = tell(api, utterances=2)
    quote = {
        "quote": "you must wait for me",
        "utterance_id": 1,
        "last_utterance_id": 1,
        "start_ms": 1,
        "end_ms": 2,
        "speaker": "Speaker 1",
    }
    item = {
        "id": "1",
        "text": "Speaker 1 tells Speaker 10 to wait.",
        "priority": "high",
        "fields": [{"name": "owner", "kind": "person", "value": "Speaker 1"}],
        "quotes": [quote],
        "support": "quoted",
    }
    document = {**DOCUMENT, "sections": [{"kind": "decisions", "title": "Decisions", "items": [item]}]}
    add_artifacts(api, told, document)
    api.call("PATCH", f"{told.path}/speakers", {"names": {"Speaker 1": "Helen Ray"}}, by=told.owner)
    shown = api.call("GET", f"{told.path}/artifacts", by=told.owner).json["document"]["sections"][0]["items"][0]
    assert shown["fields"][0]["value"] == "Helen Ray"
    assert shown["text"] == "Helen Ray tells Speaker 10 to wait."
    assert (shown["quotes"][0]["speaker"], shown["quotes"][0]["quote"]) == ("Helen Ray", "you must wait for me")
    page = api.call("GET", f"{told.path}/artifacts?format=md", by=told.owner).text
    assert "— Helen Ray" in page
    ((kept,),) = api.database.rows("select document::text from artifacts")
    assert "Helen" not in str(kept)


def test_who_may_look_may_not_name(api: Api) -> None:
    told = tell(api, utterances=1)
    mark = api.colleague(told.owner)
    api.call("PATCH", told.path, {"viewers": [mark.email]}, by=told.owner)
    assert api.call("GET", f"{told.path}/speakers", by=mark).status == 200
    assert api.call("PATCH", f"{told.path}/speakers", {"names": {"Speaker 1": "A"}}, by=mark).code == "owner_only"


def test_posted_replies_are_refused_without_their_password(api: Api) -> None:
    answer = api.call("POST", "/vendor-replies/deepgram", {}, headers={"Authorization": "Basic bm86bm8="})
    assert (answer.status, answer.code) == (401, "bad_reply_password")
