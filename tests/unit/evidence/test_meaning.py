"""What code can see of an item's meaning: a table of talk, and of what may and may not be made of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aam.evidence.schemas import DraftArtifacts, DraftItem, DraftQuote, DraftSection, Item, Support
from aam.evidence.verify import verify
from aam.transcription.schemas import Transcript, Utterance


@dataclass(frozen=True)
class Case:
    """Talk as "speaker: text" lines with the quoted words in brackets, and an item of a section."""

    said: str
    item: str
    section: str = "summary"


def check(case: Case) -> Item:
    utterances = []
    quotes = []
    for number, line in enumerate(case.said.strip().splitlines(), 1):
        speaker, text = line.strip().split(": ", maxsplit=1)
        quotes += [DraftQuote(quote=piece.split("]")[0], utterance_id=number) for piece in text.split("[")[1:]]
        utterances.append(Utterance(id=number, speaker=speaker, text=text.replace("[", "").replace("]", "")))
    draft = DraftItem(text=case.item, quotes=tuple(quotes))
    document = DraftArtifacts(
        engine="e",
        model="m",
        prompt_version="1",
        language="en",
        sections=(DraftSection(kind=case.section, title="t", items=(draft,)),),
    )
    transcript = Transcript(language="en", engine="e", model="m", version="1", utterances=tuple(utterances))
    (section,) = verify(document, transcript=transcript, people=()).sections
    (item,) = section.items + section.unsupported
    return item


TRUE = [
    Case("A: [We will not renew the contract with the agency].", "The contract with the agency will not be renewed."),
    Case("A: [We can't ship before the audit is finished].", "No shipping before the audit is finished."),
    Case("A: [The client refused to sign the new terms].", "The client did not sign the new terms."),
    Case("A: [The board turned down the second offer].", "The board rejected the second offer."),
    Case("A: [Not only the price but also the delivery is a topic].", "The price and the delivery are topics."),
    Case(
        "A: [Don't forget to send the invoice to the client].",
        "The invoice is to be sent to the client.",
        "action_items",
    ),
    Case("A: [The report is due no later than Friday evening].", "The report is due by Friday evening."),
    Case(
        "A: [If the tests pass, we release the update on Monday].",
        "If the tests pass, the update is released on Monday.",
    ),
    Case("A: [If the tests pass, we release the update on Monday].", "The update is released once the tests pass."),
    Case("A: [We could maybe move the office to the harbour].", "A move of the office to the harbour was suggested."),
    Case("A: [Maybe the supplier is late again].", "The supplier may be late again.", "risks"),
    Case("A: [Should we hire a second designer]?", "Should a second designer be hired?", "open_questions"),
    Case(
        "A: [Should we hire a second designer]?\nB: Yes, let's do that.",
        "A second designer will be hired.",
        "decisions",
    ),
    Case("A: [Can you send me the slides]?\nB: Sure.", "B sends the slides.", "action_items"),
    Case("A: [Let's take the smaller room].\nB: Agreed.", "The smaller room is taken.", "decisions"),
    Case("A: We take the smaller room. Scratch that, [we take the hall].", "The hall is taken.", "decisions"),
    Case("A: [All invoices are approved, except the ones from May].", "All invoices but those from May are approved."),
    Case("A: [I think the old vendor is better].", "A thinks that the old vendor is better."),
    Case("A: [The new server is faster than the old one].", "The old server is slower than the new one."),
    Case(
        "A: [I'll check with legal if we need a licence].",
        "A checks with legal whether a licence is needed.",
        "action_items",
    ),
    Case("A: [We sent the samples to the lab yesterday].", "The samples were sent to the lab."),
    Case("A: [We will send the samples to the lab].", "The samples will be sent to the lab."),
    Case("A: [The rent for the hall goes up in June].", "The rent for the hall rises in June."),
    Case("A: [Мы не будем продлевать договор с агентством].", "Договор с агентством не продлевают."),
    Case("A: [Никто не возражает против нового графика].", "Против нового графика никто не возражает."),
    Case("A: [Если тесты пройдут, выпускаем обновление в понедельник].", "Обновление выйдет, если пройдут тесты."),
    Case("A: [Наверное, поставщик опять опоздает].", "Поставщик, возможно, опять опоздает.", "risks"),
    Case("A: [Переезжаем в новый офис в июне]?\nB: Да, переезжаем.", "Переезд в новый офис в июне.", "decisions"),
    Case("A: [Предлагаю закрыть склад на севере].", "А предложил закрыть склад на севере."),
    Case("A: [Клиент отказался подписывать новые условия].", "Клиент не подписал новые условия."),
    Case("A: [Ми не продовжуємо договір з агенцією].", "Договір з агенцією не продовжують."),
    Case("A: [Якщо тести пройдуть, випускаємо оновлення].", "Оновлення вийде, якщо пройдуть тести."),
    Case("A: [Пропоную закрити склад на півночі].", "Пропозиція: закрити склад на півночі."),
    Case("A: [Мабуть, постачальник знову запізниться].", "Постачальник, можливо, знову запізниться.", "risks"),
    Case("A: [Сервер лежав сорок хвилин], резервна копія є.", "Сервер не работал сорок минут."),
    Case("A: [The hall costs too much for us].", "Зал слишком дорогой для нас."),
    Case("A: [We keep the old logo and drop the slogan].", "The old logo stays, the slogan is dropped."),
    Case("A: [Most of the users like the dark theme].", "Most users like the dark theme."),
]
FALSE = [
    Case("A: I do not think that [we are ready for the spring launch].", "We are ready for the spring launch."),
    Case("A: [The client is happy with the new design].", "The client is not happy with the new design."),
    Case("A: [We failed to deliver the parts on time].", "We delivered the parts on time."),
    Case("A: [The committee rejected the plan].", "The committee approved the plan."),
    Case("A: [The merger fell through in the end].", "The merger went through in the end."),
    Case("A: [There is a lack of test devices for the team].", "There are test devices for the team."),
    Case("A: [The costs go up by five percent].", "The costs go down by five percent."),
    Case("A: [The new server is faster than the old one].", "The old server is faster than the new one."),
    Case("A: [Some users complain about the menu].", "All users complain about the menu."),
    Case("A: [We will send the samples to the lab].", "The samples have already been sent to the lab."),
    Case("A: If the tests pass, [we release the update on Monday].", "The update is released on Monday."),
    Case("A: [We sign the lease] provided the landlord repairs the roof.", "The lease is signed.", "decisions"),
    Case("A: [We approve the travel costs] except for the hotel.", "The travel costs are approved.", "decisions"),
    Case("A: [Should we hire a second designer]?", "A second designer will be hired.", "decisions"),
    Case("A: [Should we hire a second designer]?\nB: No, not this year.", "A second designer is hired.", "decisions"),
    Case(
        "A: [I suggest that we hire a second designer].\nB: I will think about it.",
        "A second designer is hired.",
        "decisions",
    ),
    Case("A: [We could maybe move the office to the harbour].", "The office moves to the harbour.", "decisions"),
    Case("A: [The supplier is probably late again].", "The supplier is late again."),
    Case(
        "A: [We move the launch to May].\nA: Sorry, scratch that, we keep April.",
        "The launch moves to May.",
        "decisions",
    ),
    Case("A: [We move the launch to May].\nB: No.", "The launch moves to May.", "decisions"),
    Case("A: Yeah right, [the client loves waiting for us].", "The client loves waiting for us."),
    Case("A: [Thanks to everybody for joining today].", "The company closes two factories in spring."),
    Case(
        "A: [The old van costs ninety a day].\nB: [The new truck comes on Monday].", "The new truck costs ninety a day."
    ),
    Case("A: Не думаю, что [мы готовы к запуску весной].", "Мы готовы к запуску весной."),
    Case("A: [Клиент отказался подписывать новые условия].", "Клиент согласился подписывать новые условия."),
    Case("A: Если тесты пройдут, [выпускаем обновление в понедельник].", "Обновление выпускают в понедельник."),
    Case("A: [Может, закроем склад на севере]?", "Склад на севере закрывают.", "decisions"),
    Case("A: [Переносим запуск на май].\nB: Нет, отбой, остаётся апрель.", "Запуск переносится на май.", "decisions"),
    Case("A: [Расходы на рекламу выросли вдвое].", "Расходы на рекламу упали вдвое."),
    Case("A: [Завтра отправим образцы в лабораторию].", "Образцы уже отправили в лабораторию."),
    Case("A: [Часть сотрудников работает из дома].", "Все сотрудники работают из дома."),
    Case("A: Не думаю, що [ми готові до запуску навесні].", "Ми готові до запуску навесні."),
    Case("A: [Клієнт відмовився підписувати нові умови].", "Клієнт погодився підписувати нові умови."),
    Case(
        "A: [Переносимо запуск на травень].\nA: Ні, стоп, лишаємо квітень.",
        "Запуск переносять на травень.",
        "decisions",
    ),
    Case("A: [Може, закриємо склад на півночі]?", "Склад на півночі закривають.", "decisions"),
    Case("A: [Надішлемо зразки до лабораторії], якщо буде кур'єр.", "Зразки надішлють до лабораторії."),
    Case("A: [Деякі працівники працюють з дому].", "Усі працівники працюють з дому."),
]
SUPPORTED = [
    Case("A: [We move the launch to May].", "We move the launch to May."),
    Case("A: So um [we move the uh launch to May].", "We move the launch to May."),
    Case("A: [The old board is cheaper, and it arrives this week].", "The old board is cheaper."),
    Case("A: Okay, [мы переносим запуск на май].", "Мы переносим запуск на май."),
    Case("A: [Вони хочуть ексклюзив на два роки].", "Вони хочуть ексклюзив на два роки."),
    Case("A: [We do not move the launch to May].", "We do not move the launch to May."),
]
NOT_CONFIRMED = [
    Case("A: [We move the launch to May, if the client agrees].", "We move the launch to May, if the client agrees."),
    Case("A: Bob claims that [we move the launch to May].", "We move the launch to May."),
    Case("A: It is a myth, that [we move the launch to May].", "We move the launch to May."),
    Case("A: The cousin of [Anna will pay for the hall].", "Anna will pay for the hall."),
    Case("A: [We move the launch of the app to May].", "We move the launch to May."),
]


def talk(name: str) -> list[Case]:
    """Return the cases of a file beside this one: section | talk, its lines parted by \\n | item."""
    lines = (Path(__file__).parent / f"talk_{name}.txt").read_text(encoding="utf-8").splitlines()
    rows = (line.split(" | ") for line in lines)
    return [Case(said.replace("\\n", "\n"), item, section) for section, said, item in rows]


@pytest.mark.parametrize("case", [*TRUE, *talk("true")], ids=lambda case: case.item)
def test_a_true_paraphrase_is_not_refused(case: Case) -> None:
    item = check(case)
    assert [problem.code for problem in item.problems] == []


@pytest.mark.parametrize("case", [*FALSE, *talk("false")], ids=lambda case: f"{case.said} | {case.item}")
def test_an_item_that_turns_its_quote_is_unsupported(case: Case) -> None:
    assert check(case).support is Support.UNSUPPORTED


@pytest.mark.parametrize("case", SUPPORTED, ids=lambda case: case.said)
def test_an_item_in_the_quote_s_own_words_is_supported(case: Case) -> None:
    assert check(case).support is Support.SUPPORTED


@pytest.mark.parametrize("case", NOT_CONFIRMED, ids=lambda case: case.said)
def test_words_cut_from_a_larger_statement_are_not_confirmed(case: Case) -> None:
    assert check(case).support is not Support.SUPPORTED


_NOUNS = st.sampled_from(["vendor", "client", "budget", "office", "server", "contract"])
_VERBS = st.sampled_from(["approve", "move", "sell", "repair", "extend", "replace"])


@given(verb=_VERBS, noun=_NOUNS, other=_NOUNS, denial=st.sampled_from(["do not", "will never", "don't", "cannot"]))
def test_a_denial_put_into_the_talk_never_leaves_the_item_standing(
    verb: str, noun: str, other: str, denial: str
) -> None:
    item = f"We {verb} the {noun} of the {other}."
    assert check(Case(f"A: [We {verb} the {noun} of the {other}].", item)).support is Support.SUPPORTED
    assert check(Case(f"A: We {denial} [{verb} the {noun} of the {other}].", item)).support is Support.UNSUPPORTED


@given(
    verb=_VERBS,
    noun=_NOUNS,
    condition=st.sampled_from(["if they pay", "unless they refuse", "provided they agree", "as long as it holds"]),
    section=st.sampled_from(["decisions", "summary", "action_items"]),
)
def test_a_condition_left_out_never_leaves_the_item_standing(
    verb: str, noun: str, condition: str, section: str
) -> None:
    item = f"We {verb} the {noun} in spring."
    assert (
        check(Case(f"A: [We {verb} the {noun} in spring] {condition}.", item, section)).support is Support.UNSUPPORTED
    )
    kept = check(Case(f"A: [We {verb} the {noun} in spring {condition}].", f"{item[:-1]} {condition}.", section))
    assert kept.support is Support.QUOTED


@given(said=st.text(max_size=80), item=st.text(max_size=80), quoted=st.integers(0, 80))
def test_no_text_can_break_the_judgement(said: str, item: str, quoted: int) -> None:
    line = " ".join(said.replace("[", "").replace("]", "").split())
    check(Case(f"A: [{line[:quoted]}]{line[quoted:]}", item, "decisions"))


def test_a_quote_of_a_few_words_out_of_a_long_talk_is_read_once() -> None:
    sentence = "We move the launch of the app to May, and if they agree, we do not charge for it. "
    line = f"A: {sentence * 400}[We keep the old logo for now]. {sentence * 400}"
    assert check(Case(line, "The old logo is kept for now.")).support is Support.QUOTED
