from __future__ import annotations

import json
from pathlib import Path

import pytest

from aam.artifacts.catalogue import load_catalogue
from aam.artifacts.extractive.engine import MAX_ITEMS, draft_extractively
from aam.artifacts.extractive.summary import MAX_WORDS
from aam.artifacts.extractive.talk import talk_of
from aam.artifacts.schemas import CheckedArtifacts, Item
from aam.evidence.verify import verify
from aam.language.tokens import word_count
from aam.transcription.schemas import Transcript, Utterance, Word

CATALOGUE = load_catalogue()
QMSUM = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "qmsum" / "val"
NAMES = {
    "A": "Anna Berg",
    "B": "Boris Hale",
    "C": "Cara Ives",
    "О": "Ольга Белова",
    "П": "Павло Гук",
    "Д": "Денис Орлов",
}


def transcript(*texts: str, language: str = "en") -> Transcript:
    """Two speakers without names in turn; "A: …" is said by a person of the list."""
    said = []
    for n, text in enumerate(texts, 1):
        letter, _, rest = text.partition(": ")
        named = letter in NAMES
        said.append(
            Utterance(
                id=n,
                speaker=NAMES[letter] if named else f"Speaker {n % 2 + 1}",
                start_ms=n * 1000,
                end_ms=n * 1000 + 900,
                text=rest if named else text,
            )
        )
    return Transcript(language=language, engine="e", model="m", version="1", utterances=tuple(said))


def minutes(said: Transcript, *people: str, scenario: str = "general") -> CheckedArtifacts:
    draft = draft_extractively(said, scenario=CATALOGUE.scenario(scenario), people=people)
    assert draft.label == "extractive draft"
    return verify(draft, transcript=said, people=people)


def items(artifacts: CheckedArtifacts, kind: str) -> list[Item]:
    return [item for section in artifacts.sections if section.kind == kind for item in section.items]


def texts(artifacts: CheckedArtifacts, kind: str) -> list[str]:
    return [item.text for item in items(artifacts, kind)]


def fields(item: Item) -> list[str | None]:
    return [field.value for field in item.fields]


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
    artifacts = minutes(transcript(*STAND_UP), "Anna", "Robin Smith", scenario="stand-up")
    assert artifacts.unsupported_count == 0
    assert texts(artifacts, "decisions") == [STAND_UP[1]]
    assert texts(artifacts, "action_items") == [STAND_UP[2], STAND_UP[3]]
    assert texts(artifacts, "risks") == [STAND_UP[4]]
    assert texts(artifacts, "open_questions") == [STAND_UP[5]]
    first, second = items(artifacts, "action_items")
    assert fields(first) == ["Anna", "friday december fourth"]
    assert fields(second) == ["Robin Smith", "wednesday"]
    assert first.quotes[0].start_ms == 3000


def test_headings_follow_the_language_of_the_transcript() -> None:
    titles = {section.kind: section.title for section in minutes(transcript("Добрый день.", language="ru")).sections}
    assert (titles["decisions"], titles["action_items"]) == ("Решения", "Задачи")


