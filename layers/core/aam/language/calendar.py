"""Names of months, weekdays, relative days, parts of the day and spans in English, Russian and Ukrainian."""

from __future__ import annotations

_MONTHS = """
january | январь января январе январю январем | січень січня січні січню січнем
february | февраль февраля феврале февралю февралем | лютий лютого лютому лютим
march | март марта марте марту мартом | березень березня березні березню березнем
april | апрель апреля апреле апрелю апрелем | квітень квітня квітні квітню квітнем
may | май мая мае маю маем | травень травня травні травню травнем
june | июнь июня июне июню июнем | червень червня червні червню червнем
july | июль июля июле июлю июлем | липень липня липні липню липнем
august | август августа августе августу августом | серпень серпня серпні серпню серпнем
september | сентябрь сентября сентябре сентябрю сентябрем | вересень вересня вересні вересню вереснем
october | октябрь октября октябре октябрю октябрем | жовтень жовтня жовтні жовтню жовтнем
november | ноябрь ноября ноябре ноябрю ноябрем | листопад листопада листопаді листопаду листопадом
december | декабрь декабря декабре декабрю декабрем | грудень грудня грудні грудню груднем
"""
_SHORT = """
jan янв січ
feb фев лют
mar мар
apr апр квіт
_
jun июн черв
jul июл
aug авг серп
sep sept сен сент
oct окт жовт
nov ноя нояб
dec дек груд
"""
# A line a day, Monday first; no form stands in two.
_WEEKDAYS = """
monday mondays | понедельник понедельника понедельнику понедельником понедельнике понедельники понедельников
 понедельниками понедельниках
 | понеділок понеділка понеділку понеділком понеділкові понеділки понеділків понеділках понедельникам понеділкам
 понеділками
tuesday tuesdays | вторник вторника вторнику вторником вторнике вторники вторников вторникам вторниками вторниках
 | вівторок вівторка вівторку вівторком вівторкові вівторки вівторків вівторках вівторкам вівторками
wednesday wednesdays | среда среды среде среду средой средою среды сред средам средами средах
 | середа середами середи середі середу середою серед середам середах
thursday thursdays | четверг четверга четвергу четвергом четверге четверги четвергов четвергам четвергами
 | четвер четвергом четвергові четверги четвергів четвергах четвергам четвергами
friday fridays | пятница пятницы пятнице пятницу пятницей пятниц пятницам пятницами пятницах пятницею
 | п'ятниця п'ятниці п'ятницю п'ятницею п'ятниць п'ятницям п'ятницях п'ятницями
saturday saturdays | суббота субботы субботе субботу субботой суббот субботам субботами субботах субботою
 | субота суботи суботі суботу суботою субот суботам суботах суботами
sunday sundays | воскресенье воскресенья воскресенью воскресеньем воскресенье воскресений воскресеньям воскресеньями
 воскресеньях
 | неділя неділі неділю неділею неділь неділям неділях неділями
"""
_SHORT_WEEKDAYS = """
mon пн
tue tues вт
wed ср
thu thur thurs чт
fri пт
sat сб
sun вс нд
"""
_RELATIVE = """
-2 позавчера позавчора
-1 yesterday yesterday's вчера вчора учора
0 today tonight сегодня сьогодні
1 tomorrow tomorrow's завтра
2 послезавтра післязавтра overmorrow
"""
_DAY_ADJECTIVES = """
-1 вчерашн вчорашн учорашн
0 сегодняшн сьогоднішн
1 завтрашн
2 послезавтрашн післязавтрашн
"""
_SOFT_ENDINGS = """
ий его ему им ем яя ей ее юю ие их ими ій ього ьому ім я ьої ю ьою є і іх іми
"""
_PARTS = """
morning morning mornings утро утра утром утру утрам ранок ранку вранці уранці зранку ранком
afternoon afternoon afternoons
evening evening evenings вечер вечера вечером вечеру вечерам вечір вечора увечері ввечері вечорам
night night nights tonight ночь ночи ночью ніч ночі вночі уночі
noon noon midday полдень полудня полудню полуденный опівдні полудень
midnight midnight полночь полуночи опівночі північ
"""
_SEASONS = """
spring springtime весна весны весне весну весной весною навесні весни весні
summer summer summers summertime лето лета лету летом лете літо літа літу влітку літі
autumn autumn autumns осень осени осенью осінь осені восени осінню
winter winter winters wintertime зима зимы зиме зиму зимой зимою взимку зими зимі
weekend weekend weekends выходные выходных выходным выходными вихідні вихідних вихідним вихідними викенд уикенд
lunch lunch lunchtime обед обеда обеду обедом обеде обід обіду обідом обіді
christmas christmas xmas рождество рождества рождеству рождеством різдво різдва різдву різдвом
easter easter пасха пасхи пасхе пасху великдень великодня великодню
thanksgiving thanksgiving
halloween halloween хэллоуин хелловін
holidays holidays праздники праздников праздникам каникулы каникул свята свят канікули канікул
"""
_URGENCIES = """
now immediately instantly asap urgently forthwith немедленно срочно негайно терміново
overnight overnight
"""
_EDGES = """
start start beginning early начало начале началу начала початок початку початком рано
middle middle mid середина середине середины середину середині середини
end end eod eow eom eoy late конец конца концу конце концом кінець кінця кінцем кінці наприкінці кінцю
"""
_NEAR = """
next next following upcoming coming следующий следующая следующее следующие следующего следующей следующему следующую
next следующим следующем следующих будущий будущая будущее будущей будущую будущем будущего будущему ближайшую
next ближайшей ближайший ближайшие ближайшее ближайшего ближайшем ближайшему наступний наступна наступне наступні
next наступного наступної наступному наступній наступну наступним наступною найближчий найближча найближчого
next найближчої найближчу найближчій найближчим найближчі
last last past previous прошлый прошлая прошлое прошлого прошлой прошлую прошлом прошлым прошлые прошлых прошедший
last прошедшая прошедшую прошедшей прошедшего предыдущий предыдущая предыдущую предыдущей предыдущем предыдущего
last минулий
last минула минуле минулого минулої минулу минулій минулому минулим минулою минулі попередній попередня попереднього
last попередню попередньої
this this current нынешний нынешняя нынешней нынешнем нынешнего текущий текущая текущую текущей текущем текущего
this этот эта это этого этой эту этом цей ця це цього цієї цю цьому цій поточний поточна поточного поточну поточної
this поточному сего
every every each каждый каждая каждое каждого каждой каждую каждом кожен кожна кожне кожного кожної кожну кожному
"""


