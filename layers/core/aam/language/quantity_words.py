"""Words around numbers: what sums and differences are announced by, and what kinds of things are counted."""

from __future__ import annotations

from aam.language.phrases import Phrases, word_set

TOTALS = Phrases(
    """
    in all | in total | altogether | total | totals | totalling | totaling | totalled | combined | together
    overall | all told | sum of | add up to | adds up to | всего | итого | в сумме | на сумму | суммарн* | вместе
    в общей сложности | совокупн* | общий | общая | общее | общую | общей | общие | общих | усього | всього | разом
    загалом | сумарн* | сукупн* | загальн* | підсумк*
    """
)
"""What announces the sum of what was said."""
DIFFERENCES = Phrases(
    """
    difference* | gap | remain* | left | the rest | saving* | save | saves | saved | short | shortfall | surplus
    extra | surcharge | on top | margin | cheaper | dearer | more expensive | higher | lower | fewer | more than
    less than | longer | shorter | faster | slower | older | younger | missing | to go | still | ahead | behind
    increase* | grow* | grew | rise* | rose | risen | up by | down by | drop* | fell | fall* | decreas* | reduc*
    cut* | lost | gain* | разниц* | разрыв* | оста* | эконом* | сэконом* | доплат* | доплач* | переплат* | надбавк*
    дороже | дешевле | подорож* | подешев* | выше | ниже | больше | меньше | дольше | быстрее | медленнее | старше
    младше | не хват* | недоста* | прибав* | вырос* | выраст* | рост* | упал* | упад* | снизи* | сниж* | сократ*
    сокращ* | увелич* | уменьш* | прирост* | різниц* | розрив* | залиш* | решт* | заощад* | економ* | доплат*
    переплат* | надбавк* | дорожч* | дешевш* | подорожч* | здорожч* | подешевш* | вищ* | нижч* | більше | менше
    довше | швидше | повільніше | старш* | молодш* | бракує | не вистача* | зрос* | зріс | зрост* | впав | впал*
    знизи* | зниж* | скоро* | збільш* | зменш* | приріст*
    """
)
"""What announces the difference of two numbers, or what is left of one."""
AS_MANY_AGAIN = Phrases(
    "as many again | as much again | the same again | еще столько же | столько же еще | ще стільки ж | стільки ж ще"
)
PERSONS = word_set(
    """
    people person persons users user employees employee staff members member participants colleagues guys men
    women heads customers clients человек человека людей люди сотрудников сотрудника сотрудники участников коллег
    клиентов людина осіб співробітників учасників працівників participant участник участника участникам учасники
    учасника учасникам дітей детей ребят учеников учнів гостей гості guests children kids students
    """
)
ANY_THING = word_set(
    """
    people person persons users items pieces copies cases total apiece altogether человек людей штук единиц осіб
    одиниць
    """
)
"""Nouns that may be put for what was not named."""
LISTED = Phrases(
    """
    thing | things | reason | reasons | group | groups | aspect | aspects | point | points | topic | topics | kind
    kinds | type | types | way | ways | idea | ideas | part | parts | factor | factors | issue | issues | problem
    problems | gap | gaps | concern | concerns | risk | risks | question | questions | option | options | condition
    conditions | measure | measures | obstacle | obstacles | argument | arguments | step | steps | change | changes
    proposal | proposals | suggestion | suggestions | variant | variants | alternative | alternatives | possibility
    possibilities | side | sides | requirement | requirements | advantage | advantages | drawback | drawbacks | case
    cases | причин* | вещ* | аспект* | пункт* | тип | типа | типы | способ* | проблем* | вопрос* | риск* | услови*
    вариант* | мер | меры | препятств* | довод* | шаг | шага | шагов | изменени* | предложени* | сторон*
    требовани* | момент* | фактор* | направлени* | недостат* | преимуществ* | случа* | реч* | типи | питан* | ризик*
    умов* | варіант* | заход* | перешкод* | крок | кроки | кроків | змін* | зміни | пропозиц* | вимог* | чинник*
    напрям* | недолік* | переваг* | випад*
    """
)
"""What the writer of minutes counts, and no speaker had to."""
DEFINITE = word_set(
    "the these those both all эти этих этим этими оба обе обоих обеих ці цих цим цими обидва обидві обох"
)
"""Words before a number that only points to what is known: "the two proposals"."""
LABELLED = tuple(
    sorted(
        word_set(
            """
            bed room ward item slide page step phase version level floor chapter option year grade class line
            gate table палат кабинет кабінет комнат этаж кімнат поверх страниц сторін слайд пункт вариант варіант
            групп груп класс клас
            """
        )
    )
)
"""Beginnings of things that a number behind them names and does not count."""
CORRECTIONS = Phrases(
    """
    sorry | i mean | i meant | no wait | or rather | make that | correction | no no | ой | точнее | вернее
    извините | простите | пардон | нет не | ой нет | я хотел сказать | оговорился | оговорилась | ой ні | точніше
    вірніше | вибачте | перепрошую | пробачте
    """
)
"""What takes back the number before it for the one behind it."""
BY = frozenset({"by", "на"})
TO = frozenset({"to", "до"})
AT_AN_HOUR = frozenset({"о", "об", "на", "в", "к", "at", "by"})
