"""Notes on the draft of an offline engine, in the language of the transcript."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

_ENGLISH = "en"


class DraftNote(Enum):
    """One kind of remark."""

    COVERAGE = auto()
    DROPPED = auto()
    ONE_SPEAKER = auto()


_SENTENCES: Mapping[str, Mapping[DraftNote, str]] = {
    "en": {
        DraftNote.COVERAGE: "Words were recognised in {worded} of {speech} seconds of speech; the rest is missing.",
        DraftNote.DROPPED: "Passages dropped because the engine was not sure of any word: {count}.",
        DraftNote.ONE_SPEAKER: "Speakers are not told apart: all were recorded on one channel.",
    },
    "ru": {
        DraftNote.COVERAGE: "Слова распознаны в {worded} из {speech} секунд речи; остального нет.",
        DraftNote.DROPPED: "Пропущено фрагментов, в которых программа не уверена ни в одном слове: {count}.",
        DraftNote.ONE_SPEAKER: "Говорящие не различаются: все записаны в один канал.",
    },
    "uk": {
        DraftNote.COVERAGE: "Слова розпізнано в {worded} з {speech} секунд мовлення; решти немає.",
        DraftNote.DROPPED: "Пропущено фрагментів, у яких програма не впевнена в жодному слові: {count}.",
        DraftNote.ONE_SPEAKER: "Мовців не розрізнено: усіх записано в один канал.",
    },
}


def draft_sentence(note: DraftNote, language: str, **numbers: int) -> str:
    """Return a remark with its numbers, in the language of a tag if it is one of ours, otherwise in English."""
    primary = language.partition("-")[0].lower()
    return _SENTENCES.get(primary, _SENTENCES[_ENGLISH])[note].format(**numbers)
