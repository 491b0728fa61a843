"""Numbers as English, Russian and Ukrainian words, with their cases and as ordinals."""

from __future__ import annotations

from fractions import Fraction

_CARDINALS = """
0 zero ноль ноля нулю нулем нуль нуля
1 one один одна одно одного одной одному одним одном одну одне однієї одній
2 two два две двух двум двумя дві двох двом двома
3 three три трех трем тремя трьох трьом трьома
4 four четыре четырех четырем четырьмя чотири чотирьох чотирьом чотирма
5 five пять пяти пятью п'ять п'яти п'ятьох п'ятьма
6 six шесть шести шестью шість шістьох
7 seven семь семи семью сім сімох
8 eight восемь восьми восемью вісім вісьмох
9 nine девять девяти девятью дев'ять дев'яти
10 ten десять десяти десятью
11 eleven одиннадцать одиннадцати одинадцять одинадцяти
12 twelve двенадцать двенадцати дванадцять дванадцяти
13 thirteen тринадцать тринадцати тринадцять тринадцяти
14 fourteen четырнадцать четырнадцати чотирнадцять чотирнадцяти
15 fifteen пятнадцать пятнадцати п'ятнадцять п'ятнадцяти
16 sixteen шестнадцать шестнадцати шістнадцять шістнадцяти
17 seventeen семнадцать семнадцати сімнадцять сімнадцяти
18 eighteen восемнадцать восемнадцати вісімнадцять вісімнадцяти
19 nineteen девятнадцать девятнадцати дев'ятнадцять дев'ятнадцяти
20 twenty двадцать двадцати двадцять двадцяти
30 thirty тридцать тридцати тридцять тридцяти
40 forty сорок сорока
50 fifty пятьдесят пятидесяти п'ятдесят п'ятдесяти
60 sixty шестьдесят шестидесяти шістдесят шістдесяти
70 seventy семьдесят семидесяти сімдесят сімдесяти
80 eighty восемьдесят восьмидесяти вісімдесят вісімдесяти
90 ninety девяносто девяноста дев'яносто дев'яноста
100 сто ста
200 двести двухсот двумстам двісті двохсот
300 триста трехсот трьохсот
400 четыреста четырехсот чотириста чотирьохсот
500 пятьсот пятисот п'ятсот п'ятисот
600 шестьсот шестисот шістсот шестисот
700 семьсот семисот сімсот
800 восемьсот восьмисот вісімсот
900 девятьсот девятисот дев'ятсот дев'ятисот
"""
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
100 hundredth
"""
_ORDINAL_STEMS = """
1 перв перш
2 втор
3 трет треть
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
100 сот
"""
_ENDINGS = (
    *(
        "ый",
        "ий",
        "ой",
        "ая",
        "ое",
        "ого",
        "его",
        "ому",
        "ему",
        "ым",
        "им",
        "ом",
        "ем",
        "ей",
        "ую",
        "ые",
        "ие",
        "ых",
    ),
    *("их", "ыми", "ими", "ья", "ье", "ью", "ьего", "ьему", "ьим", "ьем", "ьей"),
    *("а", "е", "є", "я", "ій", "ої", "у", "ю", "ою", "і"),
)
_SCALES = """
100 hundred hundreds сотня сотни сотню сотень
1000 thousand thousands тысяча тысячи тысячу тысяч тысячам тысячами тыс тисяча тисячі тисячу тисяч тис
1000000 million millions миллион миллиона миллионов миллиону мільйон мільйона мільйонів млн
1000000000 billion billions миллиард миллиарда миллиардов мільярд мільярда мільярдів млрд
"""
_HALVES = """
1/2 half половина половину половины половине половини половині половиною половиной
3/2 полтора полторы півтора півтори
"""


def _table(text: str) -> dict[str, Fraction]:
    rows = (line.split() for line in text.strip().splitlines())
    return {form: Fraction(row[0]) for row in rows for form in row[1:]}


def _ordinals() -> dict[str, Fraction]:
    made = {stem + ending: value for stem, value in _table(_ORDINAL_STEMS).items() for ending in _ENDINGS}
    # Russian "другой" is "other"; only the forms that Russian does not share are the Ukrainian "second".
    made.update(dict.fromkeys(("другий", "другій", "друге"), Fraction(2)))
    # Forms of these stems that are other words: "сота" is a honeycomb, "шесте" a pole, "пятой" may be a heel.
    for word in ("сота", "сот", "соту", "соте", "соті", "шеста", "шесте", "пята", "пяту"):
        made.pop(word, None)
    return made | _table(_ENGLISH_ORDINALS)


CARDINALS = _table(_CARDINALS)
ORDINALS = {form: value for form, value in _ordinals().items() if form not in CARDINALS}
SCALES = _table(_SCALES)
HALVES = _table(_HALVES)
# "One" is a pronoun as often as a number, "first" and "second" are words of order: they prove, but need no
# proof.
SOFT = frozenset(form for form, value in (CARDINALS | ORDINALS).items() if value == 1 or form == "second")
NUMBER_WORDS = CARDINALS | ORDINALS | SCALES | HALVES
