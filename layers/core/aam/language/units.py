"""Units of numbers: spans of time, percent and points, money, lengths, weights, data, in three languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache

_SPANS = """
second second seconds sec secs секунда секунды секунде секунду секундой секунд секундам секундами секундах
second сек секунди секунді секундою
minute minute minutes min mins минута минуты минуте минуту минутой минут минутам минутами минутах мин минутою
minute хвилина хвилини хвилині хвилину хвилиною хвилин хвилинам хвилинами хвилинах хв минутка минутку минуток хвилинку
hour hour hours hr hrs ч час часа часу часом часе часы часов часам часами часах
hour година години годині годину годиною годин годинам годинами годинах год
day day days день дня дню днем дне дни дней дням днями днях сутки суток суткам сутками сутках
day дні днів доба доби добу добою діб дневі добам добами добах добі
week week weeks wk wks неделя недели неделе неделю неделей неделями неделям неделях недель неделею
week тиждень тижня тижню тижнем тижні тижнів тижням тижнями тижнях тижневі
fortnight fortnight fortnights
month month months месяц месяца месяцу месяцем месяце месяцы месяцев месяцам месяцами месяцах мес
month місяць місяця місяцю місяцем місяці місяців місяцям місяцями місяцях місяцеві міс
quarter_year quarter quarters квартал квартала кварталу кварталом квартале кварталы кварталов кварталам кварталами
quarter_year кварталові
quarter_year кварталах кварталі квартали кварталів
year year years yr yrs год года году годом годе годы лет годам годами годах рік року рокові роком році роки років
year годов лета летам летами летах
year рокам роками роках
decade decade decades десятилетие десятилетия десятилетию десятилетием десятилетии десятилетий десятилетиям
decade десятилетиями десятилетиях десятиліття десятиліттю десятиліттям десятиліть десятиліттями десятиліттях
decade десятилітті
century century centuries век века веку веком веке веков століття столітті століть векам веками веках століттю
century століттям століттями століттях
"""
# Adverbs and adjectives that say how often or how long.
_RATES = """
minute поминутно похвилинно
hour hourly почасовой почасово почасовая погодинно погодинна
day daily ежедневно ежедневный ежедневная ежедневные щодня щоденно щоденний щоденна щоденні
week weekly еженедельно еженедельный еженедельная еженедельные щотижня щотижневий щотижнева щотижнево
month monthly ежемесячно ежемесячный ежемесячная ежемесячные помесячно щомісяця щомісячно щомісячний щомісячна
quarter_year quarterly ежеквартально ежеквартальный щокварталу щоквартально
year yearly annually annual ежегодно ежегодный годовых годовой годовая щороку щорічно щорічний річних
"""
_MEASURES = """
millisecond ms msec мс millisecond milliseconds миллисекунда миллисекунды миллисекунде миллисекунду миллисекундой
millisecond миллисекунд миллисекундам миллисекундами миллисекундах мілісекунда мілісекунди мілісекунді мілісекунду
millisecond мілісекундою мілісекунд мілісекундам мілісекундами мілісекундах
hectare ha hectare hectares га гектар гектара гектару гектаром гектаре гектары гектаров гектарам гектарами гектарах
hectare гектари гектарів гектарі гектарові
percent % percent percents percentage процент процента проценту процентом проценте проценты процентов процентам
percent процентами процентах відсоток відсотка відсотку відсотком відсотки відсотків відсоткам відсотками відсотках
percent відсоткові
point pp ppt пп п.п
basis_point bps bp
permille ‰ промилле проміле
metre м m metre metres meter meters метр метра метру метром метре метры метров метрам метрами метрах метри метрів
metre метрові метрі
kilometre km kms kilometre kilometres kilometer kilometers км километр километра километров километры километре
kilometre километрам километрами километрах километром километру
kilometre кілометр кілометра кілометрів кілометри кілометрі кілометрам кілометрами кілометрах кілометрові кілометром
kilometre кілометру
centimetre cm centimetre centimetres centimeter centimeters см сантиметр сантиметра сантиметров сантиметри
centimetre сантиметрам сантиметрами сантиметрах сантиметре сантиметром сантиметру сантиметры сантиметрам
centimetre сантиметрами сантиметрах сантиметрові сантиметром сантиметру сантиметрі
centimetre сантиметрів
millimetre mm millimetre millimetres millimeter millimeters мм миллиметр миллиметра миллиметров міліметр міліметра
millimetre миллиметрам миллиметрами миллиметрах миллиметре миллиметром миллиметру миллиметры
millimetre міліметрів
mile mile miles миля мили миль милю милі миле милей милею милям милями милях милею милям милями милях
foot foot feet ft фут фута футов футів футам футами футах футе футом футу футы
inch inch inches дюйм дюйма дюймов дюйми дюймів дюймам дюймами дюймах дюйме дюймом дюйму дюймы дюймам дюймами дюймах
inch дюймові дюймом дюйму дюймі
kilogram kg kgs kilo kilos kilogram kilograms кг кило кіло килограмм килограмма килограммов килограммы кілограм
kilogram килограммам килограммами килограммах килограмме килограммом килограмму кілограмам кілограмами кілограмах
kilogram кілограмові кілограмом кілограму кілограмі
kilogram кілограма кілограмів кілограми
gram gr gram grams гр
gram грамм грамма граммов граммы грам грама грамів граммам граммами граммах грамме граммом грамму грамам
gram грамами грамах грами грамові грамом граму грамі
tonne т ton tons tonne tonnes тонна тонны тонну тонн тонне тонни тонною тоннам тоннами тоннах тонной тоннам тоннами
tonne тоннах тонні
litre л litre litres liter liters литр литра литров литры літр літра літрів літри литрам литрами литрах литре литром
litre литру літрам літрами літрах літрові літром літру літрі
byte byte bytes байт байта байтов байтів байтам байтами байтах байте байтом байту байты байтам байтами байтах байти
byte байтові байтом байту байті
kilobyte kb kbs kilobyte kilobytes кб килобайт килобайта килобайтов кілобайт
megabyte mb mbs megabyte megabytes meg megs мб мегабайт мегабайта мегабайтов мегабайтів мегабайтам мегабайтами
megabyte мегабайтах мегабайте мегабайтом мегабайту мегабайты мегабайтам мегабайтами мегабайтах мегабайти мегабайтові
megabyte мегабайтом мегабайту мегабайті
gigabyte gb gbs gig gigs gigabyte gigabytes гб гигабайт гигабайта гигабайтов гігабайт гігабайта гігабайтів
gigabyte гигабайтам гигабайтами гигабайтах гигабайте гигабайтом гигабайту гигабайты гігабайтам гігабайтами
gigabyte гігабайтах гігабайти гігабайтові гігабайтом гігабайту гігабайті
terabyte tb tbs terabyte terabytes тб терабайт терабайта терабайтов терабайтів
hertz hz hertz герц герца герців
kilohertz khz kilohertz кгц килогерц кілогерц
megahertz mhz megahertz мгц мегагерц
degree degree degrees celsius fahrenheit градус градуса градусов градусы градуси градусів градусам градусами
degree градусах градусе градусом градусу градусам градусами градусах градусові градусом градусу градусі
watt watt watts ватт ватта ватту ваттом ваттов ватты вт ват вата вату ватом ватів вати
kilowatt kw kilowatt kilowatts квт киловатт киловатта киловаттов киловатты кіловат кіловата кіловатів кіловати
megawatt mw megawatt megawatts мвт мегаватт мегаватта мегаваттов мегават мегавата мегаватів
gigawatt gw gigawatt gigawatts гвт гигаватт гигаватта гигаваттов гігават гігавата гігаватів
kilowatt_hour kwh
acre acre acres акр акра акров акри акрів
gallon gallon gallons галлон галлона галлонов галлоны галон галона галонів галони
pint pint pints пинта пинты пинт пінта пінти пінт
ounce oz ounce ounces унция унции унций унція унції унцій
yard yd yds yard yards ярд ярда ярдов ярды ярди ярдів
millilitre ml millilitre millilitres milliliter milliliters мл миллилитр миллилитра миллилитров миллилитры мілілітр
millilitre мілілітра мілілітрів мілілітри
centner ц центнер центнера центнеров центнеры центнери центнерів
milligram mg milligram milligrams мг миллиграмм миллиграмма миллиграммов миллиграммы міліграм міліграма міліграмів
calorie calorie calories калория калории калорий калорія калорії калорій
kilocalorie kcal ккал килокалория килокалории килокалорий кілокалорія кілокалорії кілокалорій
square_metre m2 m^2 м2 м^2 кв.м квадратов квадрата квадратів
cubic_metre m3 m^3 м3 м^3 кубов кубів кубометр кубометра кубометров кубометры кубометрів кубометри
decibel decibel decibels дб децибел децибела децибелов децибелы децибели децибелів
ampere ampere amperes amp amps ампер ампера амперов ампери амперів
volt volt volts вольт вольта
times times time fold x раз раза разів рази кратный кратное кратно
cent ¢ cent cents цент цента центов центы центи центів копейка копейки копейку копеек коп копійка копійки копійку
cent центам центами центах центе центом центу копейкам копейками копейках копейке копейкой копейкою центам центами
cent центах центові центом центу центі копійкам копійками копійках копійкою копійці
cent копійок pence penny
"""
# Code, signs and abbreviations, then the words of the three languages.
_MONEY = """
usd $ 💵 usd dollar dollars buck bucks доллар доллара доллару долларом долларе доллары долларов долларам долларами
usd долларах долл дол бакс бакса баксов баксы долар долара долару доларом доларі долари доларів доларам доларами
usd баксам баксами баксах баксе баксом баксу доларові баксам баксами баксах баксові баксом баксу баксі
usd доларах баксів бакси
eur € 💶 eur euro euros евро євро
gbp £ 💷 gbp pound pounds sterling quid фунт фунта фунту фунтом фунте фунты фунтов фунтам фунтами фунти фунтів фунтах
gbp фунтах фунтові фунті
rub ₽ rub rur ruble rubles rouble roubles рубль рубля рублю рублем рубле рубли рублей рублям рублями рублях руб
rub рублеві рублі
rub карбованець рублів
uah ₴ uah hryvnia hryvnias hryvnya hryvnyas грн гривна гривны гривне гривну гривной гривен гривнам гривнами гривня
uah гривнах гривною
uah гривні гривню гривнею гривень гривням гривнями гривнях
kzt ₸ kzt tenge тенге
byn byn br
inr ₹ inr rupee rupees рупия рупии рупий рупія рупії рупій рупией рупиею рупию рупиям рупиями рупиях рупію рупіям
inr рупіями рупіях рупією
jpy иена иены иене иену иеной иен ¥ 💴 jpy yen йена йены йен йену ієна ієни ієн єна єни єн єнам єнами єнах єною єну єні
cny cny rmb yuan yuans renminbi юань юаня юаней юани юані юанів юане юанем юаню юаням юанями юанях юаневі юанем юаню
cny юаням юанями юанях
pln pln zł zloty zlotys zloties злотый злотых злотые злотий злотих злоті зл злотого злотом злотому злотым злотыми
pln злотим злотими злотого злотому злотім
chf chf franc francs франк франка франков франки франків франкам франками франках франке франком франку франкові
chf франком франку
czk czk kč koruna korunas крона кроны крон крону крони кронам кронами кронах кроне кроной кроною кронам кронами
czk кронах кроною кроні
sek sek kr krona kronor
nok nok krone kroner
try lira liras лира лиры лир лиру ліра ліри лір лирам лирами лирах лире лирой лирою лірам лірами лірах лірою ліру лірі
ils ₪ ils shekel shekels шекель шекеля шекелей шекели шекелів шекелі шекеле шекелем шекелю шекелеві шекелем шекелю
ils шекелям шекелями шекелях
krw ₩ krw вон
gel ₾ gel lari лари ларі
amd ֏ amd dram драм
uzs uzs сумов
mdl mdl леев леї леїв
ron ron leu lei
huf huf forint forints форинт форинта форинтов форинтів форинтам форинтами форинтах форинте форинтом форинту форинты
huf форинтам форинтами форинтах форинти форинтові форинтом форинту форинті
bgn bgn
mxn mxn peso pesos песо
brl brl reais реалов реалів
aud aud
cad cad
nzd nzd
hkd hkd
sgd sgd
aed aed dirham dirhams дирхам дирхама дирхамов дирхамів
sar sar riyal riyals риял риялов ріял
thb thb baht батов
zar zar rand rands рэнд рэндов ренд
btc ₿ btc bitcoin bitcoins биткоин биткоина биткоинов биткоины биткойн біткоїн біткоїна біткоїнів біткоїни
eth eth ether эфириум
usdt usdt tether
"""
SIGNS = frozenset("$¢£¤¥֏؋৲৳૱௹฿៛﷼💵💶💷💴") | {chr(code) for code in range(0x20A0, 0x20D0)}
DOLLARS = {
    "us": "usd", "ca": "cad", "c": "cad", "can": "cad", "canadian": "cad", "au": "aud", "a": "aud", "australian": "aud",
    "nz": "nzd", "hk": "hkd", "s": "sgd", "r": "brl", "mx": "mxn", "канадских": "cad", "австралийских": "aud",
    "канадських": "cad", "австралійських": "aud", "гонконгских": "hkd", "singapore": "sgd",
}  # fmt: skip
"""Dollars that are not the United States': by the letters before the sign, or the word before "dollars"."""
_YEARS = range(1900, 2200)
_SHORT_WORDS = {"г": "gram", "р": "rub", "год": "hour"}
_SMALLER = {
    "hour": "minute", "minute": "second", "kilometre": "metre", "metre": "centimetre", "foot": "inch",
    "tonne": "kilogram", "kilogram": "gram", "litre": "millilitre",
}  # fmt: skip
_BASES: dict[str, tuple[str, Fraction]] = {
    "millisecond": ("second", Fraction(1, 1000)),
    "second": ("second", Fraction(1)),
    "minute": ("second", Fraction(60)),
    "hour": ("second", Fraction(3600)),
    "day": ("second", Fraction(86_400)),
    "week": ("second", Fraction(604_800)),
    "fortnight": ("second", Fraction(1_209_600)),
    "month": ("month", Fraction(1)),
    "quarter_year": ("month", Fraction(3)),
    "year": ("month", Fraction(12)),
    "decade": ("month", Fraction(120)),
    "century": ("month", Fraction(1200)),
    "inch": ("millimetre", Fraction(254, 10)),
    "foot": ("millimetre", Fraction(3048, 10)),
    "millimetre": ("millimetre", Fraction(1)),
    "centimetre": ("millimetre", Fraction(10)),
    "metre": ("millimetre", Fraction(1000)),
    "kilometre": ("millimetre", Fraction(1_000_000)),
    "milligram": ("gram", Fraction(1, 1000)),
    "gram": ("gram", Fraction(1)),
    "kilogram": ("gram", Fraction(1000)),
    "centner": ("gram", Fraction(100_000)),
    "tonne": ("gram", Fraction(1_000_000)),
    "point": ("basis_point", Fraction(100)),
    "basis_point": ("basis_point", Fraction(1)),
    "hertz": ("hertz", Fraction(1)),
    "kilohertz": ("hertz", Fraction(1000)),
    "megahertz": ("hertz", Fraction(1_000_000)),
    "watt": ("watt", Fraction(1)),
    "kilowatt": ("watt", Fraction(1000)),
    "megawatt": ("watt", Fraction(1_000_000)),
    "gigawatt": ("watt", Fraction(1_000_000_000)),
    "millilitre": ("litre", Fraction(1, 1000)),
    "litre": ("litre", Fraction(1)),
    "calorie": ("calorie", Fraction(1)),
    "kilocalorie": ("calorie", Fraction(1000)),
}


