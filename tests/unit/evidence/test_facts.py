"""Numbers, dates, times, names and owners of an item against what was said: what must pass and what must not."""

from __future__ import annotations

from datetime import date

import pytest

from aam.evidence.schemas import (
    DraftArtifacts,
    DraftItem,
    DraftQuote,
    DraftSection,
)
from aam.evidence.verify import verify
from aam.transcription.schemas import Transcript, Utterance
from tests.support.facts import check, holds

TRUE = {
    "We agreed on a call the Friday after next": "A call was agreed for the Friday after next.",
    "The prices have gone up by 5 percent this year": "Today's prices are 5% up this year.",
    "Звіт напиши до завтрашнього вечора, будь ласка": "Звіт треба написати завтра до вечора.",
    "The rate was twelve point three percent last year": "The rate was 12.3% last year.",
    "The rate was seventy point two percent last year": "The rate was 70.2%.",
    "We meet again in half an hour in this room": "We meet again in 30 minutes.",
    "It has been four decades since the law passed": "The law passed 40 years ago.",
    "They invest a quarter of a billion dollars in it": "They invest $250 million.",
    "They invest half a million dollars in it": "They invest $500,000.",
    "We need a dozen laptops for the new hires": "12 laptops are needed.",
    "We had three and a half million users last year": "3.5 million users last year.",
    "It takes an hour and a half by train": "It takes 90 minutes by train.",
    "It takes two hours and a half by train": "It takes 2.5 hours by train.",
    "The price goes up to twelve fifty Euro for each unit": "The price is 12.50 euros.",
    "That was back in nineteen ninety nine": "That was in 1999.",
    "We go live in twenty twenty six with this": "Going live in 2026.",
    "The fee is fifty cents per message for us": "The fee is $0.50 per message.",
    "Revenue doubled compared to the last quarter": "Revenue grew by 100% over the last quarter.",
    "Two thirds of the users complained about it": "67% of users complained.",
    "Sales are up by 20 percent in the last year": "Sales are up by a fifth in the last year.",
    "There were 20 to 30 people at the meeting": "20-30 people attended the meeting.",
    "We got 1.2 billion in funding from the state": "Funding of 1.2bn from the state.",
    "We hire two or three people for the support desk": "2 or 3 people are hired.",
    "It went up at0.3% after the latest change": "It went up 0.3%.",
    "The L_C_D_ screen does look better at the bottom": "The LCD screen looks better.",
    "One of the users complained about it twice": "One user complained about it.",
    "We pay 500 dollars to the vendor next month": "We pay USD 500 next month.",
    "The call is at half past nine on Thursday": "The call is on Thursday at 9:30.",
    "The call is at quarter to ten on Thursday": "The call is at 9:45.",
    "The call starts at 2:30 p.m. sharp today": "The call starts at 14:30.",
    "We meet at nine on Monday in the small room": "We meet at 9 a.m. on Monday.",
    "In May we start the tests with the users": "Tests start in May.",
    "Let's say the twenty-first of March for the launch": "The launch is on March 21st.",
    "The deadline is not Friday but Monday next week": "The deadline is Monday, not Friday.",
    "We use voice recognition in this remote control": "VR is used.",
    "Нужно два с половиной миллиона рублей на это": "Нужно 2,5 млн рублей.",
    "Осталось двадцать пять тысяч пятьсот рублей на счету": "Осталось 25 500 рублей.",
    "Договорились о встрече с тринадцатью клиентами сразу": "Встреча с 13 клиентами.",
    "Встречаемся двадцать второго января в офисе у нас": "Встреча 22 января.",
    "Нужно полмиллиона рублей на рекламу в этом квартале": "Реклама — 500 000 рублей.",
    "Займёт полчаса максимум у каждого из нас": "Займёт 30 минут.",
    "Ждать придётся полтора года до следующей версии": "Ждать 18 месяцев.",
    "Двенадцать целых три десятых процента роста за год": "Рост 12,3%.",
    "Выросли на двенадцать и три десятых процента сразу": "Рост 12,3%.",
    "Конверсия выросла на два процентных пункта за квартал": "Конверсия выросла на 2 п.п.",
    "Расходы сократили вдвое за последний год": "Расходы сократили на 50%.",
    "Займёт минут двадцать у каждого из нас": "Займёт около 20 минут.",
    "Стоит тысяч пять рублей за одну штуку": "Стоит 5000 рублей.",
    "Встречаемся без четверти девять у входа в офис": "Встреча в 8:45.",
    "Созвон в половине десятого утра как обычно": "Созвон в 9:30.",
    "Созвон в полдесятого утра как обычно": "Созвон в 9:30.",
    "Созвон в три часа дня во вторник": "Созвон во вторник в 15:00.",
    "Через неделю отправим всё клиенту на проверку": "Отправка через 7 дней.",
    "Марта отправит отчёт клиенту до конца недели": "Марта отправит отчёт до конца недели.",
    "Подпишем договор до конца марта с клиентом": "Договор подпишут до конца марта.",
    "Треба два мільйони триста тисяч гривень на це": "Потрібно 2,3 млн грн.",
    "Бюджет пів мільйона гривень на весь рік": "Бюджет 500 тис. грн.",
    "Бюджет півтора мільйона гривень на весь рік": "Бюджет 1,5 млн грн.",
    "Зустріч двадцять другого січня в офісі у нас": "Зустріч 22 січня.",
    "Збираємося о восьмій ранку в понеділок усі разом": "Збір у понеділок о 8:00.",
    "Починаємо о пів на десяту в середу як завжди": "Початок о 9:30 у середу.",
    "Займе півгодини максимум у кожного з нас": "Займе 30 хвилин.",
    "Вони хочуть ексклюзив на рік, не більше": "They want exclusivity for one year.",
    "Илья поговорит с клиентом на следующей неделе": "Ілля поговорить із клієнтом наступного тижня.",
    "Three out of four kids have no laptop": "75% of kids have no laptop.",
    "We have 25 , 000 users in this market": "25,000 users in this market.",
    "Why not Friday for the next release then": "Friday was asked about for the next release.",
    "Кошторис мільйон двісті, з них триста на дах": "Кошторис — 1,2 млн.",
    "Дзвінок призначили на чверть на одинадцяту": "Дзвінок о 10:15.",
    "Соломію попередили про зміни ще вчора": "Solomiia was warned yesterday.",
    "Встретимся с Иваном и Ольгой в пятницу": "Встреча: Ольга, Иван, пятница.",
}


