from __future__ import annotations

import json
from pathlib import Path

import pytest

from aam.artifacts.catalogue import load_catalogue
from aam.artifacts.extractive import MAX_ITEMS, draft_extractively
from aam.artifacts.schemas import CheckedArtifacts
from aam.artifacts.sentences import sentences_of
from aam.evidence.verify import verify
from aam.language.tokens import word_count
from aam.transcription.schemas import Transcript, Utterance, Word

CATALOGUE = load_catalogue()
QMSUM = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "qmsum" / "val"


def transcript(*texts: str, language: str = "en") -> Transcript:
    return Transcript(
        language=language,
        engine="e",
        model="m",
        version="1",
        utterances=tuple(
            Utterance(id=n, speaker=f"Speaker {n % 2 + 1}", start_ms=n * 1000, end_ms=n * 1000 + 900, text=text)
            for n, text in enumerate(texts, 1)
        ),
    )


def minutes(said: Transcript, *people: str, scenario: str = "stand-up") -> CheckedArtifacts:
    draft = draft_extractively(said, scenario=CATALOGUE.scenario(scenario), people=people)
    assert draft.label == "extractive draft"
    return verify(draft, transcript=said, people=people)


def texts(artifacts: CheckedArtifacts, kind: str) -> list[str]:
    return [item.text for section in artifacts.sections if section.kind == kind for item in section.items]


STAND_UP = (
    "good morning everyone let us begin",
    "we decided to move the release to december tenth",
    "anna will send the test report by friday december fourth",
    "robin will fix the login page by wednesday",
    "the risk is that the payment provider is late",
    "open question who will talk to the client",
    "yes",
)


def test_a_stand_up_without_case_or_punctuation() -> None:
    artifacts = minutes(transcript(*STAND_UP), "Anna", "Robin Smith")
    assert artifacts.unsupported_count == 0
    assert texts(artifacts, "decisions") == [STAND_UP[1]]
    assert texts(artifacts, "action_items") == [STAND_UP[2], STAND_UP[3]]
    assert texts(artifacts, "risks") == [STAND_UP[4]]
    assert texts(artifacts, "open_questions") == [STAND_UP[5]]
    assert 0 < len(texts(artifacts, "summary")) <= 7
    tasks = next(section for section in artifacts.sections if section.kind == "action_items")
    assert [[field.value for field in item.fields] for item in tasks.items] == [
        ["anna", "friday december fourth"],
        ["robin", "wednesday"],
    ]
    assert tasks.items[0].quotes[0].start_ms == 3000


def test_russian_and_ukrainian() -> None:
    russian = minutes(
        transcript(
            "Мы решили перенести релиз на десятое декабря. Анна завтра подготовит отчёт до пятницы.",
            "Есть риск, что провайдер опоздает. Кто поговорит с клиентом завтра?",
            language="ru",
        ),
        "Анна",
    )
    assert texts(russian, "decisions") == ["Мы решили перенести релиз на десятое декабря."]
    assert texts(russian, "action_items") == ["Анна завтра подготовит отчёт до пятницы."]
    assert texts(russian, "risks") == ["Есть риск, что провайдер опоздает."]
    assert texts(russian, "open_questions") == ["Кто поговорит с клиентом завтра?"]
    assert russian.sections[1].title == "Решения"
    ukrainian = minutes(
        transcript("Ми вирішили перенести реліз. Оксана надішле звіт до п’ятниці.", language="uk"), "Оксана"
    )
    assert texts(ukrainian, "decisions") == ["Ми вирішили перенести реліз."]
    assert texts(ukrainian, "action_items") == ["Оксана надішле звіт до п’ятниці."]
    owner, due = ukrainian.sections[2].items[0].fields
    assert (owner.value, due.value) == ("Оксана", "п’ятниці")


def test_an_owner_who_is_not_named_in_the_quote_is_not_stated() -> None:
    artifacts = minutes(transcript("I will send the report to the client by Monday."), "Anna")
    (item,) = artifacts.sections[2].items
    assert [field.value for field in item.fields] == [None, "Monday"]


def test_the_owner_is_the_person_of_the_phrase_not_the_first_one_named() -> None:
    artifacts = minutes(transcript("Tell Anna that Boris will call the bank tomorrow."), "Anna", "Boris")
    (item,) = artifacts.sections[2].items
    assert [field.value for field in item.fields] == ["Boris", "tomorrow"]


def test_speakers_are_people_too() -> None:
    said = transcript("zenobia will call the bank tomorrow")
    assert texts(minutes(said), "action_items") == []
    named = said.model_copy(update={"utterances": (said.utterances[0].model_copy(update={"speaker": "Zenobia Hart"}),)})
    assert texts(minutes(named), "action_items") == ["zenobia will call the bank tomorrow"]


def test_an_urgent_task_comes_with_high_priority() -> None:
    artifacts = minutes(transcript("Anna will call the bank, it is urgent."), "Anna")
    assert artifacts.sections[2].items[0].priority == "high"


def test_a_long_pause_ends_a_sentence_where_there_is_no_punctuation() -> None:
    spoken = ["we", "decided", "to", "wait", "anna", "will", "call", "the", "bank"]
    words = tuple(
        Word(text=w, start_ms=n * 300 + (2000 if n > 3 else 0), end_ms=n * 300 + 250 + (2000 if n > 3 else 0))
        for n, w in enumerate(spoken)
    )
    said = transcript(" ".join(spoken))
    timed = said.model_copy(update={"utterances": (said.utterances[0].model_copy(update={"words": words}),)})
    assert [s.text for s in sentences_of(timed)] == ["we decided to wait", "anna will call the bank"]
    assert [s.text for s in sentences_of(said)] == [" ".join(spoken)]


def test_sentences_too_short_to_quote_are_joined_or_stand_alone() -> None:
    said = transcript("Yes.", "Well. We all agreed on that plan. Good.", "...", "Hm. Ok.")
    assert [s.text for s in sentences_of(said)] == [
        "Yes.",
        "Well. We all agreed on that plan. Good.",
        "Hm. Ok.",
    ]


def test_an_empty_or_endless_meeting_is_no_trouble() -> None:
    assert all(not section.items for section in minutes(transcript("...")).sections)
    artifacts = minutes(transcript(*(f"Anna will send report number {n} to the client." for n in range(2, 2000))))
    assert len(texts(artifacts, "action_items")) == MAX_ITEMS
    assert artifacts.unsupported_count == 0


@pytest.mark.parametrize("name", ["ES2006a", "covid_2", "Bro011"])
def test_every_sentence_of_a_real_meeting_holds(name: str) -> None:
    path = QMSUM / f"{name}.json"
    if not path.is_file():
        pytest.skip("no ../shared/data/qmsum beside the project")
    turns = json.loads(path.read_text())["meeting_transcripts"]
    said = Transcript(
        language="en",
        engine="e",
        model="m",
        version="1",
        utterances=tuple(
            Utterance(id=n, speaker=turn["speaker"], text=turn["content"]) for n, turn in enumerate(turns, 1)
        ),
    )
    artifacts = minutes(said, scenario="general")
    assert artifacts.unsupported_count == 0
    assert artifacts.supported_count + artifacts.quoted_count > 5


def test_a_long_row_of_short_sentences_is_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read = 0

    def counted(text: str) -> int:
        nonlocal read
        read += len(text)
        return word_count(text)

    monkeypatch.setattr("aam.artifacts.sentences.word_count", counted)
    text = "We did it. " * 200
    assert [sentence.text for sentence in sentences_of(transcript(text))] == [text.strip()]
    assert read <= len(text)
