"""Numbers as English, Russian and Ukrainian words: cardinals and ordinals in all cases, scales and fractions.

Tables of stems and endings; the tests compare every form with dictionaries.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

_ENGLISH_UNITS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen
"""
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ENGLISH_ORDINALS = """
1 first
2 second
3 third
4 fourth
5 fifth
6 sixth
7 seventh
8 eighth
9 ninth
10 tenth
11 eleventh
12 twelfth
13 thirteenth
14 fourteenth
15 fifteenth
16 sixteenth
17 seventeenth
18 eighteenth
19 nineteenth
20 twentieth
30 thirtieth
40 fortieth
50 fiftieth
60 sixtieth
70 seventieth
80 eightieth
90 ninetieth
100 hundredth
1000 thousandth
1000000 millionth
"""
# The words whose forms follow no pattern worth a rule, and the collectives.
_IRREGULAR = """
0 ноль ноля нолю нолем ноле нулю нулем нуле нуль нуля нулів нулеві
1 один одна одно одни одного одной одну одному одним одном одних одними одною одне одні однієї одній однією
2 два две двух двум двумя двое двоих двоим двоими дві двох двом двома двоє двійко
3 три трех трем тремя трое троих троим троими трьох трьом трьома троє
4 четыре четырех четырем четырьмя четверо четверых чотири чотирьох чотирьом чотирма чотирьома четверо
5 пять пяти пятью пятеро пятерых
6 шесть шести шестью шестеро шестерых
7 семь семи семью семеро семерых
8 восемь восьми восемью восьмью восьмеро
9 девять девяти девятью девятеро
10 десять десяти десятью десятеро
40 сорок сорока
90 девяносто девяноста дев'яносто дев'яноста
100 сто ста
200 двести двухсот двумстам двумястами двухстах двісті двохсот двомстам двомастами двохстах
300 триста трехсот тремстам тремястами трехстах трьохсот трьомстам трьомастами трьохстах
400 четыреста четырехсот четыремстам четырьмястами четырехстах чотириста чотирьохсот чотирьомстам
400 чотирмастами чотирьохстах чотирьомастами чотирьохста
200 двохста
300 трьохста
5 п'ять п'яти п'ятьох п'ятьом п'ятьма п'ятьома п'ятеро
6 шість шести шістьох шістьом шістьма шістьома шестеро
7 сім семи сімох сімом сьома сімома семеро
8 вісім восьми вісьмох вісьмом вісьма вісьмома восьмеро
9 дев'ять дев'яти дев'ятьох дев'ятьом дев'ятьма дев'ятьома дев'ятеро
10 десять десяти десятьох десятьом десятьма десятьома десятеро
"""
# What sums are called by, money above all.
_NICKNAMES = """
5 пятерка пятерки пятерку пятеркой пятерке п'ятірка п'ятірки п'ятірку п'ятіркою п'ятірці fiver fivers
10 tenner tenners
20 двадцатка двадцатки двадцатку двадцаткой двадцатке двадцятка двадцятки двадцятку двадцяткою двадцятці
30 тридцатка тридцатки тридцатку тридцаткой тридцатке тридцятка тридцятки тридцятку тридцяткою тридцятці
50 полтинник полтинника полтиннику полтинником полтиннике полтинники полтинников
100 сотка сотку соткой сотке соткою сотці
500 пятихатка пятихатки пятихатку пятихаткой п'ятихатка п'ятихатки п'ятихатку п'ятихаткою
"""
_TEENS = """
11 одиннадцат одинадцят
12 двенадцат дванадцят
13 тринадцат тринадцят
14 четырнадцат чотирнадцят
15 пятнадцат п'ятнадцят
16 шестнадцат шістнадцят
17 семнадцат сімнадцят
18 восемнадцат вісімнадцят
19 девятнадцат дев'ятнадцят
20 двадцат двадцят
30 тридцат тридцят
"""
_TEEN_ENDINGS = ("ь", "и", "ью", "ьох", "ьом", "ьма", "ьома")
# Value, the word's first part in the nominative, genitive and instrumental; both parts of Russian tens are inflected.
_RUSSIAN_TENS = """
50 пять пяти пятью
60 шесть шести шестью
70 семь семи семью
80 восемь восьми восемью восьмью
"""
_UKRAINIAN_TENS = """
50 п'ятдесят
60 шістдесят
70 сімдесят
80 вісімдесят
"""
_RUSSIAN_HUNDREDS = """
500 пять пяти пятью
600 шесть шести шестью
700 семь семи семью
800 восемь восьми восемью восьмью
900 девять девяти девятью
"""
_UKRAINIAN_HUNDREDS = """
500 п'ят п'яти п'ятьма п'ятьома
600 шіст шести шістьма шістьома
700 сім семи сьома сімома
800 вісім восьми вісьма вісьмома
900 дев'ят дев'яти дев'ятьма дев'ятьома
"""
_ORDINAL_STEMS = """
1 перв перш
2 втор
3 трет
4 четверт
5 пят п'ят
6 шест шост
7 седьм сьом
8 восьм
9 девят дев'ят
10 десят
11 одиннадцат одинадцят
12 двенадцат дванадцят
13 тринадцат тринадцят
14 четырнадцат чотирнадцят
15 пятнадцат п'ятнадцят
16 шестнадцат шістнадцят
17 семнадцат сімнадцят
18 восемнадцат вісімнадцят
19 девятнадцат дев'ятнадцят
20 двадцат двадцят
30 тридцат тридцят
40 сороков
50 пятидесят п'ятдесят
60 шестидесят шістдесят
70 семидесят сімдесят
80 восьмидесят вісімдесят
90 девяност дев'яност
100 сот
200 двухсот двохсот
300 трехсот трьохсот
400 четырехсот чотирьохсот
500 пятисот п'ятисот
1000 тысячн тисячн
1000000 миллионн мільйонн
"""
_ADJECTIVE = (
    *("ый", "ий", "ой", "ая", "ое", "ого", "ому", "ым", "ом", "ую", "ою", "ые", "ых", "ыми"),  # Russian
    *("а", "е", "у", "і", "ій", "ої", "им", "их", "ими"),  # Ukrainian
)
_THIRD = (
    *("ий", "ья", "ье", "ьи", "ьего", "ьему", "ьим", "ьем", "ьей", "ью", "ьих", "ьими"),
    *("я", "є", "і", "ього", "ьому", "ім", "ьої", "ій", "ю", "ьою", "іх", "іми"),
)
# The Ukrainian second; Russian has the same letters for "other", "friend" and their cases.
UKRAINIAN_SECOND = frozenset(
    {
        *("другий", "друга", "друге", "другого", "другої", "другому", "другій", "другу", "другим", "другою"),
        *("другі", "других", "другими"),
    }
)
# Forms of these stems that are other words: a honeycomb, a pole, a heel, a hundred (of), fifths.
_OTHER_WORDS = frozenset({"сота", "сот", "соту", "соте", "соті", "шеста", "шесте", "шесту", "пята", "пяту", "пяте"})
_SCALES = """
100 hundred hundreds сотня сотни сотне сотню сотней сотен сотням сотнями сотнях сотні сотню сотнею сотень
1000 thousand thousands grand тысяча тысячи тысяче тысячу тысячей тысячею тысячью тысяч тысячам тысячами тысячах
1000 тыс тисяча тисячі тисячу тисячею тисяч тисячам тисячами тисячах тис косарь косаря косарей
1000000 million millions mln mil лям ляма лямов лямів млн
1000000000 billion billions bln bn млрд
1000000000000 trillion trillions trn tn трлн
12 dozen dozens дюжина дюжины дюжине дюжину дюжиной дюжин дюжини дюжині дюжиною
10 десяток десятка десятку десятком десятке десятки десятков десяткам десятками десятках десятків
"""
_SCALE_STEMS = """
1000000 миллион мільйон
1000000000 миллиард мільярд
1000000000000 триллион трильйон
"""
_NOUN = ("", "а", "у", "ом", "е", "ы", "ов", "ам", "ами", "ах", "и", "і", "ів", "ові")
_FRACTIONS = """
1/2 half halves половина половины половине половину половиной половиною половин половини половині
1/2 половинка половинки половинке половинку половинкой половинок половинці половинкою
1/3 third thirds треть трети третью третей третина третини третині третину третиною третин
1/4 quarter quarters четверть четверти четвертью четвертей чверть чверті чвертю чвертей
3/2 полтора полторы полутора півтора півтори
150 полтораста півтораста
"""
_DENOMINATORS = """
1/5 fifth fifths пятая пятых пятой п'ята п'ятих п'ятої
1/6 sixth sixths шестая шестых шоста шостих
1/7 seventh sevenths седьмая седьмых сьома сьомих
1/8 eighth eighths восьмая восьмых восьма восьмих
1/9 ninth ninths девятая девятых дев'ята дев'ятих
1/10 tenth tenths десятая десятых десятую десята десятих десяту
1/100 hundredth hundredths сотая сотых сотую сота сотих соту
1/1000 thousandth thousandths тысячная тысячных тысячную тисячна тисячних тисячну
"""
_HALF_PREFIXES = ("полу", "пол", "пів")
_MULTIPLES = """
2 twice double doubles doubled doubling twofold вдвое дважды двукратно двукратный двукратное удвоить удвоит удвоили
2 удваиваем удваивается удвоилось удвоился удвоилась удвоились удвоение удвоим удвоят вдвічі двічі удвічі подвоїти
2 подвоїть подвоїли подвоїлась подвоїлося подвоївся подвоїлися подвоюється подвоєння подвоїмо подвоять
3 thrice triple triples tripled tripling threefold втрое трижды утроить утроит утроили утроилось утроился утроилась
3 утроились утроение утроим втричі тричі утричі потроїти потроїть потроїли потроїлась потроїлося потроївся потроєння
4 quadruple quadruples quadrupled quadrupling fourfold вчетверо четырежды вчетверо учетверо
5 fivefold впятеро вп'ятеро уп'ятеро
10 tenfold вдесятеро удесятеро
1/2 halve halved halving
"""