def _rows(text: str) -> Iterable[tuple[str, list[str]]]:
    for line in text.strip().splitlines():
        code, *forms = line.split()
        yield code, forms


def _table(text: str) -> dict[str, str]:
    return {form: code for code, forms in _rows(text) for form in forms}


SPANS = _table(_SPANS)
"""The words of spans of time: second to century."""
_RATE_STEMS = {
    "day": ("ежедневн", "щоденн"),
    "week": ("еженедельн", "щотижнев"),
    "month": ("ежемесячн", "щомісячн"),
    "quarter_year": ("ежеквартальн", "щоквартальн"),
    "year": ("ежегодн", "щорічн"),
}
_ADJECTIVE = (
    *("ый", "ая", "ое", "ые", "ого", "ой", "ому", "ую", "ым", "ом", "ых", "ыми", "о"),
    *("ий", "а", "е", "і", "ої", "ій", "у", "им", "их", "ими", "ою"),
)
RATES = _table(_RATES) | {
    stem + ending: span for span, stems in _RATE_STEMS.items() for stem in stems for ending in _ADJECTIVE
}
CURRENCIES = frozenset(code for code, _ in _rows(_MONEY))
_UNITS = SPANS | _table(_MEASURES) | _table(_MONEY)
POINT_WORDS = frozenset(["point", "points", "пункт", "пункта", "пункты", "пунктов", "пункту", "пункти", "пунктів"])
_POWER = re.compile(r"(cubic|cu|куб|кубическ.*|кубічн.*)|square|sq|кв|квадратн.*")
_PERCENT_ADJECTIVES = ("процентн", "відсотков")