@pytest.mark.parametrize(
    ("said", "owner", "due"),
    [
        (("A: I'll send the report to the client by Monday.",), "Anna Berg", "Monday"),
        (("A: Boris, could you call the bank tomorrow?", "B: Sure, no problem."), "Boris Hale", "tomorrow"),
        (("A: Could you call the bank about the loan?", "B: Yes, I'll do it on Friday."), "Boris Hale", "Friday"),
        (("A: Boris, order the new boxes by Thursday.", "B: Will do."), "Boris Hale", "Thursday"),
        (("A: Who writes the newsletter this month?", "B: Leave it with me."), "Boris Hale", "this month"),
        (("A: Cara is going to check the contract.", "B: Fine."), "Cara Ives", None),
        (("О: Денис, найди, пожалуйста, новый склад.", "Д: Хорошо, до пятницы найду."), "Денис Орлов", "пятницы"),
        (("О: Я подготовлю смету к среде.", "Д: Ага."), "Ольга Белова", "среде"),
        (("О: Переверстать сайт сможешь, Денис?", "Д: Да, к вечеру сделаю."), "Денис Орлов", "к вечеру"),
        (("П: Я надішлю договір завтра.", "О: Дякую."), "Павло Гук", "завтра"),
        (("О: Павле, виклич, будь ласка, майстра.", "П: Добре."), "Павло Гук", None),
        (("A: I will need the numbers, Cara.", "C: I'll collect the numbers.", "A: By when?", "C: Uh, Friday."),
         "Cara Ives", "Friday"),
    ],
)  # fmt: skip
def test_a_task_has_its_owner_and_day_from_the_turns_that_settle_it(
    said: tuple[str, ...], owner: str, due: str | None
) -> None:
    (item,) = items(minutes(transcript(*said), *NAMES.values()), "action_items")
    assert fields(item) == [owner, due]


@pytest.mark.parametrize(
    "said",
    [
        ("A: Boris, could you talk to the landlord?", "B: No, sorry, I'm the wrong person for that."),
        ("A: I will not send the contract before Friday.",),
        ("A: I could write the minutes if I had an extra day.",),
        ("A: I'll be honest, I don't like the colour.",),
        ("A: Can you see my screen now?", "B: Yes, we can see it."),
        ("О: Олег не должен отправлять договор до проверки.",),
        ("О: Я бы сделала отчёт, но времени нет.",),
        ("О: Смотрите, тут такая история с договором.", "Д: Ага."),
        ("П: Я не надішлю договір завтра.",),
    ],
)
def test_what_is_refused_denied_or_only_possible_is_no_task(said: tuple[str, ...]) -> None:
    assert texts(minutes(transcript(*said), *NAMES.values()), "action_items") == []


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (("A: We decided to keep the office.",), "We decided to keep the office."),
        (("A: What about the eighteenth of May?", "B: Works for me.", "A: So it's the eighteenth of May then, agreed."),
         "it's the eighteenth of May then, agreed."),
        (("A: Let's paint the kitchen green.", "B: Yes, lovely."), "Let's paint the kitchen green."),
        (("A: Red or green for the kitchen?", "B: Green.", "A: Green kitchen it is."), "Green kitchen it is."),
        (("О: Тогда переносим встречу на вторник.", "Д: Угу."), "Тогда переносим встречу на вторник."),
        (("О: Берём второй склад?", "Д: Берём, конечно."), "Берём второй склад?"),
        (("О: Отже, друкуємо нові етикетки.", "П: Добре."), "друкуємо нові етикетки."),
        (("П: Пропоную зібрати по двісті гривень.", "О: Згодна."), "Пропоную зібрати по двісті гривень."),
    ],
)  # fmt: skip
def test_a_decision_is_called_one_concluded_or_agreed_on(said: tuple[str, ...], text: str) -> None:
    (found,) = texts(minutes(transcript(*said)), "decisions")
    assert found.lower().endswith(text.lower())


@pytest.mark.parametrize(
    "said",
    [
        ("A: We have not agreed that the price stays at 900 euros.",),
        ("A: Nobody said that we decided to hire a second vendor.",),
        ("A: Did we decide to hire a second vendor?", "B: I don't remember."),
        ("A: Let's think about it some more.", "B: Okay."),
        ("A: Let's paint the kitchen green.", "B: No, I'd rather not."),
        ("A: If we decided to move, it would cost a fortune.",),
        ("A: We could just buy a new oven.", "B: Hmm, with which money?"),
        ("О: Мы так и не решили, кто поедет на выставку.",),
        ("О: Ещё не договорились о цене, вернёмся в среду.",),
        ("О: Давайте обсудим это потом.", "Д: Хорошо."),
        ("О: Сейчас мы платим за офис слишком много.", "Д: Ну да."),
        ("О: Ничего не согласовали с юристами.",),
    ],
)
def test_what_is_denied_asked_deferred_or_only_possible_is_no_decision(said: tuple[str, ...]) -> None:
    assert texts(minutes(transcript(*said)), "decisions") == []


