"""Files travel the deployed stack, from a presigned URL to what people read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.stack import CHECKOUT, Person, Stack
from tests.support.whisper import whisper_folder

SAMPLE = CHECKOUT / "infra" / "sample"
SHARED = CHECKOUT.parent / "shared" / "data" / "audio"
ORDER = ["created", "uploading", "queued", "transcribing", "writing", "review"]
STAGES = ["probe", "extract_audio", "transcribe", "write_artifacts", "verify_evidence", "finish"]


def in_order(seen: list[str]) -> bool:
    """Whether the statuses passed in their order; a poll may miss a short one."""
    return seen == sorted(seen, key=ORDER.index)


def words(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def quotes_of(artifacts: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        quote for section in artifacts["document"]["sections"] for item in section["items"] for quote in item["quotes"]
    ]


def assert_quotes_stand(artifacts: dict[str, Any], transcript: dict[str, Any]) -> None:
    """Every quote stands in the utterances that it cites; checked here without the product's own code."""
    by_number = {utterance["id"]: utterance for utterance in transcript["utterances"]}
    quotes = quotes_of(artifacts)
    assert quotes
    for quote in quotes:
        cited = range(quote["utterance_id"], quote["last_utterance_id"] + 1)
        assert words(quote["quote"]) in words(" ".join(by_number[number]["text"] for number in cited))
        assert quote["speaker"] == by_number[quote["utterance_id"]]["speaker"]


@dataclass(frozen=True)
class Journey:
    """A meeting at the end of its run, the statuses on the way, and the statements of those that worked on it."""

    meeting: dict[str, Any]
    seen: list[str]
    statements: list[str]


@pytest.fixture(scope="module")
def sample(stack: Stack, person: Person) -> Journey:
    """The sample recording's journey, while nothing else runs."""
    stack.quiet()
    before = stack.sql_log.stat().st_size
    meeting, seen = person.process(SAMPLE / "standup.ogg", people=("Helen", "Robert"))
    others = {stack.functions[name] for name in ("ApiFunction", "SweepFunction", "CleanupFunction")}
    return Journey(meeting, seen, [text for who, text in stack.sql_since(before) if who not in others])


def test_the_sample_recording(person: Person, sample: Journey) -> None:
    meeting, seen = sample.meeting, sample.seen
    assert (meeting["status"], meeting["progress"], meeting["errors"]) == ("review", 100, [])
    assert in_order(seen)
    assert [timing["stage"] for timing in meeting["timings"]["stages"]] == STAGES
    transcript = person.api.call("GET", f"/meetings/{meeting['id']}/transcript?limit=1000")
    assert len({utterance["speaker"] for utterance in transcript["utterances"]}) == 2, "a speaker a channel"
    assert transcript["label"], "an offline draft says what it is"
    artifacts = person.api.call("GET", f"/meetings/{meeting['id']}/artifacts")
    assert_quotes_stand(artifacts, transcript)
    minutes = person.api.fetch("GET", f"/meetings/{meeting['id']}/artifacts?format=md").decode()
    assert quotes_of(artifacts)[0]["quote"] in minutes


def test_the_sample_transcript_keeps_names(person: Person) -> None:
    meeting, seen = person.process(SAMPLE / "standup.vtt", people=("Helen", "Robert"))
    assert meeting["status"] == "review"
    assert in_order(seen)
    transcript = person.api.call("GET", f"/meetings/{meeting['id']}/transcript?limit=1000")
    assert {utterance["speaker"] for utterance in transcript["utterances"]} == {"Helen", "Robert"}
    assert_quotes_stand(person.api.call("GET", f"/meetings/{meeting['id']}/artifacts"), transcript)
    vtt = person.api.fetch("GET", f"/meetings/{meeting['id']}/transcript?format=vtt").decode()
    assert "<v Helen>" in vtt


def test_a_recording_of_a_browser(person: Person) -> None:
    file = SHARED / "browser" / "audio-sample-ios.m4a"
    if not file.exists():
        pytest.skip("the shared recordings are not on this machine")
    meeting, _ = person.process(file)
    assert meeting["status"] == "review"
    transcript = person.api.call("GET", f"/meetings/{meeting['id']}/transcript?limit=1000")
    assert transcript["utterances"], "somebody says a few words in it"
    assert person.api.call("GET", f"/meetings/{meeting['id']}/artifacts")["unsupported_count"] == 0


@pytest.mark.parametrize(
    ("language", "label"), [("ru", "draft, Whisper base, ru"), ("detect", "draft, Whisper base, ru (detected)")]
)
def test_a_russian_recording_needs_no_keys(person: Person, language: str, label: str) -> None:
    whisper_folder()
    recording = SHARED / "speech" / "ru.wav"
    if not recording.exists():
        pytest.skip("no ../shared/data/audio beside the project")
    meeting, _ = person.process(recording, language=language)
    assert (meeting["status"], meeting["errors"]) == ("review", [])
    transcript = person.api.call("GET", f"/meetings/{meeting['id']}/transcript?limit=1000")
    assert (transcript["label"], transcript["language"]) == (label, "ru")
    assert "на его месте" in " ".join(utterance["text"] for utterance in transcript["utterances"])
    assert transcript["notes"] == ["Говорящие не различаются: все записаны в один канал."]