@pytest.mark.parametrize(("said", "text"), TRUE.items())
def test_what_was_said_in_other_words_holds(said: str, text: str) -> None:
    assert holds(check(said, text=text))


FALSE = [
    ("We agreed on a call the Friday after next", "A call this Friday was agreed."),
    ("Let's meet again next Tuesday at the depot", "They meet again this Tuesday."),
    ("The audit is the week after next in the depot", "The audit is next week."),
    ("Звіт напиши до завтрашнього вечора, будь ласка", "Звіт треба написати до сьогоднішнього вечора."),
    ("Разберём это на завтрашней планёрке, не забудьте", "Разберут это на вчерашней планёрке."),
    ("We will hand it in at tomorrow's call with the bank", "It was handed in at yesterday's call with the bank."),
    ("The rate was seventy point two percent last year", "The rate was 72%."),
    ("They invest half a million dollars in it", "They invest $50,000."),
    ("We need a dozen laptops for the new hires", "12 licences are needed."),
    ("We need 5 laptops and 12 licences for them", "12 laptops are needed."),
    ("We had three and a half million users last year", "35 million users last year."),
    ("The budget is fifteen thousand for this year", "The budget is fifty thousand."),
    ("The project needs 5 more from all of us", "The project needs 5 K more."),
    ("The project needs 5 more from all of us", "The project needs 5 managers more."),
    ("The project needs 5 hours more from all of us", "The project needs 5 minutes more."),
    ("Sales went up by 20 percent in the last year", "Sales went up by 20 in the last year."),
    ("Sales went up by 20 percent in the last year", "Sales went up by 20 pp."),
    ("Sales went up by 20 percent in the last year", "Sales went up 20-fold."),
    ("The price goes from 300 to 200 dollars", "The price goes from 200 to 300 dollars."),
    ("The price goes from 300 to 200 dollars", "The price goes to 300 from 200 dollars."),
    ("We hire two or three people for the support desk", "3 people are hired."),
    ("We hire people for the team this year", "We hire one person."),
    ("The price stays as it is for now", "The price triples."),
    ("The rate is 2.5 for the first year", "The rate is 2⅕."),
    ("We pay 500 dollars to the vendor next month", "We pay 500 yen next month."),
    ("We pay 500 dollars to the vendor next month", "We pay ₿500 next month."),
    ("We pay 500 dollars to the vendor next month", "We pay 500 ₫ next month."),
    ("We pay 500 dollars to the vendor next month", "We pay CA$500 next month."),
    ("We pay 500 dollars to the vendor next month", "We pay 500 Canadian dollars next month."),
    ("We pay 500 dollars to the vendor next month", "We pay 500 thalers next month."),
    ("We pay 500 dollars to the vendor next month", "We pay 500 dollars per user next month."),
    ("We pay 500 dollars to the vendor next month", "We pay 5ОО0 dollars next month."),
    ("We pay 500 dollars to the vendor next month", "We pay 5OOO dollars next month."),
    ("We pay 500 dollars to the vendor next month", "We pay Ⅿ dollars next month."),
    ("We pay 500 dollars to the vendor next month", "We pay 500 dollars to the vеndor next month."),
    ("We pay 500 dollars to the vendor next month", "We pay 500,000 dollars next month."),
    ("We pay 500 dollars to the vendor next month", "We pay 500 (EUR) next month."),
    ("We pay 500 dollars to the vendor next month", "We pay 500 ½ dollars next month."),
    ("We pay 500 to the vendor next month", "We pay $500 next month."),
    ("We pay in dollars to the vendor next month", "We pay in euros next month."),
    ("We pay 500 dollars a month to the vendor", "We pay 500 dollars a year."),
    ("The call is at half past nine on Thursday", "The call is at 9:30 on Wednesday."),
    ("The call is at a quarter to ten on Thursday", "The call is at 10:15."),
    ("The call starts at 2:30 p.m. sharp today", "The call starts at 2:30 a.m."),
    ("We meet at nine on Monday in the small room", "We meet at half past nine on Monday."),
    ("We meet at nine on Monday in the small room", "We meet at 9 p.m. on Monday."),
    ("I may call them in the next few days", "They will be called in May."),
    ("The deadline is not Friday but Monday next week", "The deadline is Friday."),
    ("The second vendor costs more than the first vendor", "The third vendor costs more."),
    ("Robert will send it as soon as he can", "Robert sends it next week."),
    ("Robert will send it as soon as he can", "Robert sends it by the end of the day."),
    ("Robert will send it as soon as he can", "Robert sends it before Christmas."),
    ("Robert will send it as soon as he can", "Robert sends it by Q3."),
    ("Robert will send it as soon as he can", "Robert sends it after the summer."),
    ("Robert will send it as soon as he can", "Robert sends it the day after tomorrow."),
    ("Robert will send it as soon as he can", "Robert sends it over the weekend."),
    ("Robert will send it as soon as he can", "Robert sends it a week from now."),
    ("Robert will send it as soon as he can", "Robert sends it weekly."),
    ("Somebody will call the client about the offer", "Gazprom wins the offer."),
    ("Somebody will call the client about the offer", "helena will call the client."),
    ("Somebody will call the client about the offer", "The ceo and the lawyer will call the client."),
    ("Robert blames Helen for the lost data", "Helen blames Robert for the lost data."),
    ("Robert will send the report to Helen", "Helen will send the report to Robert."),
    ("Это стоит два с половиной миллиона рублей", "Стоимость 2,5 млрд рублей."),
    ("Купим двенадцать ноутбуков для новых сотрудников", "Купим 12 лицензий."),
    ("Платим пять тысяч евро в месяц за аренду", "Аренда 5000 евро в год."),
    ("Проекту нужно 5 от всех нас сразу", "Проекту нужно 5 лямов."),
    ("Конверсия выросла на два процентных пункта за квартал", "Конверсия выросла на 2%."),
    ("Релиз в среду после обеда как договорились", "Релиз в четверг."),
    ("Настроили всё в тестовой среде ещё вчера вечером", "Настроено в среду."),
    ("Марта отправит отчёт клиенту до конца недели", "Отчёт отправят до конца марта."),
    ("Встречаемся без четверти девять у входа в офис", "Встреча в 9:45."),
    ("Через неделю отправим всё клиенту на проверку", "Отправка через 2 недели."),
    ("Александр позвонит клиенту по поводу предложения", "Александра позвонит клиенту."),
    ("Починаємо о пів на десяту в середу як завжди", "Початок о 10:30 у середу."),
    ("Нам треба тридцять п'ять стільців до п'ятниці", "Потрібно 35 стільців до четверга."),
    ("Иванов підготує звіт до кінця тижня", "Иванова підготує звіт до кінця тижня."),
]


