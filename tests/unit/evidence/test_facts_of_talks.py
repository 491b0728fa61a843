"""Facts that stand near a quote rather than in it, and facts as natural speech has them."""

from __future__ import annotations

import pytest

from aam.evidence.schemas import (
    DraftArtifacts,
    DraftItem,
    DraftQuote,
    DraftSection,
    Item,
)
from aam.evidence.verify import verify
from aam.transcription.schemas import Transcript, Utterance
from tests.support.facts import check, holds

SCENE = [
    "Nina: On ward seven there are three beds free, the others are taken until April 24.",
    "Grigor: Fine. And Salome from the lab called about the fridge.",
    "Nina: She can come and repair it whenever she likes.",
    "Grigor: Good, I will let her know about that today.",
]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Salome may repair the fridge whenever she likes.", True),
        ("The fridge of ward seven can be repaired.", True),
        ("The fridge of ward four can be repaired.", False),
        ("Three beds are free.", True),
        ("Seven beds are free.", False),
        ("The repair may happen by April 24.", True),
        ("The repair may happen by April 23.", False),
        ("It was reported to Grigor that a repair is possible.", True),
        ("Grigor repairs the fridge.", False),
        ("Tamara may repair the fridge.", False),
    ],
)
def test_what_stands_near_a_quote_may_be_mentioned_beside_it(text: str, right: bool) -> None:
    assert holds(near(SCENE, 3, text)) is right


def test_a_date_near_a_quote_does_not_replace_the_quotes_own() -> None:
    said = ["Lev: The audit starts on Tuesday.", "Rita: We hand in the papers on Friday."]
    assert not holds(near(said, 2, "The papers are handed in on Tuesday."))
    assert holds(near(said, 2, "The papers are handed in on Friday."))


def test_a_name_near_a_quote_does_not_replace_the_quotes_own() -> None:
    said = ["Lev: Wendel wants the blue cover.", "Rita: And Ottilie wants the red one for her part."]
    assert not holds(near(said, 2, "Wendel wants the red one for her part."))


def near(said: list[str], quoted: int, text: str) -> Item:
    """Check an item that quotes one utterance of a talk."""
    utterances = tuple(
        Utterance(id=number, speaker=line.split(": ")[0], text=line.split(": ")[1])
        for number, line in enumerate(said, 1)
    )
    transcript = Transcript(language="en", engine="e", model="m", version="1", utterances=utterances)
    quote = DraftQuote(quote=utterances[quoted - 1].text, utterance_id=quoted)
    section = DraftSection(kind="summary", title="t", items=(DraftItem(text=text, quotes=(quote,)),))
    draft = DraftArtifacts(engine="e", model="m", prompt_version="1", language="en", sections=(section,))
    (checked,) = verify(draft, transcript=transcript, people=()).sections
    return (*checked.items, *checked.unsupported)[0]


@pytest.mark.parametrize(
    ("said", "text", "right"),
    [
        ("About 300,000people signed it last week", "300,000 people signed it.", True),
        ("About 300,000people signed it last week", "30,000 people signed it.", False),
        ("Тысячи три с половиной уйдёт на ремонт крыши", "На ремонт уйдёт 3,5 тыс.", True),
        ("Тысячи три с половиной уйдёт на ремонт крыши", "На ремонт уйдёт 2,5 тыс.", False),
        ("Instead of twenty crates we got eleven today", "11 crates came instead of the agreed 20.", True),
        ("Instead of twenty crates we got eleven today", "20 crates came instead of the agreed 11.", False),
        ("We have seventeen replies back out of forty", "17 of the 40 replies are back.", True),
        ("She has mended fifteen of the forty chairs", "25 of the forty chairs remain.", True),
        ("She has mended fifteen of the forty chairs", "20 of the forty chairs remain.", False),
        ("P ninety-nine went down to about eighty today", "P99 is down to about 80.", True),
        ("P ninety-nine went down to about eighty today", "P95 is down to about 80.", False),
        ("Room twelve's heating is broken again today", "The heating of room twelve is broken.", True),
        ("The delay fell from ninety milliseconds to seventy", "The delay fell from 90 to 70 ms.", True),
        ("С гектара взяли тридцать восемь тонн, не больше", "Урожай 38 т с гектара.", True),
        ("По полтора литра воды на каждого в день", "Воды нужно 1,5 л в день.", True),
        ("Пришлите мне еженедельный отчёт по складу", "Нужен еженедельный отчёт по складу.", True),
        ("Пришлите мне еженедельный отчёт по складу", "Нужен ежемесячный отчёт по складу.", False),
        ("Меду цьогоріч тридцять відер, не більше", "Меду цього року 30 відер.", True),
        ("Меду цьогоріч тридцять відер, не більше", "Меду минулого року 30 відер.", False),
        ("Якщо не встигнемо, зсуваємо старт на тиждень", "Якщо не встигнуть, початок зсувають на тиждень.", True),
        ("Мельник точно не поїде на ці змагання", "Участь Мельника виключено.", True),
        ("Мельник точно не поїде на ці змагання", "Участь Бондаря виключено.", False),
        ("I'll give Ottokar a shout about the keys", "Contacting Ottokar comes next.", True),
        ("I'll give Ottokar a shout about the keys", "Contacting Wendelin comes next.", False),
        ("One is with L_C_D_ and the other one is not", "Один вариант с ЖК, другой без него.", True),
    ],
)
def test_facts_of_natural_speech(said: str, text: str, right: bool) -> None:
    assert holds(check(said, text=text)) is right


@pytest.mark.parametrize(
    ("answer", "right"), [("До вторника нет, до четверга.", True), ("Нет, это пусть Лера сделает.", False)]
)
def test_an_answer_with_a_time_takes_on_what_was_asked(answer: str, right: bool) -> None:
    said = ["Марк: Закончишь схему до вторника?", f"Дина: {answer}"]
    item = check(*said, text="Схема будет готова.", quoted=2, owner="Дина")
    assert (item.fields[0].value == "Дина") is right
