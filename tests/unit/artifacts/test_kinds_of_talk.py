"""Kinds of talk that minutes without keys have to tell apart, each in the three languages."""

from __future__ import annotations

import pytest

from aam.artifacts.extractive.talk import talk_of
from tests.unit.artifacts.test_extractive import NAMES, fields, items, minutes, texts, transcript


@pytest.mark.parametrize(
    ("said", "due"),
    [
        # The clause of the work gives the day, not one about another person.
        (("A: I'm in Leeds tomorrow, but on Thursday I'll fix the pump.",), "Thursday"),
        (("A: I'll lend you Cara's drill, she doesn't need it till Sunday.",), None),
        (("О: Завтра меня не будет, а в четверг отвезу плитку на склад.",), "четверг"),
        (("О: Отвезу плитку на склад, они там до пятницы отдыхают.",), None),
        (("П: У середу я на курсах, тому договір підготую в четвер.",), "четвер"),
        # Weeks that count on from a day, and days that follow a week.
        (("A: I'll repair the gate, a week on Friday it's done.",), "a week on Friday"),
        (("A: I'll send the offer next week, on Tuesday.",), "next week, on Tuesday"),
        (("О: Я подготовлю смету на следующей неделе, в среду.",), "на следующей неделе, в среду"),
        (("П: Я підготую кошторис наступного тижня, у вівторок.",), "наступного тижня, у вівторок"),
        # Time that is asked for, and an answer one utterance later.
        (("A: I'll rewrite the price list. Give me until the end of the month.",), "the end of the month"),
        (("A: I'll rewrite the price list.", "B: When can we have it?", "A: Wednesday."), "Wednesday"),
        (("A: Boris, could you order the paint?", "B: Sure. When do you need it?", "A: Before the open day."),
         "Before the open day"),
        (("О: Денис, закажи краску.", "Д: Закажу. Когда надо?", "О: До четверга."), "четверга"),
        (("П: Я замовлю фарбу.", "О: Тільки щоб до п'ятниці була.", "П: Звісно."), "п'ятниці"),
        # Events.
        (("A: I'll print the posters before the fair opens.",), "before the fair opens"),
        (("A: I'll print the posters as soon as the logo is ready.",), "as soon as the logo is ready"),
        (("О: Я напечатаю афиши до открытия выставки.",), "до открытия"),
        (("О: Подготовлю договор, как только пришлют реквизиты.",), "как только пришлют реквизиты"),
        (("П: Я надрукую афіші до початку сезону.",), "до початку"),
        # What is corrected, and what only begins on a day.
        (("A: I'll call the bank on Monday, no, on Tuesday.",), "Tuesday"),
        (("A: I'll do the rota by the middle of next week, say Wednesday.",), "Wednesday"),
        (("П: Я куплю квіти, з п'ятого мені по дорозі.",), None),
        (("A: I'll write the schedule for December.",), None),
    ],
)  # fmt: skip
def test_the_day_of_a_task_is_the_one_of_its_work(said: tuple[str, ...], due: str | None) -> None:
    (item, *_) = items(minutes(transcript(*said), *NAMES.values()), "action_items")
    assert fields(item)[1] == due


@pytest.mark.parametrize(
    ("said", "owner", "due"),
    [
        (("О: Денис, сможешь составить письмо арендатору?", "Д: Смогу. Сегодня напишу."), "Денис Орлов", "Сегодня"),
        (("О: Денис, с тебя новый план зала.", "Д: Нарисую. Ко вторнику."), "Денис Орлов", "вторнику"),
        (("П: Ольго, напиши орендарю листа.", "О: Напишу. Завтра ввечері."), "Ольга Белова", "Завтра"),
        (("A: Could you book the hall, Boris?", "B: Will do. On Friday."), "Boris Hale", "Friday"),
        (("О: Я ему сегодня скажу про новый договор.",), "Ольга Белова", "сегодня"),
        (("О: Насос я заказываю сегодня.",), "Ольга Белова", "сегодня"),
        (("A: Okay, Kim is off today.", "B: Kim to call the plumber, first thing Monday.", "A: Kim can do that."),
         "Kim", "Monday"),
    ],
)  # fmt: skip
def test_a_short_answer_settles_what_it_answers(said: tuple[str, ...], owner: str, due: str) -> None:
    found = minutes(transcript(*said), *NAMES.values())
    assert found.unsupported_count == 0
    assert fields(items(found, "action_items")[0]) == [owner, due]


