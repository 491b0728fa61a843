"""Names of months, weekdays and relative days in English, Russian and Ukrainian."""

from __future__ import annotations

_MONTHS = """
january | январь января январе январю январем | січень січня січні січнем
february | февраль февраля феврале февралю февралем | лютий лютого лютому
march | март марта марте марту мартом | березень березня березні березнем
april | апрель апреля апреле апрелю апрелем | квітень квітня квітні квітнем
may | май мая мае маю маем | травень травня травні травнем
june | июнь июня июне июню июнем | червень червня червні червнем
july | июль июля июле июлю июлем | липень липня липні липнем
august | август августа августе августу августом | серпень серпня серпні серпнем
september | сентябрь сентября сентябре сентябрю сентябрем | вересень вересня вересні вереснем
october | октябрь октября октябре октябрю октябрем | жовтень жовтня жовтні жовтнем
november | ноябрь ноября ноябре ноябрю ноябрем | листопад листопада листопаді листопадом
december | декабрь декабря декабре декабрю декабрем | грудень грудня грудні груднем
"""
_SHORT = ("jan", "feb", "mar", "apr", "_", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = """
monday mondays | понедельник понедельника понедельнику понедельником | понеділок понеділка понеділку
понеділком tuesday tuesdays | вторник вторника вторнику вторником | вівторок вівторка вівторку вівторком
wednesday wednesdays | среда среды среде среду средой | середа середи середі середу thursday thursdays |
четверг четверга четвергу четвергом | четвер четверга четвергу friday fridays | пятница пятницы пятнице
пятницу пятницей | п'ятниця п'ятниці п'ятницю saturday saturdays | суббота субботы субботе субботу | субота
суботи суботі суботу sunday sundays | воскресенье воскресенья воскресенью | неділя неділі неділю
"""
_RELATIVE = """
today tonight | сегодня | сьогодні
tomorrow | завтра
yesterday | вчера | вчора учора
послезавтра | післязавтра
"""


def _table(text: str) -> dict[str, int]:
    return {
        form: number
        for number, line in enumerate(text.strip().splitlines(), 1)
        for form in line.replace("|", " ").split()
    }


MONTHS = _table(_MONTHS)
# These are words of other meanings too, or abbreviations: months only beside a number.
MONTHS_BESIDE_NUMBER = frozenset({"may", "march", "мае", "маю", "лютий", "лютого", "лютому", *_SHORT} - {"_"})
MONTHS.update({short: number for number, short in enumerate(_SHORT, 1) if short != "_"})
MONTHS["sept"] = 9
WEEKDAYS = _table(_WEEKDAYS)
RELATIVE_DAYS = _table(_RELATIVE)
