"""Names are proposed from somebody's own words, with these words, and never otherwise."""

from __future__ import annotations

import pytest

from aam.transcription.name_proposals import propose_names
from aam.transcription.schemas import Transcript, Utterance


def told(*said: tuple[str, str]) -> Transcript:
    return Transcript(
        language="en",
        engine="e",
        model="m",
        version="1",
        utterances=tuple(
            Utterance(id=number, speaker=speaker, text=text) for number, (speaker, text) in enumerate(said, 1)
        ),
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hi, this is Helen.", "Helen"),
        ("Good morning everyone, this is Anna Berg, can you hear me?", "Anna Berg"),
        ("My name is Mark Stone and I lead the project.", "Mark Stone"),
        ("This is Olga speaking.", "Olga"),
        ("Добрый день, коллеги, меня зовут Елена.", "Елена"),
        ("Здравствуйте, это Марк.", "Марк"),
        ("Моё имя — Пётр Иванов.", "Пётр Иванов"),
        ("Вітаю, мене звати Олена.", "Олена"),
        ("Моє ім'я Марко.", "Марко"),
        ("Привіт усім, це Ганна.", "Ганна"),
        ("Hello, it's Jean-Luc O’Neill.", "Jean-Luc O’Neill"),
    ],
)
def test_an_introduction_of_oneself_is_a_proposal_with_its_quote(text: str, name: str) -> None:
    (proposal,) = propose_names(told(("Speaker 1", "Is everybody here?"), ("Speaker 2", text)))
    assert (proposal.label, proposal.name, proposal.utterance_id) == ("Speaker 2", name, 2)
    assert proposal.quote in text
    assert name in proposal.quote


@pytest.mark.parametrize(
    "text",
    [
        "Hello Helen, how are you?",
        "This is Helen, she leads the project.",
        "This is great news.",
        "Hi, this is great.",
        "My name is not important here.",
        "His name is Mark.",
        "And this is Mark from accounting.",
        "I think Anna said so.",
        "Это Марк сделал.",
        "Его зовут Марк.",
        "Це зробив Марко.",
        "my name is helen",
        "Thank you, Mark.",
    ],
)
def test_what_others_are_called_is_none(text: str) -> None:
    assert propose_names(told(("Speaker 1", text), ("Speaker 2", "Yes."))) == ()


def test_two_names_of_one_speaker_are_no_proposal() -> None:
    assert propose_names(told(("Speaker 1", "Hi, this is Helen."), ("Speaker 1", "My name is Mark."))) == ()


def test_a_name_said_twice_is_proposed_once_from_the_first_time() -> None:
    (proposal,) = propose_names(told(("Speaker 1", "Hi, this is Helen."), ("Speaker 1", "Again, my name is Helen.")))
    assert proposal.utterance_id == 1


def test_who_has_a_name_gets_no_proposal() -> None:
    assert propose_names(told(("Anna", "Hi, this is Helen."))) == ()


def test_the_quote_is_the_sentence_and_never_long() -> None:
    long = "We " + "really " * 60 + "begin"
    (proposal,) = propose_names(told(("Speaker 1", f"{long}. Good. Hi, this is Helen. And more.")))
    assert proposal.quote == "Hi, this is Helen."
    (proposal,) = propose_names(told(("Speaker 1", f"{long} and my name is Helen and " + "more " * 80)))
    assert len(proposal.quote) <= 200
    assert proposal.quote.endswith("Helen")
