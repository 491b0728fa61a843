"""Amounts as people say them: in two units, with parts left out, as rates; what they are and what they are not."""

from __future__ import annotations

import pytest

from tests.support.facts import check, holds

TWO_UNITS = [
    ("The whole thing came to nine pounds twenty in the end", "It cost £9.20.", True),
    ("The whole thing came to nine pounds twenty in the end", "It cost £29.", False),
    ("The whole thing came to nine pounds twenty in the end", "It cost £9.02.", False),
    ("Questions run for an hour and 35 minutes on Mondays", "Questions run for 95 minutes.", True),
    ("Questions run for an hour and 35 minutes on Mondays", "Questions run for 35 minutes.", False),
    ("The shelf is two metres forty wide at the bottom", "The shelf is 2.4 m wide.", True),
    ("The shelf is two metres forty wide at the bottom", "The shelf is 2.04 m wide.", False),
    ("She is five foot six without her boots on", "She is 66 inches without boots.", True),
    ("Там сейчас глубина метр тридцать, дальше вода", "Глубина 1,3 м.", True),
    ("Там сейчас глубина метр тридцать, дальше вода", "Глубина 130 см.", True),
    ("Там сейчас глубина метр тридцать, дальше вода", "Глубина 1,03 м.", False),
    ("Там сейчас глубина метр тридцать, дальше вода", "Глубина 30 м.", False),
    ("Раньше звонок длился минуту двадцать в среднем", "Раньше звонок длился 80 секунд.", True),
    ("Раньше звонок длился минуту двадцать в среднем", "Раньше звонок длился 120 секунд.", False),
    ("Рейс задержали на час сорок из-за тумана", "Рейс задержан на 1 ч 40 мин.", True),
    ("Рейс задержали на час сорок из-за тумана", "Рейс задержан на 1 ч 14 мин.", False),
    ("Булка стоит двенадцать рублей пятьдесят копеек теперь", "Булка стоит 12,50 руб.", True),
    ("Перегляд триває дві години двадцять разом із рекламою", "Перегляд триває 140 хвилин.", True),
    ("Перегляд триває дві години двадцять разом із рекламою", "Перегляд триває 220 хвилин.", False),
    ("Гривня сорок за хвилину, дешевше ніде немає", "Хвилина коштує 1,40 грн.", True),
    ("Метр тканини тридцать рублей, это дёшево совсем", "Метр ткани стоит 30 рублей.", True),
]
UNITS = [
    ("Бумагу привезли сто пятнадцать грамм, а не другую", "Бумага 115 г.", True),
    ("Трубу проложили в шестьдесят восьмом году у моста", "Труба 1968 г.", True),
    ("Установим панели по четыреста сорок ватт на крыше", "Панели по 440 Вт.", True),
    ("Поставимо панелі по чотириста сорок ват на даху", "Панелі по 440 кВт.", False),
    ("Беремо кіло двісті борошна на кожен пиріг", "На пиріг іде 1,2 кг борошна.", True),
    ("Черга забирає у нас десь дві години щодня", "Черга забирає десь 2 год щодня.", True),
    ("The zones are 25square kilometre hexagons for now", "The zones cover 25 square kilometres.", True),
    ("The garden has forty square metres of lawn now", "The garden has 40 square feet of lawn.", False),
    ("We committed $50million to beef and nothing else", "Beef gets $50 million.", True),
    ("We committed $50million to beef and nothing else", "Beef gets $50.", False),
]
WORDS = [
    ("It was liked by the twenty five to thirty five group", "It was liked by the 25–35s.", True),
    ("It was liked by the twenty five to thirty five group", "It was liked by the 25–45s.", False),
    (
        "We compare networks with five hundred and one thousand units",
        "Networks of 500 and 1,000 units are compared.",
        True,
    ),
    ("It costs two hundred and fifty thousand euros now", "It costs 250,000 euros.", True),
    ("It costs two hundred and fifty thousand euros now", "It costs 50,000 euros.", False),
    ("Нам нужно четырнадцать двухместных номеров на июнь", "Fourteen doubles are needed.", True),
    ("Десятая часть груза пропала в дороге", "Пропало 10 % груза.", True),
    ("Десятая часть груза пропала в дороге", "Пропало 20 % груза.", False),
    ("Десята частина вантажу зникла в дорозі", "Зникло 10 % вантажу.", True),
    ("Сверху ещё двадцатка за новый гидроблок выйдет", "Гидроблок — ещё 20.", True),
    ("Сверху ещё двадцатка за новый гидроблок выйдет", "Гидроблок — ещё 30.", False),
]
RATES = [
    ("You change the batteries once every six months", "Batteries are changed twice a year.", True),
    ("You change the batteries once every six months", "Batteries are changed six times a year.", False),
    ("We check the pumps twice a year on every site", "The pumps are checked every six months.", True),
    ("We check the pumps twice a year on every site", "The pumps are checked every two months.", False),
    ("Фильтры меняем раз в три месяца, не реже", "Фильтры меняют четыре раза в год.", True),
    ("Фильтры меняем раз в три месяца, не реже", "Фильтры меняют три раза в год.", False),
    ("Звіт здаємо двічі на рік, як і раніше", "Звіт здають кожні шість місяців.", True),
]
CHANGES = [
    ("Обед будет стоить триста сорок рублей вместо трёхсот десяти", "Цена обеда вырастет с 310 до 340 рублей.", True),
    ("Обед будет стоить триста сорок рублей вместо трёхсот десяти", "Обед будет стоить 310 рублей.", False),
    ("The seats go to sixty instead of forty in May", "The seats go from 40 to 60.", True),
    ("The seats go to sixty instead of forty in May", "There will be 40 seats.", False),
    ("Беремо тепер вісім ящиків замість дванадцяти на тиждень", "Кількість ящиків зменшено з 12 до 8.", True),
    ("Беремо тепер вісім ящиків замість дванадцяти на тиждень", "Беремо 12 ящиків на тиждень.", False),
]