@pytest.mark.parametrize(("said", "text"), FALSE)
def test_what_was_not_said_is_unsupported(said: str, text: str) -> None:
    assert not holds(check(said, text=text))


MEETING = date(2026, 11, 19)  # a Thursday


@pytest.mark.parametrize(
    ("said", "text", "right"),
    [
        ("We will send it to them tomorrow", "Due on 2026-11-20.", True),
        ("We will send it to them tomorrow", "Due on 2026-11-21.", False),
        ("We will send it to them tomorrow", "Due on Friday.", True),
        ("We will send it to them tomorrow", "Due on Monday.", False),
        ("We will send it to them on Monday", "Due on November 23.", True),
        ("We will send it to them on Monday", "Due on November 24.", False),
        ("We will send it to them on November 23", "Due on Monday.", True),
        ("We will send it to them next Friday", "Due on 2026-11-27.", True),
        ("We will send it to them in two weeks", "Due on 2026-12-03.", True),
        ("We will send it by the end of the month", "Due on 2026-11-30.", True),
        ("Отправим им в понедельник, двадцать третьего", "Срок — 23.11.2026.", True),
        ("Відправимо їм післязавтра без затримок", "Строк — 2026-11-21.", True),
    ],
)
def test_the_meetings_date_resolves_days(said: str, text: str, right: bool) -> None:
    assert holds(check(said, text=text, on=MEETING)) is right


