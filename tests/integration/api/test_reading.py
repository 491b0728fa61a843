"""Reading transcripts and minutes, as long as meetings get."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
import requests
from sqlalchemy import insert

from aam.artifacts.models import ArtifactsRow
from aam.artifacts.schemas import Artifacts
from aam.foundation.clock import new_id
from aam.pipeline.models import ProcessingRun
from aam.transcription.models import TranscriptRow, UtteranceRow
from tests.support.api import Api, Person, each

UPLOAD = {"filename": "a.mp3", "content_type": "audio/mpeg", "size": 10}
FOUR_HOURS = 6000
LIMIT_OF_LAMBDA = 5_500_000


@dataclass(frozen=True)
class Told:
    """A meeting with a transcript."""

    owner: Person
    path: str
    meeting_id: UUID
    run_id: UUID
    transcript_id: UUID


def add_run(api: Api, owner: Person, meeting_id: UUID, upload_id: UUID, attempt: int) -> UUID:
    """A run that is over."""
    run_id = new_id()
    with api.database.transaction() as session:
        session.add(
            ProcessingRun(
                id=run_id,
                organization_id=UUID(owner.organization_id),
                meeting_id=meeting_id,
                upload_id=upload_id,
                attempt=attempt,
                trigger="upload",
                status="succeeded",
                stage="finish",
                execution_name=str(run_id),
                correlation_id="c",
            )
        )
    return run_id


def tell(api: Api, *, utterances: int, timing: bool = True, text: str = "we decided to move the release <b>") -> Told:
    """A meeting whose utterances have some words each."""
    anna = api.person()
    meeting_id = UUID(api.meeting(anna, title="Stand-up", participants=[{"full_name": "Anna Berg"}])["id"])
    upload = api.call("POST", f"/meetings/{meeting_id}/uploads", UPLOAD, by=anna).json
    run_id = add_run(api, anna, meeting_id, UUID(upload["id"]), 1)
    transcript_id = add_transcript(api, anna, meeting_id, run_id, utterances, timing=timing, text=text)
    return Told(anna, f"/meetings/{meeting_id}", meeting_id, run_id, transcript_id)


def add_transcript(
    api: Api, owner: Person, meeting_id: UUID, run_id: UUID, count: int, *, timing: bool, text: str, version: int = 1
) -> UUID:
    """A transcript's rows."""
    transcript = TranscriptRow(
        id=new_id(),
        organization_id=UUID(owner.organization_id),
        meeting_id=meeting_id,
        run_id=run_id,
        version=version,
        language="en",
        engine="import",
        model="vtt",
        engine_version="1",
        label="draft, English",
        notes=["2 cues were out of order"],
        has_timing=timing,
        duration_ms=count * 2400 if timing else None,
        utterance_count=count,
        key=f"derived/{meeting_id}/{run_id}/transcript.json",
    )
    said = text.split()
    rows = [
        {
            "transcript_id": transcript.id,
            "organization_id": transcript.organization_id,
            "number": number,
            "speaker": f"Speaker {number % 2}",
            "channel": None,
            "start_ms": number * 2400 if timing else None,
            "end_ms": number * 2400 + 2000 if timing else None,
            "text": text,
            "confidence": 0.93,
            "words": [
                {"text": word, "start_ms": number * 2400, "end_ms": number * 2400 + 100, "confidence": 0.9}
                for word in said
            ],
        }
        for number in range(1, count + 1)
    ]
    with api.database.transaction() as session:
        session.add(transcript)
        session.flush()
        session.execute(insert(UtteranceRow), rows)
    return transcript.id


def test_a_transcript_comes_in_pages_without_words_unless_asked(api: Api) -> None:
    told = tell(api, utterances=250)
    api.statements.clear()
    first = api.call("GET", f"{told.path}/transcript", by=told.owner).json
    assert len(api.statements) == 5, "four that read, one that notes who did"
    assert (first["version"], first["utterance_count"], first["label"]) == (1, 250, "draft, English")
    assert (len(first["utterances"]), first["next_from"]) == (200, 201)
    assert first["utterances"][0] == {
        "id": 1,
        "speaker": "Speaker 1",
        "channel": None,
        "start_ms": 2400,
        "end_ms": 4400,
        "text": "we decided to move the release <b>",
        "confidence": 0.93,
        "words": [],
    }
    second = api.call("GET", f"{told.path}/transcript?from=201&limit=1000&words=true", by=told.owner).json
    assert ([u["id"] for u in second["utterances"]], second["next_from"]) == (list(range(201, 251)), None)
    assert len(second["utterances"][0]["words"]) == 7
    beyond = api.call("GET", f"{told.path}/transcript?from=9999", by=told.owner).json
    assert (beyond["utterances"], beyond["next_from"]) == ([], None)


@each(["from=0", "limit=0", "limit=1001", "format=docx", "words=perhaps"])
def test_foreign_pages_are_refused(api: Api, query: str) -> None:
    told = tell(api, utterances=1)
    assert api.call("GET", f"{told.path}/transcript?{query}", by=told.owner).code == "invalid_fields"