RECKONED = [
    ("Fifty million dollars to beef and fifty million dollars to pork", "$100 million in all for beef and pork.", True),
    (
        "Fifty million dollars to beef and fifty million dollars to pork",
        "$150 million in all for beef and pork.",
        False,
    ),
    ("Last year we lost over $20 million, and this year it is $40 million", "The loss is twice last year's.", True),
    (
        "Last year we lost over $20 million, and this year it is $40 million",
        "The loss is three times last year's.",
        False,
    ),
    ("Requests went from 75 to 300 in a year", "Requests quadrupled.", True),
    ("Requests went from 75 to 300 in a year", "Requests tripled.", False),
    ("Twelve of the forty eight chairs are broken now", "25% of the chairs are broken.", True),
    ("Twelve of the forty eight chairs are broken now", "35% of the chairs are broken.", False),
    ("У соседей тысяча за снимок, а у нас восемьсот", "Снимок у соседей дороже на 200.", True),
    ("У соседей тысяча за снимок, а у нас восемьсот", "Снимок у соседей дороже на 300.", False),
    ("Накачали восемьсот килограмм, липового двести, остальное разнотравье", "Разнотравья 600 кг.", True),
    ("Накачали восемьсот килограмм, липового двести, остальное разнотравье", "Разнотравья 700 кг.", False),
    ("Минулого місяця було сорок заявок, а тепер шістдесят заявок", "Заявок побільшало на 20.", True),
    ("Минулого місяця було сорок заявок, а тепер шістдесят заявок", "Заявок побільшало на 50%.", True),
    ("Минулого місяця було сорок заявок, а тепер шістдесят заявок", "Заявок побільшало на 30.", False),
    ("The share went from four percent to six percent", "The share rose by 2 percentage points.", True),
    ("The share went from four percent to six percent", "The share rose by 2 percent.", False),
    ("Сто девять дел готово, осталось ещё столько же", "Готова половина дел.", True),
]
ELIDED = [
    ("Ремонт тридцать пять тысяч, а клиент просил не больше сорока", "Потолок клиента — 40 тыс.", True),
    ("Ремонт тридцать пять тысяч, а клиент просил не больше сорока", "Потолок клиента — 40 млн.", False),
    ("Ремонт тридцать пять тысяч, а мастеров у нас сорок человек", "Потолок клиента — 40 тыс.", False),
    ("The roof is eighty thousand and the floor another twelve", "The floor costs 12,000.", True),
    ("Дах коштує вісімдесят тисяч, а підлога ще дванадцять", "Підлога — 12 тис.", True),
    ("Дах коштує вісімдесят тисяч, а вікон ще дванадцять штук", "Підлога — 12 тис.", False),
]
COUNTED_BY_THE_WRITER = [
    ("It is slow and it is loud when it starts", "Two problems: it is slow and it is loud.", True),
    ("There are three problems with it as it stands now", "Two problems with it were named.", False),
    ("Они поспорили и потом договорились о цене заранее", "Эти две стороны договорились о цене.", True),
    ("Ми порівняли тариф А і тариф Б за рік", "Порівняно два варіанти тарифу.", True),
    ("Ми порівняли чотири варіанти тарифу за рік", "Порівняно два варіанти тарифу.", False),
    ("Thanks to everybody for joining us here today", "The company closes two factories.", False),
]


@pytest.mark.parametrize(
    ("said", "text", "right"),
    [*TWO_UNITS, *UNITS, *WORDS, *RATES, *CHANGES, *RECKONED, *ELIDED, *COUNTED_BY_THE_WRITER],
)
def test_amounts_as_they_are_said(said: str, text: str, right: bool) -> None:
    assert holds(check(said, text=text)) is right
