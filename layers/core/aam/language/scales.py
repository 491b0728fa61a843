"""Scales of meaning, each with the words of its two ends."""

from __future__ import annotations

SCALES: dict[str, tuple[str, str]] = {
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
        не против | не проти | не возража* | не заперечу* | approv* | accept* | agree | agrees | agreed
        agreeing | support | supports | supported | supporting
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
        small | tiny | too small | маленьк* | мелк* | мал | мала | мало | мален* | замал* | дрібн*
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
        довол* | доволен | устраива* | устроил* | хочу | хочет | хоче | подобається | сподоба* | задоволен*
        влаштову*
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
        have the | has the | had the | have a | has a | enough | sufficient | plenty | есть | имеет* | име*
        хватает | хватит | достаточно
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
"""For each scale the words of its upper end, and those of its lower one."""
