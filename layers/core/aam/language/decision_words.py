"""Words with which people propose, settle, record, report and withdraw what a meeting decides."""

from __future__ import annotations

from aam.language.phrases import Phrases, word_set

CALLED = Phrases(
    """
    we decided | we've decided | we have decided | it was decided | it is decided | it's decided | that's decided
    the decision is | decision made | we agreed | we have agreed | we've agreed | agreed that | it is agreed
    it's agreed
    we've settled on | settled on | i'm approving | i approve | carried | from now on | it's settled
    starting today | starting tomorrow | that's approved | it's approved | done deal | that's settled
    we settled on | we are going with | we're going with | we will go with
    we'll go with
    let's go with | we go with | agreed | decided | final decision | we have a deal | it's official | motion carried
    let's stick with | let's stick to | we're going ahead with | we are going ahead with | it is then | so it's settled
    the plan is to | the plan is that | approved | go ahead with | just do it | you have my approval
    and that's final | that's final
    согласовано | узгоджено | погоджено
    решили | мы решили | решено | принято решение | принимаем решение | договорились | мы договорились | согласовали
    условились | порешили | утвердили | утверждено | постановили | остановились на | сошлись на | останавливаемся на
    принято | единогласно | отныне | с завтрашнего дня | решение такое | так и решим | так и запишем
    на том и порешили | утверждаю | одобряю | фиксируем
    отказываемся от | не обсуждается | и точка | с сегодняшнего дня | это твердо | принимается | решение | снимаю
    вирішили | ми вирішили | вирішено | ухвалили | ухвалено | прийнято рішення | домовились | домовилися | погодили
    затвердили | затверджено | зійшлися на | зупинилися на | постановили | зупиняємося на | зупиняємось на
    рішення таке | прийнято | одноголосно | відтепер | від сьогодні
    так і вирішимо | так і запишемо | затверджую | погоджую | фіксуємо | не обговорюється | і крапка
    відмовляємося від | відмовляємось від | з сьогоднішнього дня | від завтра | з завтрашнього дня | приймається
    рішення
    """
)
"""What is called a decision."""

ALONE = word_set(
    """
    carried принято прийнято единогласно одноголосно agreed decided approved договорились домовились
    домовилися решено вирішено решили утверждаю одобряю погоджую
    """
)
"""Words that call one a decision even where they stand alone."""

RECORDS = Phrases(
    """
    decision | final decision | so that's decided | write that down | i'll minute that | noted as decided
    решение | фиксирую | фиксируем | записываю | записываем | так и запишем | так и запишу | вношу в протокол
    рішення | фіксую | фіксуємо | записую | записуємо | так і запишемо | так і запишу | заношу до протоколу
    """
)
"""What records the speaker's own words as decided."""

EARLIER = Phrases(
    """
    last time | last week | last month | last year | at the last meeting | back then | previously | we already decided
    we already agreed | already been decided | i thought we
    в прошлый раз | на прошлой встрече | на прошлой неделе | в прошлом году | же решили | вроде решили | же утвердили
    же договорились | вроде договорились | ведь решили | уже решили | уже договорились | уже утвердили
    минулого разу | на минулій зустрічі | минулого тижня | торік | ж вирішили | ніби вирішили | ж домовилися | наче
    ж домовлялися | вже вирішили | вже домовилися | же домовилися | же вирішили
    """
)
"""What tells of a decision of an earlier day."""

PAST_DECISIONS = word_set(
    """
    решили договорились утвердили согласовали условились вирішили домовились домовилися затвердили погодили ухвалили
    """
)
"""Verbs that tell of a decision as readily as they take it."""

PROPOSED = Phrases(
    """
    let's | let us | i think we should | i'd say we | we should | i'd propose | i propose | i suggest | i'd suggest
    why don't we | what about | how about | what if we | i'd go for | i would go for | i vote for | we could just
    you could | we could | in favour of | in favor of | all in favour | all in favor | i was thinking | shall we
    should we | i'd like to propose | my proposal
    давайте | давай | предлагаю | предложила бы | предложил бы | я бы взял | я бы взяла | может | надо брать | лучше
    давайте-ка | можно | пусть будет | я за то чтобы
    пропоную | може | можна | треба брати | краще | хай буде | нехай буде | я за те щоб | я б сказав | я б сказала
    """
)
"""What puts something forward."""

FIRM = Phrases(
    """
    let's | let us | i think we should | we should | i'd propose | i propose | i suggest | i'd suggest | i'd go for
    давайте | давай | предлагаю | предложила бы | предложил бы | пусть будет | ну пусть | надо брать
    пропоную | треба брати | хай буде | нехай буде | я б сказав | я б сказала
    """
)
"""What puts something forward so that a plain yes settles it."""

STRONG = Phrases(
    """
    works for me | that works | all for it | i'm for it | aye | same here | love it | agreed | deal | fine by me
    fine with me | let's do it | let's do that | i'm in
    i agree | that i can sign | i can sign that | i'd sign that | i could live with | i can live with | much better
    договорились | согласен | согласна | поддерживаю | подходит | идет | так и сделаем | я за | я тоже за
    я только за | тоже так думаю | давно пора | решено
    домовились | домовилися | згоден | згодна | підтримую | підходить | підійде | так і зробимо | я за | я теж за
    вирішено
    """
)
"""Consent that settles even a mere idea."""

THAT_WAY = Phrases(
    """
    let's do it that way | let's do it like that | let's do that | let's do it | do it that way | let's go for it
    так и сделаем | так и поступим | делаем так | сделаем так | давайте так | так и зробимо | робимо так | зробимо так
    хай буде так | пусть будет так
    """
)
"""What takes a proposal as it was made."""

SHALL_WE = Phrases("shall we | should we | should we just | do we go with | are we going with | do we just")
"""Questions that "yes, let's" settles."""

ALTERNATIVES = Phrases(
    """
    either | choices are | options are | alternatives are | choice is between | либо | варианта | варианты | або або
    варіанти | одно из двух | одне з двох
    """
)
"""What lays out choices, of which none is taken yet."""

AS_IT_IS = Phrases(
    """
    we're at | we are at | we've got | it's been | there's | there is | there are | that's why | i mean | it was
    у нас | нету | пока что | поки що | це фантазія | сейчас | зараз
    """
)
"""What says how things are."""

WITHDRAWS = Phrases(
    """
    scrap what i said | scrap that | scrap the | strike that | forget what i said | i take that back | i take it back
    cancel that | cancel the | on second thoughts | on second thought | let's undo that | let's drop that | drop the
    снимаю | беру назад | беру слова назад | беру свои слова | забыли | отменяем | отменяю | вычеркиваем | вычеркни
    отбой | знімаю | беру свої слова | забули | забудьмо | скасовуємо | скасовую | викреслюємо | відбій
    """
)
"""What takes back what was settled or put forward before."""