@pytest.mark.parametrize(
    ("said", "decisions"),
    [
        (
            ("A: We open the new hall at six. Any objections?", "B: Fine by me."),
            ["We open the new hall at six."],
        ),
        (
            ("О: С мая запускаем вторую смену. Возражения есть?", "Д: Да нет, не возражаю."),
            ["С мая запускаем вторую смену."],
        ),
        (
            ("П: Підсумую, поки всі тут. Новий сорт меду на ярмарок. Доставка щосереди машиною Степана. Бувайте.",),
            ["Новий сорт меду на ярмарок.", "Доставка щосереди машиною Степана."],
        ),
        (("A: So we're at two of us on the rota now.", "B: Yes, sadly."), []),
        (("О: Значит, арматура кончилась на складе.", "Д: Да, плохо."), []),
    ],
)
def test_what_is_unopposed_or_summed_up_is_decided_and_a_report_is_not(
    said: tuple[str, ...], decisions: list[str]
) -> None:
    assert texts(minutes(transcript(*said)), "decisions") == decisions


@pytest.mark.parametrize(
    ("said", "open_questions"),
    [
        (("A: Who pays for the parking?", "B: I do.", "A: Good."), []),
        (("A: Who pays for the parking?", "B: Good question, no idea."), ["Who pays for the parking?"]),
        (("A: How much is the aquarium?", "B: Nine pounds a child."), []),
        (("О: Кто сдаёт ключи от офиса?", "Д: Не знаю, надо подумать."), ["Кто сдаёт ключи от офиса?"]),
        (("О: Мы ещё не решили, кто поедет на выставку.",), ["Мы ещё не решили, кто поедет на выставку."]),
        (("П: Хто буде відчиняти кав'ярню?", "О: Побачимо, ще не вирішили."), ["Хто буде відчиняти кав'ярню?"]),
    ],
)
def test_a_question_is_open_where_the_answers_leave_it_so(said: tuple[str, ...], open_questions: list[str]) -> None:
    artifacts = minutes(transcript(*said))
    assert texts(artifacts, "open_questions") == open_questions
    assert all(fields(item) == [NAMES[said[0][0]]] for item in items(artifacts, "open_questions"))
    assert all(item.problems == () for item in items(artifacts, "open_questions"))


@pytest.mark.parametrize(
    "said",
    [
        "The danger is that the printer arrives too late.",
        "If the part isn't here by then, we can't deliver the boxes.",
        "Боюсь, что мы переедем, а интернета не будет.",
        "Якщо апарат зламається, ми не зможемо приймати оплату.",
    ],
)
def test_what_is_feared_or_goes_wrong_is_a_risk(said: str) -> None:
    assert texts(minutes(transcript(said)), "risks") == [said]


@pytest.mark.parametrize(
    ("said", "amounts"),
    [
        ("The repair costs 650 pounds.", ["650 pounds"]),
        ("The fee goes from 45 to 60 pounds a day.", ["45; 60 pounds"]),
        ("The cardboard box costs three pounds forty now.", ["three pounds forty"]),
        ("The court costs thirteen fifty an hour.", ["thirteen fifty"]),
        ("The trainee is nineteen years old and very strong.", []),
        ("The gateway was down for ninety-seven minutes.", ["ninety-seven minutes"]),
        ("Half of the customers never came back.", []),
        ("We meet at ten on the fifth of May.", []),
        ("See you on 12 December at 9.", []),
        ("It took about ten minutes.", []),
        ("If we had 400 orders, that would be lovely.", []),
        ("Аренда четыреста восемьдесят тысяч в месяц.", ["четыреста восемьдесят тысяч"]),
    ],
)
def test_days_and_clock_times_are_no_figures(said: str, amounts: list[str]) -> None:
    assert [fields(item)[0] for item in items(minutes(transcript(said)), "figures")] == amounts


