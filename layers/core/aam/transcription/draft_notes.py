"""Notes on the draft of an engine, in the language of the transcript."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

_ENGLISH = "en"


class DraftNote(Enum):
    """One kind of remark."""

    COVERAGE = auto()
    DROPPED = auto()
    ONE_SPEAKER = auto()
    SEGMENT_TIMES = auto()
    PIECE_TIMES = auto()
    SPEAKERS_BY_PIECE = auto()


_SENTENCES: Mapping[str, Mapping[DraftNote, str]] = {
    "en": {
        DraftNote.COVERAGE: "Words were recognised in {worded} of {speech} seconds of speech; the rest is missing.",
        DraftNote.DROPPED: "Passages dropped because the engine was not sure of any word: {count}.",
        DraftNote.ONE_SPEAKER: "Speakers are not told apart: all were recorded on one channel.",
        DraftNote.SEGMENT_TIMES: "The speech server gave no times of words; those of whole segments are shown.",
        DraftNote.PIECE_TIMES: "The speech server gave no times; those of pieces of up to five minutes are shown.",
        DraftNote.SPEAKERS_BY_PIECE: "Speakers are told apart within five minutes only; one voice has several names.",
    },
    "ru": {
        DraftNote.COVERAGE: "Слова распознаны в {worded} из {speech} секунд речи; остального нет.",
        DraftNote.DROPPED: "Пропущено фрагментов, в которых программа не уверена ни в одном слове: {count}.",
        DraftNote.ONE_SPEAKER: "Говорящие не различаются: все записаны в один канал.",
        DraftNote.SEGMENT_TIMES: "Сервер не указал время слов; показано время целых отрезков.",
        DraftNote.PIECE_TIMES: "Сервер не указал время; показано время частей длиной до пяти минут.",
        DraftNote.SPEAKERS_BY_PIECE: "Говорящие различаются лишь в пределах пяти минут; у голоса несколько имён.",
    },
    "uk": {
        DraftNote.COVERAGE: "Слова розпізнано в {worded} з {speech} секунд мовлення; решти немає.",
        DraftNote.DROPPED: "Пропущено фрагментів, у яких програма не впевнена в жодному слові: {count}.",
        DraftNote.ONE_SPEAKER: "Мовців не розрізнено: усіх записано в один канал.",
        DraftNote.SEGMENT_TIMES: "Сервер не вказав часу слів; показано час цілих відрізків.",
        DraftNote.PIECE_TIMES: "Сервер не вказав часу; показано час частин до п'яти хвилин.",
        DraftNote.SPEAKERS_BY_PIECE: "Мовців розрізнено лише в межах п'яти хвилин; один голос має кілька імен.",
    },
}


def draft_sentence(note: DraftNote, language: str, **numbers: int) -> str:
    """Return a remark with its numbers, in the language of a tag if it is one of ours, otherwise in English."""
    primary = language.partition("-")[0].lower()
    return _SENTENCES.get(primary, _SENTENCES[_ENGLISH])[note].format(**numbers)