@pytest.mark.parametrize(
    ("said", "value", "kept"),
    [
        ("We will send it to them on Monday", "2026-11-23", "Monday"),
        ("We will send it to them on Monday", "2026-11-24", None),
        ("We will send it to them tomorrow", "2026-11-20", "tomorrow"),
        ("We will send it to them tomorrow", "завтра", "завтра"),
        ("We meet at half past nine again", "9:30", "9:30"),
        ("We meet in half an hour again", "in half a day", None),
        ("We meet by the end of the week", "end of the week", "end of the week"),
        ("We send it as soon as possible", "as soon as possible", "as soon as possible"),
        ("We send it as soon as possible", "next month", None),
    ],
)
def test_a_date_without_a_meetings_date_keeps_what_was_said(said: str, value: str, kept: str | None) -> None:
    assert check(said, text="It is sent.", due_date=value).fields[0].value == kept


OWNERS = [
    (["Robert Lane: I will send the report to the client."], 1, "Robert Lane", True),
    (["Robert Lane: I will send the report to the client."], 1, "Helen Brooks", False),
    (["Robert Lane: Helen, please send the report to the client."], 1, "Helen", True),
    (["Robert Lane: Please send the report to the client."], 1, "Robert Lane", False),
    (["Robert Lane: We will send the report to the client."], 1, "Robert Lane", False),
    (["Robert Lane: We will send the report to the client."], 1, "the team", True),
    (["Robert Lane: I know the vendor will send the report."], 1, "Robert Lane", False),
    (["Robert Lane: Leave the report for the client to me."], 1, "Robert Lane", True),
    (["Robert Lane: Can you send the report today?", "Helen Brooks: Sure, will do."], 2, "Helen Brooks", True),
    (["Hon. Marc Garneau (Minister of Transport): I will look into it personally."], 1, "Marc Garneau", True),
    (["Speaker 1: I will send the report tonight.", "Speaker 2: Thank you all for this."], 1, "Speaker 2", False),
    (["Speaker 1: I will send the report tonight.", "Speaker 2: Thank you all for this."], 1, "Speaker 1", True),
    (["Виктор: Спрошу у них до конца недели."], 1, "Виктор", True),
    (["Юля: Спроси, пожалуйста, до конца недели."], 1, "Юля", False),
    (["Инна: Счёт выставлю сразу после второй поставки."], 1, "Инна", True),
    (["Инна: Отправьте клиенту новую версию договора."], 1, "Инна", False),
    (["Игорь: Отчёт за мной, пришлю его в пятницу."], 1, "Игорь", True),
    (["Марта: Добре, попереджу Соломію про ці зміни."], 1, "Марта", True),
    (["Марта: Добре, попереджу Соломію про ці зміни."], 1, "Богдан", False),
    (["Юрій: Ще ні, скажи йому про це сьогодні."], 1, "Юрій", False),
    (["Оксана: Я підготую договір до четверга."], 1, "Оксана", True),
]