def _lines(text: str) -> dict[str, int]:
    """Read the forms of a number of lines; a line that begins with a space continues the one before."""
    found: dict[str, int] = {}
    number = 0
    for line in text.strip("\n").splitlines():
        number += not line.startswith(" ")
        found.update(dict.fromkeys(line.replace("|", " ").split(), number))
    return found


def _codes(text: str) -> dict[str, str]:
    rows = (line.split() for line in text.strip().splitlines())
    return {form: row[0] for row in rows for form in row[1:]}


MONTHS = _lines(_MONTHS)
_SHORT_MONTHS = {form: number for form, number in _lines(_SHORT).items() if form != "_"}
# These are words of other meanings or names too, or abbreviations: months only where a number or a word before says so.
MONTHS_BESIDE_NUMBER = frozenset(
    {"may", "march", "марта", "май", "мая", "мае", "маю", "маем", "лютий", "лютого", "лютому", "лютим", *_SHORT_MONTHS}
)
NAMES_OF_MONTHS = frozenset({"may", "march", "марта", "май", "мая", "маем"})
"""Of those the ones that are people's names as well."""
MONTHS |= _SHORT_MONTHS
WEEKDAYS = _lines(_WEEKDAYS)
SHORT_WEEKDAYS = _lines(_SHORT_WEEKDAYS)
"""Abbreviations; some are words: sat, sun, wed."""
DAY_ADJECTIVES = {
    stem + ending: int(number) for stem, number in _codes(_DAY_ADJECTIVES).items() for ending in _SOFT_ENDINGS.split()
} | {"today's": 0}
"""Adjectives of days: завтрашний, «вчорашнього»."""
RELATIVE_DAYS = {form: int(number) for form, number in _codes(_RELATIVE).items()} | {
    form: number for form, number in DAY_ADJECTIVES.items() if number
}
DAY_PARTS = _codes(_PARTS)
SEASONS = _codes(_SEASONS)
URGENCIES = _codes(_URGENCIES)
"""Seasons, weekends and holidays."""
EDGES = _codes(_EDGES)
"""Words of the beginning, the middle and the end of a span."""
YEARS = {"цьогоріч": "this", "торік": "last", "позаторік": "earlier"}
"""Ukrainian adverbs that name a year."""
NEARNESS = _codes(_NEAR)
"""Words that say which week, month or year: next, last, this, every."""