def _rows(text: str) -> Iterable[tuple[Fraction, list[str]]]:
    for line in text.strip().splitlines():
        value, *forms = line.split()
        yield Fraction(value), forms


def _table(text: str) -> dict[str, Fraction]:
    return {form: value for value, forms in _rows(text) for form in forms}


def _with(stems: str, endings: Iterable[str]) -> dict[str, Fraction]:
    endings = tuple(endings)
    return {stem + ending: value for value, found in _rows(stems) for stem in found for ending in endings}


def _cardinals() -> dict[str, Fraction]:
    made = {word: Fraction(n) for n, word in enumerate(_ENGLISH_UNITS.split())}
    made |= {word: Fraction(n * 10) for n, word in enumerate(_ENGLISH_TENS.split(), 2)}
    made |= _table(_IRREGULAR) | _table(_NICKNAMES) | _with(_TEENS, _TEEN_ENDINGS)
    for value, (nominative, genitive, *instrumental) in _rows(_RUSSIAN_TENS):
        forms = [nominative + "десят", genitive + "десяти", *(first + "десятью" for first in instrumental)]
        made |= dict.fromkeys(forms, value)
    made |= _with(_UKRAINIAN_TENS, ("", "и", "ьох", "ьом", "ьма", "ьома"))
    for value, (nominative, genitive, *instrumental) in _rows(_RUSSIAN_HUNDREDS):
        forms = [nominative + "сот", *(genitive + end for end in ("сот", "стам", "стах"))]
        made |= dict.fromkeys([*forms, *(first + "стами" for first in instrumental)], value)
    for value, (nominative, genitive, *instrumental) in _rows(_UKRAINIAN_HUNDREDS):
        forms = [nominative + "сот", *(genitive + end for end in ("сот", "ста", "стам", "стах"))]
        made |= dict.fromkeys([*forms, *(first + "стами" for first in instrumental)], value)
    return made


