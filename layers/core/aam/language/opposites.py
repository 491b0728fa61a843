"""Words that turn a statement into its opposite without any "not": more and less, approved and rejected, all and some.

Each scale has two ends.  Of two clauses about one thing, one with words of one end and one with words of the other
cannot both be true.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aam.language.phrases import Phrases, phrases_of, word_set

_SCALES: dict[str, tuple[str, str]] = {
    "amount": (
        """
        more | higher | greater | bigger | larger | increase* | rise* | rose | rising | grow* | grew | raise*
        expand* | expensive | dearer | costlier | pricier | double* | triple* | at least | minimum
        no less than | not less than | no fewer than | goes up | go up | going up | went up | gone up | comes up
        came up | push up | upward* | больше | более | выше | вырос* | раст* | рост* | увелич* | повыс* | повыш*
        подня* | подним* | дорож* | дорог* | подорож* | удвои* | не менее | не меньше | не ниже | как минимум
        минимум | по меньшей мере | більш* | вище | вищ* | вирос* | виріс | зріс | зрос* | зрост* | збільш*
        підвищ* | підня*
        підніма* | дорож* | дорог* | подорож* | не менше | не нижче | щонайменше | принаймні | мінімум
        """,
        """
        less | fewer | lower | smaller | decrease* | fall | falls | fell | falling | drop | drops | dropped
        dropping | shrink* | shrank | reduc* | lowered | lowering | lowers | decline in | cheap* | cut down
        cuts | halve* | at most | maximum | no more than | not more than | goes down | go down | going down
        went down | gone down | downward* | меньше | менее | ниже | упал* | упад* | просел* | проседа* | обвал*
        пада* | сниз* | снижа*
        сниже* | сократ* | сокращ* | уменьш* | пониз* | пониж* | дешев* | подешев* | не более | не больше
        не выше | максимум | менш* | нижче | впа* | просіл* | просів | обвал* | знизи* | знижу* | зниже*
        скорот* | скороч* | зменш*
        дешев* | подешев* | здешев* | не більше | не вище | щонайбільше
        """,
    ),
    "limit": (
        """
        over budget | above budget | over the budget | over-budget | сверх бюджета | понад бюджет
        вышли за бюджет
        """,
        """
        under budget | below budget | within budget | in budget | under the budget | в рамках бюджета
        в межах бюджету
        """,
    ),
    "consent": (
        """
        approv* | accept* | agree | agrees | agreed | agreeing | support | supports | supported | supporting
        allow* | permit* | endorse* | welcomed | in favour | in favor | adopted | green light
        gave the go-ahead | одобр* | приня* | прини* | согласи* | соглаша* | согласна | согласен | согласны
        поддерж* | разреш* | утверди* | утвержд* | схвал* | прийня* | прийма* | погоди* | погодж* | згод*
        згідн* | підтрим* | дозвол* | затверд*
        """,
        """
        reject* | refus* | declin* | disagree* | oppos* | object | objects | objected | objecting | deny
        denies | denied | forbid* | forbade | ban | bans | banned | veto* | turned down | turn down | against it
        against the | voted down | отклон* | отказ* | откаж* | не соглас* | возража* | возраз* | запрет*
        запрещ* | против | отверг* | зарубил* | відхил* | відмов* | не згод* | запереч* | заборон* | проти
        відкин*
        """,
    ),
    "continuation": (
        """
        keep | keeps | kept | keeping | continu* | start | starts | started | starting | begin* | began
        launch* | open | opens | opened | opening | resum* | retain* | extend* | renew* | prolong* | оставл*
        оставим | оставить | сохран* | продолж* | начн* | начал* | начин* | запус* | откры* | продл* | залиш*
        збереж* | збері* | продовж* | почн* | почал* | почин* | запус* | відкри*
        """,
        """
        stop | stops | stopped | stopping | drop | drops | dropped | dropping | cancel* | end | ends | ended
        ending | close | closes | closed | closing | abandon* | terminat* | discontinu* | quit | halt* | scrap
        scrapped | postpon* | get rid | убира* | уберем | убрать | убрали | отмен* | прекра* | останов*
        остановл* | закры* | закро* | расторг* | свернут* | свернул* | прибра* | прибере* | скасу* | скасов*
        припин* | зупин* | закри* | розірв* | розрива* | згорн*
        """,
    ),
    "success": (
        """
        succeed* | success* | passed | pass the | went through | goes through | go through | delivered
        delivers | managed to | work well | works well | worked well | works fine | fixed | solved | resolved
        won | win | wins | winning | achiev* | met the | meets the | reached the | come together | успешн*
        удал* | получил* | прошел | прошла | прошло | справи* | выигра* | побед* | достиг* | выполни*
        сработал* | успішн* | вдал* | пройшов | пройшла | пройшло | впора* | вигра* | перемог* | досяг*
        викона* | спрацюва*
        """,
        """
        fail* | fell through | falls through | fall through | falling through | collapsed | broke down
        missed the | miss the | lost | lose | loses | losing | unsuccessful* | fell apart | did badly | short of
        провал* | сорвал* | сорва* | не удал* | не получил* | не прош* | проигра* | потерял* | потеря* | завали*
        не выполни* | сорвется | провал* | зірва* | не вдал* | не пройш* | програ* | втрат* | не викона*
        зрива*
        """,
    ),
    "inclusion": (
        """
        includ* | add | adds | added | adding | with | contain* | together with | включа* | включи* | добав*
        вход* | вместе с | включа* | включи* | дода* | вход* | разом з | разом із
        """,
        """
        exclud* | remov* | without | omit* | left out | leave out | leaving out | take out | taken out | except
        not counting | исключ* | убра* | удал* из | без | кроме | не входит | не входят | виключ* | прибра*
        вилуч* | без | крім | окрім | не входить | не входять
        """,
    ),
    "choice": (
        """
        chose | chosen | choos* | select* | picked | picks | pick the | opted | go with | went with | going with
        выбра* | выбер* | выбира* | обра* | обере* | обира* | вибра*
        """,
        """
        ruled out | rule out | rules out | ruling out | discard* | dismiss* | passed over | decided against
        отброс* | исключ* | решили против | отказа* от | відкин* | виключ* | відмов* від
        """,
    ),
    "membership": (
        """
        joined | joins | join the | signed up | came back | entered the | вступи* | присоедини* | вернул*
        приєдна* | вступи* | поверну*
        """,
        """
        quit | resigned | resigns | left the | leaves the | leaving the | dropped out | ушел | ушла | ушли
        покину* | уволил*
        пішов | пішла | пішли | звільни*
        """,
    ),
    "validity": (
        """
        upheld | uphold* | imposed | reinstat* | confirmed | confirms | in force | оставил* в силе | подтверди*
        ввели | введен*
        залишив в силі | підтверд* | запровад*
        """,
        """
        overturn* | struck down | revok* | lifted | repeal* | annul* | отмени* | отмене* | аннулир* | снял*
        скасу* | анулю*
        """,
    ),
    "size": (
        """
        big | large | huge | big enough | крупн* | больш* | велик* | большой | большая
        """,
        """
        small | tiny | little | too small | маленьк* | мелк* | мал | мала | мало | мален* | замал* | дрібн*
        """,
    ),
    "vote": (
        """
        voted for | vote for | votes for | voted in favour | проголосовал* за | голосовал* за | голосуем за
        проголосува* за | голосува* за
        """,
        """
        voted against | vote against | voted down | проголосовал* против | голосовал* против
        проголосува* проти | голосува* проти
        """,
    ),
    "trade": (
        """
        buy | buys | bought | buying | purchas* | купи* | покупа* | приобре* | закуп* | купу* | придба*
        закупов*
        """,
        """
        sell | sells | sold | selling | прода* | продае* | продаж*
        """,
    ),
    "hiring": (
        """
        hire | hires | hired | hiring | recruit* | наня* | нанима* | найм* | взяли на работу | наймати | найня*
        """,
        """
        fire | fires | fired | firing | dismiss* | lay off | laid off | уволи* | увольня* | сократили | звільн*
        """,
    ),
    "speed": (
        """
        fast* | quick* | faster | sooner | быстр* | скорее | швидш* | швидк*
        """,
        """
        slow* | медлен* | повільн*
        """,
    ),
    "time": (
        """
        early | earlier | ahead of schedule | on time | раньше | рано | вовремя | в срок | раніше | вчасно
        завчасно
        """,
        """
        late | later | delay* | behind schedule | overdue | позже | поздн* | опозда* | опазд* | задерж*
        с опозданием | пізніш* | пізно | запізн* | затрим* | спізн*
        """,
    ),
    "quality": (
        """
        better | best | improv* | good | great | well done | лучше | лучш* | улучш* | хорош* | краще | кращ*
        покращ* | поліпш* | добр*
        """,
        """
        worse | worst | worsen* | bad | badly | poor* | awful | terrible | хуже | худш* | ухудш* | плох*
        ужасн* | гірше | гірш* | погірш* | поган* | жахлив*
        """,
    ),
    "ease": (
        """
        easy | easier | simple* | simpler | легк* | легч* | проще | прост* | просто | легш* | простіш*
        """,
        """
        difficult* | hard | harder | complex* | complicat* | cumbersome | сложн* | трудн* | складн* | важк*
        важч*
        """,
    ),
    "safety": (
        """
        safe | safer | safest | secure* | безопасн* | надежн* | безпечн* | надійн*
        """,
        """
        unsafe | danger* | risky | riskier | insecure | опасн* | рискован* | ненадежн* | небезпечн* | ризикован*
        ненадійн*
        """,
    ),
    "liking": (
        """
        likes | liked | love | loves | loved | happy | satisfied | pleased | prefer* | нравит* | понравил*
        довол* | доволен | устраива* | подобається | сподоба* | задоволен* | влаштову*
        """,
        """
        dislike* | hate | hates | hated | unhappy | dissatisfied | disappointed | annoyed | complain* | не нрав*
        не понрав* | недовол* | не устраива* | разочаров* | жалу* | не подоба* | не сподоба* | незадоволен*
        не влаштов* | розчаров*
        """,
    ),
    "certainty": (
        """
        confirm* | definite* | certain* | final | finally decided | sure to | guarantee* | подтверд* | точно
        окончательн* | гарантир* | підтверд* | остаточн* | гаранту*
        """,
        """
        unconfirmed | uncertain | doubtful | provisional* | tentativ* | unclear | предварительн* | неясн*
        неопредел* | попередн* | неясн* | невизначен*
        """,
    ),
    "possession": (
        """
        has | have | had | enough | sufficient | plenty | есть | имеет* | име* | хватает | хватит | достаточно
        є | має | мають | вистачає | вистачить | достатньо
        """,
        """
        lack | lacks | lacked | lacking | insufficient | shortage | missing | absence | ran out | run out
        short of | нехват* | не хвата* | не хватит | недоста* | отсутств* | браку* | бракує | брак | нестач*
        не вистача* | не вистачить | відсутн*
        """,
    ),
    "length": (
        """
        long | longer | longest | длинн* | дольше | довг* | довш*
        """,
        """
        short | shorter | shortest | коротк* | короч* | коротш*
        """,
    ),
}
_ENDS: dict[str, list[tuple[str, int]]] = {}
for _scale, _ends in _SCALES.items():
    for _sign, _words in zip((1, -1), _ends, strict=True):
        for _phrase in phrases_of(_words):
            _ENDS.setdefault(_phrase, []).append((_scale, _sign))
_WORDS = Phrases("|".join(_ENDS))
# "Up" and "down" are directions beside a verb of motion or a number; elsewhere they belong to the verb ("set up").
_UP_DOWN = {"up": 1, "down": -1, "вверх": 1, "вниз": -1, "вгору": 1}
_MOTION = word_set(
    """
    go goes going gone went drive drives drove driving push pushes pushed bring brings brought move moves moved
    moving
    shoot shot get gets got is are was were be been trend trending percent % by
    """
)
# Here these words stand for no end of a scale.
_IDIOMS = Phrases(
    """
    raise* the idea | raise* a question | raise* the question | raise* concern* | raise* the issue
    raise* the point | raise* an issue
    raise* money | fall back | falls back | drop off | drops off | drop by | as well as | at the latest
    more or less | sooner or later
    close to | close by | close attention | keep in mind | keeps in mind | in addition | in good time
    good morning | good idea
    best practice* | long term | in the long run | at the end | by the end | the end of | end of | end up
    ends up | ended up
    at least one | such as | as long as | so long as | late afternoon | early morning
    в конце | до конца | к концу | конец | поднял* вопрос* | поднима* вопрос* | тем более | более того
    тем не менее | хорошо
    до кінця | в кінці | у кінці | наприкінці | підня* питання | більше того | тим більше | добре
    """
)
_FORMER = Phrases(
    "used to | formerly | previously | раньше было | раньше были | прежде | раніше було | раніше були | колись"
)
# "Less expensive" is cheaper.
_LESS = frozenset({"less", "менее", "менш*"})
_NEAR = 4
UNIVERSAL = Phrases(
    """
    all | every | everyone | everybody | everything | each | always | entire | whole | both | completely | entirely
    все | всех | всем | всеми | каждый | каждая | каждое | каждого | каждой | каждому | всегда | всё | целиком
    полностью
    всі | усі | всіх | усіх | всім | усім | кожен | кожна | кожне | кожного | кожної | кожному | завжди | цілком
    повністю
    """
)
PARTIAL = Phrases(
    """
    some | only | just a | one of | two of | three of | most | mostly | many | half | several | few | part
    parts | partly | partially
    percent | %
    majority | minority
    almost all | nearly all | almost | nearly | a lot of | lots of | sometimes | often | usually | at least one
    a couple | certain
    only some | not all | a third | two thirds | a quarter
    только | лишь | один из | одна из | одну из | одно из | некоторые | некоторых | некоторым | часть | части
    частично | половина | половину | половины
    половине
    большинство | большинства
    большая часть | многие | многих | многим | много | несколько | почти | иногда | часто | обычно | процент*
    не все | треть | четверть
    лише | тільки | один з | один із | одна з | одна із | одну з | одну із | деякі | деяких | деяким | частина
    частину | частини | частково | половина | половину
    половини | половині
    більшість | більшості
    багато | багатьох | кілька | декілька | майже | іноді | часто | зазвичай | відсот* | не всі | третина | чверть
    """
)
# From few to most; a higher one claims more.
_LEVELS = [
    Phrases(
        """
        few | a handful | hardly any | hardly anyone | one of | мало | немногие | единицы | мало кто | мало хто
        дехто | одиниці
        """
    ),
    Phrases(
        """
        some | several | a few | a couple | certain | sometimes | part | parts | partly | some of | occasionally
        некоторые | некоторых | некоторым | часть | части | несколько | иногда | отдельные | отдельных | частично
        деякі | деяких | деяким | частина | частину | частини | кілька | декілька | іноді | окремі | частково
        """
    ),
    Phrases(
        """
        many | much | a lot | lots | often | half | plenty
        многие | многих | много | часто | половина | половину | половины
        багато | багатьох | часто | половина | половину | половини
        """
    ),
    Phrases(
        """
        most | mostly | majority | usually | almost all | nearly all | the bulk
        большинство | большинства | большая часть | почти все | обычно
        більшість | більшості | більша частина | майже всі | зазвичай
        """
    ),
]
_NOT_UNIVERSAL = Phrases(
    """
    at all | all right | after all | above all | all of a sudden | all along | all the same | first of all
    any more | in any case
    all i | that's all | all that | all about | everything else | most of all | anyway | whole bunch
    все равно | всё равно | все еще | все же | всё же | все таки | прежде всего | и все | все это
    все одно | все ще | все ж | все таки | перш за все | і все | все це
    """
)


@dataclass(frozen=True, slots=True)
class Side:
    """A word of one end of a scale: the scale, 1 or -1, and its half-open range of tokens."""

    scale: str
    sign: int
    first: int
    last: int


def sides_of(norms: Sequence[str]) -> Iterator[Side]:
    """Yield the words of a clause that stand for one end of a scale."""
    norms = _without_idioms(norms)
    if _FORMER.any(norms):
        # "It used to be slow" says that it no longer is.
        return
    lessened = 0
    for found in _WORDS.find(norms):
        if found.phrase in _LESS and found.last < len(norms) and _WORDS.starts(norms, found.last):
            lessened = found.last
            continue
        turn = -1 if lessened == found.first and lessened else 1
        for scale, sign in _ENDS[found.phrase]:
            yield Side(scale, turn * sign, found.first, found.last)
    for at, norm in enumerate(norms):
        if norm in _UP_DOWN and _moves(norms, at):
            yield Side("amount", _UP_DOWN[norm], at, at + 1)


def _without_idioms(norms: Sequence[str]) -> Sequence[str]:
    found = {at for match in _IDIOMS.find(norms) for at in range(match.first, match.last)}
    return [("" if at in found else norm) for at, norm in enumerate(norms)] if found else norms


def _moves(norms: Sequence[str], at: int) -> bool:
    if at + 1 < len(norms) and norms[at + 1] in {"with", "to", "here", "there", "on"}:
        return False
    return any(norm in _MOTION for norm in norms[max(0, at - _NEAR) : at]) or norms[at + 1 : at + 2] == ["by"]


def is_universal(norms: Sequence[str]) -> bool:
    """Return whether a clause speaks of all or every."""
    spared = {at for found in _NOT_UNIVERSAL.find(norms) for at in range(found.first, found.last)}
    return any(found.first not in spared for found in UNIVERSAL.find(norms))


def level_of(norms: Sequence[str]) -> int:
    """Return how much a clause speaks of, from 1 for few to 4 for most; 0 if it names none of these."""
    return max((level for level, words in enumerate(_LEVELS, 1) if words.any(norms)), default=0)


def is_partial(norms: Sequence[str]) -> bool:
    """Return whether a clause speaks of some, many or a part."""
    return PARTIAL.any(norms)
