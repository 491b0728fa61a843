from __future__ import annotations

import pytest

from aam.language.first_person import includes_speaker, undertakes
from aam.language.tokens import tokens_of


@pytest.mark.parametrize(
    "said",
    [
        "I'll send it",
        "I 'll send mail to Dan", "yes , I can do that", "I think I will take it", "leave it to me",
        "Let me check", "count me in", "I'm gonna put it there", "that's on me",
        "Спрошу.", "Счёт выставлю после второй", "отчёт за мной", "Я всё подготовлю", "созвонюсь с ними",
        "беру на себя", "завтра отправлю", "закрою задачу", "дам знать", "займусь этим",
        "Скажу.", "попереджу Соломію", "зроблю до п'ятниці", "я візьму це", "це на мені", "домовлюся з ними",
        "писатиму їм",
    ],
)  # fmt: skip
def test_the_first_person_takes_a_task_on(said: str) -> None:
    assert undertakes(said, tokens_of(said))


@pytest.mark.parametrize(
    "said",
    [
        "you will send it", "I think the vendor sends it", "I don't know", "I hope they come", "send me the file",
        "Спроси, пожалуйста, до конца недели", "отправьте клиенту новую версию", "я думаю, клиент против",
        "в пятницу на встречу", "по новому договору скидку дали", "систему и рекламную кампанию",
        "скажи йому сьогодні", "у п'ятницю на нараду", "за тестову версію й знижку", "нехай Кравчук гляне",
    ],
)  # fmt: skip
def test_what_asks_others_or_only_thinks_takes_nothing_on(said: str) -> None:
    assert not undertakes(said, tokens_of(said))


@pytest.mark.parametrize(
    "said", ["We will do it", "let's go", "сделаем завтра", "давайте начнём", "зробимо до п'ятниці"]
)
def test_we_includes_the_speaker(said: str) -> None:
    assert includes_speaker(tokens_of(said))
    assert not undertakes(said, tokens_of(said))


@pytest.mark.parametrize("said", ["they will do it", "там всем нравится", "нам чем помочь", "сам знает"])
def test_others_do_not_include_the_speaker(said: str) -> None:
    assert not includes_speaker(tokens_of(said))