@pytest.mark.parametrize(
    ("said", "priority"),
    [
        ("A: I'll call the bank, it is urgent.", "high"),
        ("A: I'll call the bank tomorrow.", "high"),
        ("A: I'll call the bank by the end of the month.", "medium"),
        ("A: I'll call the bank some day, no rush.", "low"),
        ("О: Я срочно подготовлю смету для банка.", "high"),
    ],
)
def test_priority_follows_pressure_and_nearness(said: str, priority: str) -> None:
    assert [item.priority for item in items(minutes(transcript(said)), "action_items")] == [priority]


def test_nothing_is_shown_in_two_sections() -> None:
    said = transcript(
        "A: So we decided that the price stays at 900 euros until Friday.",
        "B: I'll send the contract for 1200 euros on Monday.",
        "A: The risk is that we lose 300 euros by Tuesday.",
    )
    shown = [item.text for section in minutes(said).sections if section.kind != "summary" for item in section.items]
    assert len(shown) == len(set(shown)) == 3


def test_labels_of_speakers_own_what_they_promise() -> None:
    (item,) = items(minutes(transcript("I'll send the report by Monday.")), "action_items")
    assert fields(item) == ["Speaker 2", "Monday"]


def test_a_long_pause_ends_a_sentence_where_there_is_no_punctuation() -> None:
    spoken = ["we", "decided", "to", "wait", "anna", "will", "call", "the", "bank"]
    words = tuple(
        Word(text=w, start_ms=n * 300 + (2000 if n > 3 else 0), end_ms=n * 300 + 250 + (2000 if n > 3 else 0))
        for n, w in enumerate(spoken)
    )
    said = transcript(" ".join(spoken))
    timed = said.model_copy(update={"utterances": (said.utterances[0].model_copy(update={"words": words}),)})
    assert [line.text for line in talk_of(timed, ()).lines] == ["we decided to wait", "anna will call the bank"]
    assert [line.text for line in talk_of(said, ()).lines] == [" ".join(spoken)]


def test_a_sentence_too_short_to_quote_is_quoted_with_its_neighbour() -> None:
    talk = talk_of(transcript("Well, yes. We all agreed on that plan. Good."), ())
    first, second, third = talk.lines
    assert talk.quote(second).quote == "We all agreed on that plan."
    assert talk.quote(third).quote == "We all agreed on that plan. Good."
    assert talk.quote(first).quote == "Well, yes. We all agreed on that plan."


def test_an_empty_meeting_is_no_trouble() -> None:
    artifacts = minutes(transcript("...", "", "—"))
    assert (artifacts.supported_count, artifacts.quoted_count, artifacts.unsupported_count) == (0, 0, 0)


def test_what_a_section_leaves_out_is_counted() -> None:
    said = transcript(*(f"Anna will send report number {n} about topic{n}x to client{n}y." for n in range(2, 200)))
    (section,) = [s for s in minutes(said, "Anna").sections if s.kind == "action_items"]
    assert len(section.items) == MAX_ITEMS
    assert section.left_out == 198 - MAX_ITEMS


def test_the_summary_is_short_and_says_nothing_twice() -> None:
    said = transcript(*(f"The new oven for the bakery costs {n} pounds in the spring sale." for n in range(100, 160)))
    summary = texts(minutes(said), "summary")
    assert sum(map(word_count, summary)) <= MAX_WORDS
    assert 0 < len(summary) <= 7


@pytest.mark.parametrize("name", ["ES2006a", "covid_2", "Bro011"])
def test_nearly_every_sentence_of_a_real_meeting_is_borne_out(name: str) -> None:
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
    artifacts = minutes(said)
    shown = artifacts.supported_count + artifacts.quoted_count
    assert shown > 5
    # What the check takes for a question or a condition stands apart, although it is quoted word for word.
    assert artifacts.unsupported_count <= shown / 10