@pytest.mark.parametrize(
    "said",
    [
        ("A: I'll find the table while you talk.", "B: Fine."),
        ("П: Секундочку, я знайду таблицю.", "О: Добре."),
        ("О: Люди шли весь день, и склад был полон.",),
        ("О: Мы отказались, остались без оплаты.",),
        ("П: Запитаю заразом... ні, не запитаю нічого орендаря.",),
        ("A: Let me sleep on the offer.",),
        ("A: Give it here, Boris.",),
    ],
)
def test_what_is_done_at_once_or_only_looks_like_an_order_is_no_task(said: tuple[str, ...]) -> None:
    assert texts(minutes(transcript(*said), *NAMES.values()), "action_items") == []


@pytest.mark.parametrize(
    "said",
    [
        # Choices that are laid out.
        ("A: So either we rent a hall or we meet at home.", "B: Yes."),
        ("О: Значит, либо берём склад, либо возим сами.", "Д: Да."),
        # Reports of an earlier day.
        ("A: Last time we decided to paint the hall white.", "B: Yes, we did."),
        ("О: Мы же в прошлый раз утвердили логотип?", "Д: Утвердили, да. Синий логотип."),
        ("О: Ми ж минулого разу затвердили логотип?", "П: Затвердили, так. Синій логотип."),
        # What leads the talk.
        ("A: Let's hear Boris about the budget.", "B: Okay."),
        ("О: Давай по третьему складу.", "Д: Хорошо."),
        ("О: Ладно. Тогда праздник. Какие идеи?", "Д: Шашлык."),
        ("О: Тоді зрозуміло, чому немає світла.", "П: Так."),
        # What is put off, and what falls to one alone.
        ("A: We're not going to settle the rent today.", "B: Agreed."),
        ("О: Тогда мне заново рисовать весь план.", "Д: Да."),
        # What is taken back.
        ("A: So we print a thousand flyers.", "B: Good.", "C: That's a lot.", "A: Okay, scrap what I said."),
        ("О: Тогда вводим дежурства по субботам.", "Д: Хорошо.", "О: Хотя нет, забыли про дежурства."),
    ],
)
def test_choices_reports_and_what_is_taken_back_are_no_decisions(said: tuple[str, ...]) -> None:
    assert texts(minutes(transcript(*said)), "decisions") == []


@pytest.mark.parametrize(
    ("said", "decision"),
    [
        (("A: So shall we do that? Ten o'clock, from the first of March?", "B: Yes. Let's do it."), "Ten o'clock"),
        (("A: So Cara gets the corner office.", "B: Agreed."), "Cara gets the corner office."),
        (
            (
                "A: Six or eight guests at one table?",
                "B: Six.",
                "A: Okay. No more than six guests at one table.",
                "B: Good.",
            ),
            "No more than six guests at one table.",
        ),
        (("О: Значит, за лето двойная премия, за осень обычная. Фиксирую.",), "за лето двойная премия"),
        (("П: Знижка для пенсіонерів двадцять відсотків. Рішення.",), "Знижка для пенсіонерів двадцять відсотків."),
        (
            ("О: Читачів мало.", "П: Тоді мета на місяць: сто нових читачів. Ольго, візьмеш?", "О: Візьму."),
            "сто нових читачів",
        ),
    ],
)
def test_what_is_recorded_consented_to_or_taken_on_is_a_decision(said: tuple[str, ...], decision: str) -> None:
    (found,) = texts(minutes(transcript(*said), *NAMES.values()), "decisions")
    assert decision in found


