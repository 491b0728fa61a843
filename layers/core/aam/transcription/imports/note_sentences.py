"""The remarks of an import in English, Russian and Ukrainian, each in the forms that its number asks for."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

_ENGLISH = "en"


class Note(Enum):
    """One kind of remark, in the order in which they are told."""

    NO_BYTE_ORDER_MARK = auto()
    NO_WEBVTT_LINE = auto()
    UNREADABLE_TIMES = auto()
    OUTSIDE_CUES = auto()
    EXPORT_LINES = auto()
    SOUND_SIGNS = auto()
    ROLLED = auto()
    REVERSED = auto()
    BACKWARD = auto()
    SORTED = auto()
    OVERLAPS = auto()
    TIME_OF_DAY = auto()
    SECTION_TIMES = auto()


READ_AS: Mapping[str, str] = {
    "en": "The file was read as {encoding}.",
    "ru": "Файл прочитан как {encoding}.",
    "uk": "Файл прочитано як {encoding}.",
}

_SENTENCES: Mapping[str, Mapping[Note, tuple[str, ...]]] = {
    "en": {
        Note.NO_BYTE_ORDER_MARK: ("The file had no byte order mark; it was read as UTF-16.",),
        Note.NO_WEBVTT_LINE: ("The file lacks the WEBVTT line; it was read all the same.",),
        Note.UNREADABLE_TIMES: (
            "{n} cue had unreadable times; its words were kept in its place.",
            "{n} cues had unreadable times; their words were kept in their places.",
        ),
        Note.OUTSIDE_CUES: (
            "{n} line outside of every cue was left out.",
            "{n} lines outside of every cue were left out.",
        ),
        Note.EXPORT_LINES: (
            "{n} line that the exporting program added, such as a title or a closing remark, was left out.",
            "{n} lines that the exporting program added, such as titles and closing remarks, were left out.",
        ),
        Note.SOUND_SIGNS: (
            "{n} line that held only signs of music was left out.",
            "{n} lines of only signs of music were left out.",
        ),
        Note.ROLLED: (
            "Rolling captions: {n} line that was only shown again was left out.",
            "Rolling captions: {n} lines that were only shown again were left out.",
        ),
        Note.REVERSED: (
            "{n} cue ended before it started; its end was put right.",
            "{n} cues ended before they started; their ends were put right.",
        ),
        Note.BACKWARD: (
            "{n} cue started before the cue above it; it keeps its place, and its start was put right.",
            "{n} cues started before the cue above them; they keep their places, and their starts were put right.",
        ),
        Note.SORTED: ("The cues were not in the order of time; they were sorted.",),
        Note.OVERLAPS: (
            "{n} cue overlapped the next; where both were one speaker's, the first was shortened.",
            "{n} cues overlapped the next; where both were one speaker's, the first was shortened.",
        ),
        Note.TIME_OF_DAY: ("The file has times of day; they are counted from the first one.",),
        Note.SECTION_TIMES: ("The file has times for sections only; each utterance has the times of its section.",),
    },
    "ru": {
        Note.NO_BYTE_ORDER_MARK: ("В файле не было метки порядка байтов; он прочитан как UTF-16.",),
        Note.NO_WEBVTT_LINE: ("В файле нет строки WEBVTT; он всё равно прочитан.",),
        Note.UNREADABLE_TIMES: (
            "У {n} реплики нечитаемое время; её слова сохранены на своём месте.",
            "У {n} реплик нечитаемое время; их слова сохранены на своих местах.",
            "У {n} реплик нечитаемое время; их слова сохранены на своих местах.",
        ),
        Note.OUTSIDE_CUES: (
            "{n} строка вне реплик пропущена.",
            "{n} строки вне реплик пропущены.",
            "{n} строк вне реплик пропущено.",
        ),
        Note.EXPORT_LINES: (
            "{n} строка, добавленная программой экспорта (заголовок или завершающая пометка), пропущена.",
            "{n} строки, добавленные программой экспорта (заголовки и завершающие пометки), пропущены.",
            "{n} строк, добавленных программой экспорта (заголовки и завершающие пометки), пропущено.",
        ),
        Note.SOUND_SIGNS: (
            "{n} строка с одними знаками музыки пропущена.",
            "{n} строки с одними знаками музыки пропущены.",
            "{n} строк с одними знаками музыки пропущено.",
        ),
        Note.ROLLED: (
            "Бегущие субтитры: {n} строка, показанная повторно, пропущена.",
            "Бегущие субтитры: {n} строки, показанные повторно, пропущены.",
            "Бегущие субтитры: {n} строк, показанных повторно, пропущено.",
        ),
        Note.REVERSED: (
            "{n} реплика заканчивалась раньше, чем начиналась; её конец исправлен.",
            "{n} реплики заканчивались раньше, чем начинались; их концы исправлены.",
            "{n} реплик заканчивались раньше, чем начинались; их концы исправлены.",
        ),
        Note.BACKWARD: (
            "{n} реплика начиналась раньше предыдущей; она осталась на своём месте, её начало исправлено.",
            "{n} реплики начинались раньше предыдущих; они остались на своих местах, их начала исправлены.",
            "{n} реплик начинались раньше предыдущих; они остались на своих местах, их начала исправлены.",
        ),
        Note.SORTED: ("Реплики стояли не по времени; они упорядочены.",),
        Note.OVERLAPS: (
            "{n} реплика перекрывала следующую; если обе одного говорящего, первая укорочена.",
            "{n} реплики перекрывали следующие; если обе одного говорящего, первая укорочена.",
            "{n} реплик перекрывали следующие; если обе одного говорящего, первая укорочена.",
        ),
        Note.TIME_OF_DAY: ("В файле указано время суток; оно отсчитано от первой отметки.",),
        Note.SECTION_TIMES: ("В файле указано только время разделов; у каждой реплики время её раздела.",),
    },
    "uk": {
        Note.NO_BYTE_ORDER_MARK: ("У файлі не було позначки порядку байтів; його прочитано як UTF-16.",),
        Note.NO_WEBVTT_LINE: ("У файлі немає рядка WEBVTT; його все одно прочитано.",),
        Note.UNREADABLE_TIMES: (
            "У {n} репліки нечитабельний час; її слова збережено на своєму місці.",
            "У {n} реплік нечитабельний час; їхні слова збережено на своїх місцях.",
            "У {n} реплік нечитабельний час; їхні слова збережено на своїх місцях.",
        ),
        Note.OUTSIDE_CUES: (
            "{n} рядок поза репліками пропущено.",
            "{n} рядки поза репліками пропущено.",
            "{n} рядків поза репліками пропущено.",
        ),
        Note.EXPORT_LINES: (
            "{n} рядок, доданий програмою експорту (заголовок чи кінцева позначка), пропущено.",
            "{n} рядки, додані програмою експорту (заголовки та кінцеві позначки), пропущено.",
            "{n} рядків, доданих програмою експорту (заголовки та кінцеві позначки), пропущено.",
        ),
        Note.SOUND_SIGNS: (
            "{n} рядок із самими знаками музики пропущено.",
            "{n} рядки із самими знаками музики пропущено.",
            "{n} рядків із самими знаками музики пропущено.",
        ),
        Note.ROLLED: (
            "Рухомі субтитри: {n} рядок, показаний повторно, пропущено.",
            "Рухомі субтитри: {n} рядки, показані повторно, пропущено.",
            "Рухомі субтитри: {n} рядків, показаних повторно, пропущено.",
        ),
        Note.REVERSED: (
            "{n} репліка закінчувалася раніше, ніж починалася; її кінець виправлено.",
            "{n} репліки закінчувалися раніше, ніж починалися; їхні кінці виправлено.",
            "{n} реплік закінчувалися раніше, ніж починалися; їхні кінці виправлено.",
        ),
        Note.BACKWARD: (
            "{n} репліка починалася раніше за попередню; вона лишилася на своєму місці, її початок виправлено.",
            "{n} репліки починалися раніше за попередні; вони лишилися на своїх місцях, їхні початки виправлено.",
            "{n} реплік починалися раніше за попередні; вони лишилися на своїх місцях, їхні початки виправлено.",
        ),
        Note.SORTED: ("Репліки стояли не за часом; їх упорядковано.",),
        Note.OVERLAPS: (
            "{n} репліка перекривала наступну; якщо обидві одного мовця, першу вкорочено.",
            "{n} репліки перекривали наступні; якщо обидві одного мовця, першу вкорочено.",
            "{n} реплік перекривали наступні; якщо обидві одного мовця, першу вкорочено.",
        ),
        Note.TIME_OF_DAY: ("У файлі вказано час доби; його відлічено від першої позначки.",),
        Note.SECTION_TIMES: ("У файлі вказано лише час розділів; кожна репліка має час свого розділу.",),
    },
}
"""Each remark in the forms of CLDR's plural rules: one and other in English; one, few and many in the other two."""

_GROUP_MARK = {"en": ",", "ru": "\u00a0", "uk": "\u00a0"}


def tongue_for(language: str) -> str:
    """Return the language in which remarks on a transcript of this language are written."""
    primary = language.partition("-")[0].lower()
    return primary if primary in _SENTENCES else _ENGLISH


def counted(note: Note, count: int, tongue: str) -> str:
    """Return a remark with its number, in the form that the number asks for."""
    forms = _SENTENCES[tongue][note]
    form = forms[min(_plural(count, tongue), len(forms) - 1)]
    return form.format(n=f"{count:,}".replace(",", _GROUP_MARK[tongue]))


def _plural(count: int, tongue: str) -> int:
    """Return the form that a whole number asks for (https://www.unicode.org/cldr/charts/latest/supplemental/)."""
    if tongue == _ENGLISH:
        return int(count != 1)
    if count % 10 == 1 and count % 100 != 11:
        return 0
    return 1 if 2 <= count % 10 <= 4 and not 12 <= count % 100 <= 14 else 2