@pytest.mark.parametrize(("said", "quoted", "owner", "right"), OWNERS)
def test_an_owner_is_named_or_speaks_in_the_first_person(said: list[str], quoted: int, owner: str, right: bool) -> None:
    item = check(*said, text="It is done.", quoted=quoted, owner=owner)
    assert item.fields[0].value == (owner if right else None)
    assert holds(item)


def test_a_text_that_names_an_owner_without_support_is_unsupported() -> None:
    said = ["Юля: Спроси, пожалуйста, до конца недели.", "Виктор: Спрошу."]
    assert not holds(check(*said, text="Юля спросит до конца недели.", owner="Юля"))
    assert holds(check(*said, text="Виктор спросит до конца недели.", quoted=2, owner="Виктор"))


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Helen said that the design is slow.", False),
        ("Robert said that the design is slow.", True),
        ("Robert Lane finds the design slow.", True),
        ("Helen Brooks finds the design slow.", False),
        ("The design was called slow.", True),
    ],
)
def test_what_a_text_says_of_a_participant_is_the_quotes_speakers(text: str, right: bool) -> None:
    said = ["Robert Lane: I think the design is awful and slow.", "Helen Brooks: It is not."]
    assert holds(check(*said, text=text)) is right


@pytest.mark.parametrize(
    "text",
    [
        "We pay \u202e005\u202c dollars next month.",
        "We pay 5\u200b00 dollars next month.",
        "We do n\u200bot pay next month.",
    ],
)
def test_hidden_characters_within_words_and_numbers_make_an_item_unsupported(text: str) -> None:
    item = check("We pay 500 dollars to the vendor next month", text=text)
    assert not holds(item)
    assert [problem.code for problem in item.problems] == ["hidden_characters"]
    assert item.text.isascii()


def test_hidden_characters_leave_texts_fields_and_quotes() -> None:
    item = check(
        "We pay 500 dollars to \u200bthe vendor", text="\ufeffWe pay 500 dollars\u200b.", amount="500 dollars\u2060"
    )
    assert holds(item)
    assert (item.text, item.fields[0].value) == ("We pay 500 dollars.", "500 dollars")
    assert item.quotes[0].quote == "We pay 500 dollars to the vendor"


def test_a_quote_of_fewer_than_four_words_stands_as_a_whole_sentence_only() -> None:
    said = "The new office is larger. We signed yesterday. The rent is due."
    utterance = Utterance(id=1, speaker="Helen", text=said)
    transcript = Transcript(language="en", engine="e", model="m", version="1", utterances=(utterance,))
    items = tuple(
        DraftItem(text="It was signed yesterday.", quotes=(DraftQuote(quote=quote, utterance_id=1),))
        for quote in ("We signed yesterday", "signed yesterday", "rent is due")
    )
    section = DraftSection(kind="k", title="t", items=items)
    draft = DraftArtifacts(engine="e", model="m", prompt_version="1", language="en", sections=(section,))
    (checked,) = verify(draft, transcript=transcript, people=()).sections
    assert [item.quotes[0].quote for item in checked.items] == ["We signed yesterday."]
    assert [item.rejected_quotes[0].reason for item in checked.unsupported] == ["too_short", "too_short"]