@pytest.mark.parametrize(
    ("said", "question"),
    [
        (("A: Are we open on Christmas Eve?", "B: Head office haven't said."), "Are we open on Christmas Eve?"),
        (("A: Who has the key to the attic?", "B: I thought you did."), "Who has the key to the attic?"),
        (("О: Дали нам разрешение на вывеску?", "Д: Они молчат."), "Дали нам разрешение на вывеску?"),
        (("О: Кто платит за вывоз снега?", "Д: Я думал, ты."), "Кто платит за вывоз снега?"),
        (("О: Хозяин так и не сказал, продлит он аренду или нет.",),
         "Хозяин так и не сказал, продлит он аренду или нет."),
        (("П: Діти теж рахуються в групі?", "О: Ой, я не спитала."), "Діти теж рахуються в групі?"),
    ],
)  # fmt: skip
def test_a_question_stays_open_where_the_answer_is_unknown(said: tuple[str, ...], question: str) -> None:
    assert texts(minutes(transcript(*said)), "open_questions") == [question]


@pytest.mark.parametrize(
    "said",
    [
        ("A: Have you asked the landlord?", "B: Asked. He is thinking, I don't know what."),
        ("О: А кто ведёт вечер?", "Д: Семёныч хотел, мы с Семёнычем говорили."),
        ("О: На каких файлах падает?", "Д: Секундочку, сейчас не скажу."),
    ],
)
def test_a_question_that_gets_its_answer_is_not_open(said: tuple[str, ...]) -> None:
    assert said[0].split(": ")[1] not in texts(minutes(transcript(*said)), "open_questions")


@pytest.mark.parametrize(
    ("said", "amounts"),
    [
        ("On the books I've got forty-four, and I want sixty.", ["forty-four", "sixty"]),
        ("По графику должно быть тридцать восемь, а вышло тридцать один.", ["тридцать восемь", "тридцать один"]),
        ("За договором не більше десяти відсотків на рік.", ["десяти відсотків"]),
        ("I've asked head office twice this month.", []),
        ("Один раз живём, давайте веселиться.", []),
        ("Я казав це вісім разів минулого місяця.", []),
        ("It's ninety-five pounds a day, and we'd have to keep it.", ["ninety-five pounds"]),
    ],
)
def test_bare_counts_are_figures_and_how_often_is_none(said: str, amounts: list[str]) -> None:
    assert [fields(item)[0] for item in items(minutes(transcript(said)), "figures")] == amounts


@pytest.mark.parametrize(
    ("said", "risk"),
    [
        ("My worry is that no one trains the new people.", "My worry is that no one trains the new people."),
        ("If they pull out now, there's a hole in the programme.", "If they pull out now, there's a hole"),
        ("Потому что если свет не дадут, печка не включится.", "если свет не дадут, печка не включится."),
        ("Страшно мне, ребята. Пробурим, а воды не будет.", "Пробурим, а воды не будет."),
        ("Якщо боржники не здадуть, на свято може не вистачити.", "на свято може не вистачити."),
    ],
)
def test_what_would_go_wrong_is_a_risk(said: str, risk: str) -> None:
    (found,) = texts(minutes(transcript(said)), "risks")
    assert risk in found


def test_no_harm_is_no_risk() -> None:
    assert texts(minutes(transcript("А если не успеем, тогда что?", "Штрафа нет, я спросил.")), "risks") == []


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Good morning, the payment page is ready and the tests are green.", "Good morning, the payment page"),
        ("Perfect timing, the payment page is ready and the tests are green.", "Perfect timing, the payment page"),
        ("Good, the payment page is ready and the tests are green.", "the payment page is ready"),
        ("Хорошо, страница оплаты готова, и тесты зелёные, можно выпускать.", "страница оплаты готова"),
        ("Хорошо прошла встреча с банком, договор по странице оплаты готов.", "Хорошо прошла встреча"),
        ("Добре, сторінка оплати готова, і тести зелені, можна випускати.", "сторінка оплати готова"),
    ],
)
def test_words_of_approval_lead_in_only_before_a_pause(said: str, shown: str) -> None:
    (line, *_) = talk_of(transcript(f"A: {said}"), ["A"]).lines
    assert line.text[line.facts.tokens[line.head].start :].startswith(shown)