def _ordinals() -> dict[str, Fraction]:
    made = {form: value for form, value in _with(_ORDINAL_STEMS, _ADJECTIVE).items() if value != 3}
    made |= {"трет" + ending: Fraction(3) for ending in _THIRD}
    made |= _with("1000 тысячн тисячн", ("і", "их"))
    made |= dict.fromkeys(UKRAINIAN_SECOND, Fraction(2))
    return {form: value for form, value in made.items() if form not in _OTHER_WORDS} | _table(_ENGLISH_ORDINALS)


CARDINALS = _cardinals()
ORDINALS = {form: value for form, value in _ordinals().items() if form not in CARDINALS}
SCALES = _table(_SCALES) | _with(_SCALE_STEMS, _NOUN)
HALVES = _table(_FRACTIONS)
"""Parts that are said by themselves: half, a third, полтора."""
DENOMINATORS = _table(_DENOMINATORS)
"""Parts that need a number before them: three fifths, пять десятых."""
MULTIPLES = _table(_MULTIPLES)
"""How many times something is: twice, втрое, подвоїти."""
COUPLES = frozenset(
    ["couple", "pair", "пара", "пары", "паре", "пару", "парой", "парочка", "парочку", "пари", "парі", "парою"]
)
"""Two, more or less."""
# "One" is a pronoun as often as a number, "first" and "second" are words of order, and Russian "другой" is "other":
# they prove, but need no proof.
SOFT = (
    frozenset(form for form, value in (CARDINALS | ORDINALS).items() if value == 1)
    | {"second", "второй", "вторая", "второе", "вторую", "второго", "второму", "вторым"}
    | UKRAINIAN_SECOND
)
NUMBER_WORDS = CARDINALS | ORDINALS | SCALES | HALVES


PORTIONS = frozenset(
    {
        *("часть", "части", "частью", "доля", "долю", "доли", "долей"),
        *("частина", "частину", "частини", "частиною", "частка", "частку", "частки"),
    }
)
"""Words behind an ordinal that make it a part: "десятая часть"."""


def half_of(norm: str) -> str | None:
    """Return the word that a prefix halves (полмиллиона, півгодини, полчаса), or None."""
    for prefix in _HALF_PREFIXES:
        if norm.startswith(prefix) and len(norm) > len(prefix) + 2:
            return norm[len(prefix) :].lstrip("-'")
    return None
