"""How a clause is meant, in three languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aam.language.clauses import sentences_of
from aam.language.frames import Frame
from aam.language.modality import clause_frames, frames_of
from aam.language.tokens import tokens_of

STATED = [
    "We move the office in June.",
    "Boris will send the report by Friday.",
    "The old board costs more than the new one.",
    "Not only the price went up.",
    "No doubt the client signs.",
    "I'll check in my department if there is a specialist.",
    "Мы переезжаем в июне.",
    "Не только цена выросла.",
    "Отчёт будет не позже пятницы.",
    "Ми переїжджаємо в червні.",
    "Звіт буде не пізніше п'ятниці.",
]
FRAMED = {
    Frame.DENIED: [
        "We will not move the office.",
        "The client isn't happy.",
        "Nobody wants it.",
        "I do not think that we are ready.",
        "Мы не переезжаем.",
        "Никто не пришёл.",
        "Не думаю, что мы готовы.",
        "Ми не переїжджаємо.",
        "Ніхто не прийшов.",
    ],
    Frame.QUESTION: [
        "Shall we move the office?",
        "should we get nine of these",
        "I am wondering whether there is a special feature",
        "Нужна ли им выгрузка",
        "Переезжаем в июне?",
        "Чи потрібна їм вивантажка",
    ],
    Frame.PROPOSAL: [
        "I suggest that we close.",
        "How about June.",
        "Предлагаю закрыть офис.",
        "Пропоную закрити офіс.",
    ],
    Frame.URGED: ["Let's move.", "We should move.", "Давайте переедем.", "Варто переїхати."],
    Frame.CONDITION: [
        "If they sign, we pay.",
        "We close the shop in case of a strike.",
        "We come, provided that they pay.",
        "Если подпишут, платим.",
        "Якщо підпишуть, платимо.",
        "Otherwise the clients will complain.",
    ],
    Frame.HEDGE: ["We might move.", "It is ready probably.", "Наверное, возьмём.", "Мабуть, візьмемо."],
    Frame.OPINION: ["I think it is better.", "По-моему, лучше так.", "Вважаю, що так краще."],
    Frame.EXCEPTION: ["All are approved except those.", "Все, кроме двух.", "Усі, крім двох."],
    Frame.RETRACTION: [
        "Scratch that.",
        "Never mind, we stay.",
        "Отбой, остаёмся.",
        "П'ятдесят забудьте, беремо сорок.",
    ],
    Frame.SARCASM: ["Yeah right, they love it.", "Ага, щас."],
}


@pytest.mark.parametrize("text", STATED)
def test_a_plain_statement_has_no_frame(text: str) -> None:
    assert frames_of(text) <= {Frame.QUESTION} if " if " in text else not frames_of(text)


@pytest.mark.parametrize(("frame", "text"), [(frame, text) for frame, texts in FRAMED.items() for text in texts])
def test_the_cue_of_a_frame_is_seen(frame: Frame, text: str) -> None:
    assert frame in frames_of(text)


def _by_clause(text: str) -> dict[str, frozenset[Frame]]:
    tokens = tokens_of(text)
    return {
        text[tokens[clause.first].start : tokens[clause.last - 1].end]: frames
        for sentence in sentences_of(text, tokens)
        for clause, frames in zip(sentence.clauses, clause_frames(tokens, sentence), strict=True)
    }


def test_a_condition_reaches_what_depends_on_it_and_no_further() -> None:
    frames = _by_clause("The rent is high, but if they sign, we pay.")
    assert frames == {
        "The rent is high": frozenset(),
        "but if they sign": {Frame.CONDITION},
        "we pay": {Frame.CONDITION},
    }
    assert all(Frame.CONDITION in found for found in _by_clause("We pay if they sign.").values())


def test_a_sentence_does_not_frame_the_next() -> None:
    assert Frame.QUESTION not in _by_clause("Is it June ? We move the office .")["We move the office"]


@given(st.text(max_size=200))
def test_clauses_cover_every_token_once(text: str) -> None:
    tokens = tokens_of(text)
    covered = [n for s in sentences_of(text, tokens) for c in s.clauses for n in range(c.first, c.last)]
    assert covered == list(range(len(tokens)))