def test_a_hostile_recording_fails_by_name(person: Person) -> None:
    file = SHARED / "hostile" / "awful.wav"
    if not file.exists():
        pytest.skip("the shared recordings are not on this machine")
    meeting, _ = person.process(file)
    assert meeting["status"] == "failed"
    (error,) = meeting["errors"]
    assert (error["code"], error["stage"]) == ("bad_sample_rate", "probe")
    assert "4 to 384 kHz" in error["message"]


def test_a_text_has_no_times(person: Person, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Helen: We decided to release the new version on Monday.\nRobert: I will send the notes.\n")
    meeting, _ = person.process(file)
    assert meeting["status"] == "review"
    path = f"/meetings/{meeting['id']}/transcript"
    status, problem = person.api.ask("GET", f"{path}?format=vtt")
    assert (status, problem["code"]) == (409, "no_timing")
    assert b"release the new version" in person.api.fetch("GET", f"{path}?format=txt")


def test_a_russian_transcript(person: Person, tmp_path: Path) -> None:
    file = tmp_path / "Планёрка 21 ноября.vtt"
    file.write_text(
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:00:04.000\n<v Елена>Решили выпустить новую версию в понедельник, 7 декабря.\n\n"
        "00:00:04.500 --> 00:00:08.000\n<v Роберт>Я отправлю бюджет клиенту до среды, 2 декабря.\n\n"
        "00:00:08.500 --> 00:00:12.000\n<v Елена>Есть риск, что старый сервер не выдержит нагрузку.\n"
    )
    meeting, _ = person.process(file, language="ru", people=("Елена", "Роберт"))
    assert meeting["status"] == "review"
    transcript = person.api.call("GET", f"/meetings/{meeting['id']}/transcript")
    assert [utterance["speaker"] for utterance in transcript["utterances"]] == ["Елена", "Роберт", "Елена"]
    artifacts = person.api.call("GET", f"/meetings/{meeting['id']}/artifacts")
    assert artifacts["language"] == "ru"
    assert_quotes_stand(artifacts, transcript)
    assert "Планёрка" in person.api.call("GET", f"/uploads/{upload_of(person, meeting)}")["filename"]


def test_a_transcript_without_a_language_under_a_recordings_name(person: Person, tmp_path: Path) -> None:
    file = tmp_path / "нарада.mp4"
    file.write_text(
        "1\n00:00:01,000 -> 00:00:03,000\nОлена: Ми вирішили, що ціна\n\nдля підтримки\n\n"
        "2\n00:00:03,000 -> 00:00:06,000\nОлена: залишається 900 євро на місяць.\n\n"
        "3\n00:00:07,000 -> 00:00:06,500\nРоман: Я надішлю договір у п'ятницю.\n"
    )
    meeting, _ = person.process(file, language="detect")
    assert meeting["status"] == "review"
    transcript = person.api.call("GET", f"/meetings/{meeting['id']}/transcript?words=true")
    assert [(said["speaker"], said["text"]) for said in transcript["utterances"]] == [
        ("Олена", "Ми вирішили, що ціна для підтримки залишається 900 євро на місяць."),
        ("Роман", "Я надішлю договір у п'ятницю."),
    ]
    assert [word["start_ms"] for word in transcript["utterances"][0]["words"]] == [1000, 3000]
    assert transcript["notes"] == ["1 репліка закінчувалася раніше, ніж починалася; її кінець виправлено."]
    upload = person.api.call("GET", f"/uploads/{upload_of(person, meeting)}")
    assert (upload["kind"], upload["language"], transcript["language"]) == ("transcript", "uk", "uk")
    minutes = person.api.fetch("GET", f"/meetings/{meeting['id']}/artifacts?format=md").decode()
    assert "## Рішення" in minutes
    assert transcript["notes"][0] in minutes


def upload_of(person: Person, meeting: dict[str, Any]) -> str:
    ((upload,),) = person.stack.rows("SELECT id::text FROM upload_blobs WHERE meeting_id = %s", meeting["id"])
    return str(upload)


def test_one_run_reads_the_meeting_once_and_asks_little_of_the_database(sample: Journey) -> None:
    """Statements on tables count; what frames a transaction, or opens a connection of a new worker, does not."""
    on_tables = [text for text in sample.statements if re.match(r"(?i)(select .* from|insert|update|delete)\b", text)]
    of_meetings = [
        text
        for text in on_tables
        if re.match("(?i)select", text) and re.search(r"\b(meetings|meeting_participants)\b", text)
    ]
    assert len(of_meetings) == 1, of_meetings
    assert 15 <= len(on_tables) <= 40, "\n".join(on_tables)