@pytest.mark.parametrize(
    ("wanted", "media_type", "said"),
    [
        ("vtt", "text/vtt; charset=utf-8", "<v Speaker 1>we decided to move the release &lt;b&gt;"),
        ("srt", "application/x-subrip; charset=utf-8", "00:00:02,400 --> 00:00:04,400"),
        ("txt", "text/plain; charset=utf-8", "Speaker 1: we decided"),
    ],
)
def test_a_short_transcript_comes_whole_in_other_formats(api: Api, wanted: str, media_type: str, said: str) -> None:
    told = tell(api, utterances=3)
    answer = api.call("GET", f"{told.path}/transcript?format={wanted}", by=told.owner)
    assert (answer.status, answer.headers["Content-Type"]) == (200, media_type)
    assert said in answer.text


def test_what_has_no_times_has_no_subtitles(api: Api) -> None:
    told = tell(api, utterances=3, timing=False)
    for wanted in ("vtt", "srt"):
        answer = api.call("GET", f"{told.path}/transcript?format={wanted}", by=told.owner)
        assert (answer.status, answer.code) == (409, "no_timing")
    assert api.call("GET", f"{told.path}/transcript?format=txt", by=told.owner).status == 200
    assert api.call("GET", f"{told.path}/transcript", by=told.owner).json["has_timing"] is False


def test_four_hours_stay_within_what_a_lambda_may_answer(api: Api) -> None:
    told = tell(api, utterances=FOUR_HOURS, text="so we said that it would be ready by the tenth of december " * 4)
    for wanted in ("vtt", "srt", "txt"):
        answer = api.call("GET", f"{told.path}/transcript?format={wanted}", by=told.owner)
        assert (answer.status, answer.text) == (303, "")
        url = answer.headers["Location"]
        assert f"/temp/exports/{told.meeting_id}/transcript-1.{wanted}?" in url
        stored = requests.get(url, timeout=20)
        assert stored.status_code == 200
        assert len(stored.content) > 1_000_000
        assert stored.text.count("by the tenth") == FOUR_HOURS * 4
    seen, following = 0, 1
    while following is not None:
        page = api.call("GET", f"{told.path}/transcript?from={following}&limit=1000", by=told.owner)
        assert len(page.text) < LIMIT_OF_LAMBDA
        seen += len(page.json["utterances"])
        following = page.json["next_from"]
    assert seen == FOUR_HOURS
    large = api.call("GET", f"{told.path}/transcript?limit=1000&words=true", by=told.owner)
    assert large.status == 303
    page = requests.get(large.headers["Location"], timeout=20).json()
    assert (len(page["utterances"]), len(page["utterances"][0]["words"])) == (1000, 52)


def test_the_newest_version_is_shown(api: Api) -> None:
    told = tell(api, utterances=1)
    upload_id = UUID(str(api.database.rows("select id from upload_blobs")[0][0]))
    run_id = add_run(api, told.owner, told.meeting_id, upload_id, 2)
    add_transcript(api, told.owner, told.meeting_id, run_id, 2, timing=True, text="newer", version=2)
    assert api.call("GET", f"{told.path}/transcript", by=told.owner).json["version"] == 2


def test_what_is_not_there_yet_says_so(api: Api) -> None:
    anna = api.person()
    path = f"/meetings/{api.meeting(anna)['id']}"
    assert api.call("GET", f"{path}/transcript", by=anna).code == "transcript_not_ready"
    assert api.call("GET", f"{path}/artifacts", by=anna).code == "artifacts_not_ready"


DOCUMENT: dict[str, Any] = {
    "engine": "extractive",
    "model": "centroid",
    "prompt_version": "minutes-v1",
    "label": "extractive draft",
    "language": "en",
    "sections": [],
}


def add_artifacts(api: Api, told: Told, document: dict[str, Any]) -> None:
    """The first version of a meeting's minutes."""
    Artifacts.model_validate(document)
    with api.database.transaction() as session:
        session.add(
            ArtifactsRow(
                id=new_id(),
                organization_id=UUID(told.owner.organization_id),
                meeting_id=told.meeting_id,
                run_id=told.run_id,
                transcript_id=told.transcript_id,
                version=1,
                supported_count=3,
                quoted_count=2,
                unsupported_count=1,
                document=document,
                **{name: document[name] for name in ("engine", "model", "prompt_version", "label", "language")},
            )
        )


def test_minutes_come_as_data_and_as_markdown(api: Api) -> None:
    told = tell(api, utterances=1)
    add_artifacts(api, told, DOCUMENT)
    data = api.call("GET", f"{told.path}/artifacts", by=told.owner).json
    assert (data["version"], data["label"]) == (1, "extractive draft")
    assert (data["supported_count"], data["quoted_count"], data["unsupported_count"]) == (3, 2, 1)
    assert data["document"] == DOCUMENT | {"second_reader": None}, "what was kept before there was such a reader"
    answer = api.call("GET", f"{told.path}/artifacts?format=md", by=told.owner)
    assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer.text.startswith("# Stand-up\n")
    for told_to_people in ("extractive draft", "draft, English", "Anna Berg"):
        assert told_to_people in answer.text
    assert api.call("GET", f"{told.path}/artifacts?format=pdf", by=told.owner).status == 422


def test_large_minutes_are_fetched_from_the_store(api: Api) -> None:
    told = tell(api, utterances=1)
    add_artifacts(api, told, {**DOCUMENT, "model": "m" * 1_000_001})
    answer = api.call("GET", f"{told.path}/artifacts", by=told.owner)
    assert answer.status == 303
    assert json.loads(requests.get(answer.headers["Location"], timeout=20).content)["version"] == 1