@lru_cache(maxsize=10_000)
def unit_of(norm: str) -> str | None:
    """Return the unit that a token names: "percent", "hour", a currency's code in small letters, or None."""
    return _UNITS.get(norm) or (norm if norm in SIGNS else None)


def is_money(unit: str | None) -> bool:
    """Return whether a unit is a currency."""
    return unit in CURRENCIES or unit in SIGNS


def is_percent_adjective(norm: str) -> bool:
    """Return whether a word is one of "percentage", "процентных", "відсоткових", which come before "points"."""
    return norm in {"percentage", "percent", "%"} or norm.startswith(_PERCENT_ADJECTIVES)


def power_of(norm: str) -> str | None:
    """Return the power to which a word raises the next unit: "square metres", "кубических метров"."""
    found = _POWER.fullmatch(norm)
    return "cubic" if found and found[1] else "square" if found else None


def unit_of_amount(norm: str, values: Iterable[Fraction]) -> str | None:
    """Return the unit that a token names right behind a number; what some short words name depends on the number.

    "1968 г." is a year and "115 г" a weight, "21 год" a year and "2 год" two Ukrainian hours.
    """
    if norm not in _SHORT_WORDS:
        return unit_of(norm)
    (value, *_) = sorted(values)
    if norm == "год":
        return "year" if (value % 10 == 1 and value % 100 != 11) or value in _YEARS else "hour"
    return "year" if value in _YEARS else _SHORT_WORDS[norm]


def smaller_unit(unit: str) -> str | None:
    """Return the unit left out behind a greater one: minutes of "an hour forty", pence of "nine pounds twenty"."""
    return "cent" if is_money(unit) else _SMALLER.get(unit)


def parts_of(unit: str, smaller: str) -> Fraction | None:
    """Return how many of a smaller unit make one of a unit; None if they do not measure the same."""
    if smaller == "cent":
        return Fraction(100) if is_money(unit) else None
    (base, factor), (other, part) = in_base(unit, Fraction(1)), in_base(smaller, Fraction(1))
    return factor / part if base == other and factor > part else None


def in_base(unit: str, value: Fraction) -> tuple[str, Fraction]:
    """Return the amount in the smallest unit that divides the unit: hours in seconds, years in months."""
    base, factor = _BASES.get(unit, (unit, Fraction(1)))
    return base, value * factor
