"""The ways of saying a clause without stating it as a fact, and the cues that show them."""

from __future__ import annotations

from enum import StrEnum

from aam.language.phrases import Phrases, word_set


class Frame(StrEnum):
    """A way of saying a clause without stating it as a fact."""

    DENIED = "denied"
    QUESTION = "question"
    PROPOSAL = "proposal"
    """Suggested: "I suggest", "how about", "предлагаю"."""
    URGED = "urged"
    """What ought to be done: "let's", "we should", "давайте"."""
    CONDITION = "condition"
    HEDGE = "hedge"
    """Uncertain, or only possible: "maybe", "we could", "наверное"."""
    OPINION = "opinion"
    """What the speaker thinks: "I think", "по-моему"."""
    EXCEPTION = "exception"
    """Restricted: "except", "apart from", "кроме"."""
    RETRACTION = "retraction"
    """Takes back what was said before: "scratch that", "отбой"."""
    SARCASM = "sarcasm"


CUES: dict[Frame, Phrases] = {
    Frame.PROPOSAL: Phrases(
        """
        i suggest | i'd suggest | i would suggest | we suggest | i propose | i'd propose | i would propose
        we propose
        my suggestion | my proposal | proposing | how about | what about if | why don't we | why not | what if
        shall we | i recommend | i'd recommend | i would recommend | we recommend | one option | another option
        one idea | an idea | my idea | i was thinking | thinking of | thinking about | what do you think
        would it be possible | it would be nice | it'd be nice good if | i'd like to propose
        i move that
        suggests | suggested | proposes | proposed
        предлагаю | предлагаем | предложил* | предлож* бы | предложение такое | есть предложение | есть идея
        идея такая
        мое предложение | а что если | что если | может быть стоит | как насчет | почему бы | что скажете если
        я бы предложил* | как вариант | один вариант | одна из идей | рекомендую
        пропоную | пропонуємо | запропону* | є пропозиція | моя пропозиція | є ідея | а що якщо | що якщо
        як щодо | чому б | як варіант | один варіант | рекомендую | я би запропону* | я б запропону*
        """
    ),
    Frame.URGED: Phrases(
        """
        i'd | we'd | let's | lets | let us | we should | we shouldn't | you should | should | ought to
        we'd better | had better
        would | i'm thinking | we're thinking | i am thinking | бы | б | би | давайте | давай | стоит | стоило бы
        следует | следовало бы | надо бы | нужно бы
        неплохо бы | хорошо бы
        хорошо было бы | было бы неплохо | было бы хорошо | не мешало бы | хотелось бы | лучше бы
        нумо | варто | варто було б | слід | слід було б | треба б | непогано б | добре б | добре було б
        було б добре | було б непогано | хотілося б | краще б
        we can | you can | i prefer | we prefer | i'd prefer | i'd rather | ideally | i'd go | i would go
        i'd like | i would like
        i'd vote | i vote | i'm for | i am for | we'd like | we might as well | i'd say we | i want us
        it'd be better | it would be better
        я бы | мы бы | я за | хочется | можно | лучше | я б | ми б | я за | хочеться | можна | краще
        """
    ),
    Frame.HEDGE: Phrases(
        """
        we expect | they expect | i expect | they hope | leaning | leans towards | leans toward
        fingers crossed | склоня* | схиля* | мабуть аж | hope to | hopes to
        in the best case | at best | at worst | best case | worst case | with luck | with any luck
        в лучшем случае | в худшем случае
    если повезет | у кращому разі | у найкращому разі | за найкращого | якщо пощастить | was going to
    were going to | was planning to | were planning to | maybe | perhaps | possibly | probably
        might | may | could | would possibly | presumably | supposed to
        supposedly
        allegedly
        apparently | likely | unlikely | potentially | conceivably | hopefully | provisionally | tentatively
        not sure | not certain | unsure | not decided | not final | to be confirmed | to be decided | i guess
        i suppose
        i hope | we hope | i assume | we assume | i doubt | i imagine | i wonder | it seems | seems | seem
        it looks like
        looks like | sort of hoping | more or less agreed | as far as i know | if i remember | i would say | i'd say
        i don't know if | i don't know whether | no idea | we'll see | it depends | depends | in theory
        supposed to be
        considering | we are thinking | we're thinking | would like to | rumour* | rumor*
        может быть | может | могут быть | возможно | наверное | наверно | вероятно | скорее всего | видимо
        похоже | пожалуй
        вроде | вроде бы | кажется | по идее | якобы | наверняка не | не уверен | не уверена | не факт | не решили
        посмотрим | надеюсь | надеемся | думаю может | предполагаю | предположительно | предварительно
        ориентировочно
        навскидку | на вскидку | на глаз | в районе | под вопросом | по моим прикидкам | ожидаем | ожидается
        обещают | в теории | теоретически | если получится | как получится | сомневаюсь | вряд ли | могли бы
        мог бы
        могла бы
        можно было бы | можно бы | слышал что | слышала что | говорят что | ходят слухи | под вопросом
        може бути | може | можливо | мабуть | напевно | певно | ймовірно | імовірно | швидше за все | схоже
        здається
        начебто | ніби | нібито | наче | десь так | не впевнений | не впевнена | не факт | не вирішили | побачимо
        сподіваюся | сподіваюсь | сподіваємося | припускаю | попередньо | орієнтовно | теоретично | якщо вийде
        сумніваюся | навряд чи | навряд | могли б | міг би | могла б | можна було б | можна б | під питанням
        кажуть що
        there's a chance | there is a chance | chances are | i'd guess | my guess | best guess | roughly speaking
        if i'm not mistaken
        if i am not mistaken | as far as i can tell | as far as i remember | don't quote me | not quite sure
        not entirely sure
        i'm not convinced | i don't know yet | not yet clear | should be able | we'll try | we will try
        i'll try | i will try
        kind of thinking | could be
        would be | i would think | i'd think
        to be seen | up in the air | tbd | or something | something like | give or take | approximately | roughly
        ballpark | or so
        наверно | должно быть | насколько я знаю | насколько знаю | насколько я помню | насколько помню
        если не ошибаюсь | если не путаю
        если правильно помню | точно не скажу | точно не помню | не помню точно | не скажу точно | я так понимаю
        судя по всему | видать
        не исключено | есть шанс | боюсь соврать | по слухам | по ощущениям | плюс минус | плюс-минус | где-то
        где то | примерно | порядка
        что-то около | приблизительно | попробуем | попробую | постара*
        собираемся | наверняка
        еще не решили | пока не решили | пока не ясно | пока непонятно | пока неизвестно | там видно будет | было бы
        напевне | мабудь | наскільки я знаю | наскільки знаю | наскільки пам'ятаю | якщо не помиляюся
        якщо не помиляюсь | якщо не плутаю
        точно не скажу | точно не пам'ятаю | не пам'ятаю точно | я так розумію | судячи з усього | не виключено
        є шанс | за чутками
        плюс мінус | плюс-мінус | десь | приблизно | щось близько | спробуємо | спробую | постара* | хочемо
        розраховуємо
        збираємося | ще не вирішили | поки не вирішили | поки незрозуміло | поки невідомо | було б | певне | либонь
        """
    ),
    Frame.OPINION: Phrases(
        """
        i think | i believe | in my opinion | in my view | i feel | i reckon | i find | if you ask me | to my mind
        я думаю | думаю | считаю | полагаю | по-моему | по моему | на мой взгляд | мне кажется | как по мне
        я думаю | гадаю | вважаю | на мою думку | на мій погляд | як на мене | мені здається
        """
    ),
    Frame.EXCEPTION: Phrases(
        """
        except | excepting | excluding | apart from | aside from | other than | with the exception | but not
        not including
        but only | only if | only when | only after | only for | unless | save for | all but
        кроме | за исключением | исключая | не считая | помимо | но не | только если | только когда | только после
        но только | только при | только для | и то только | и то при | разве что
        крім | окрім | за винятком | не рахуючи | але не | лише якщо | тільки якщо | лише коли | тільки коли
        лише після
        тільки після | але лише | але тільки | лише за | тільки за | лише для | тільки для | хіба що
        but first | only once | но сначала | только сначала | но сперва | только сперва | але спершу | але спочатку
        тільки спершу | тільки спочатку | лише спершу
        with one condition | on one condition | with the caveat | with a caveat
        с условием | с одним условием | с оговоркой | в том случае | разве только | и то если | за вычетом
        з умовою | з однією умовою | із застереженням | в тому разі | у тому разі | і то якщо | і то за
        за вирахуванням
        """
    ),
    Frame.RETRACTION: Phrases(
        """
        scratch that | strike that | forget it | forget the | forget that | forget what i said | never mind
        nevermind
        ignore that | take that back | take it back | i was wrong | i got that wrong | i got it wrong
        my mistake | i misspoke | correction | let me correct | i stand corrected | i meant | i mean no
        actually no | oh no wait | no wait | wait no | on second thought | on second thoughts | changed my mind
        change of plan | change of plans | not anymore | not any more | disregard | undo that | cancel that
        call that off | calling it off | it's off | sorry no | no sorry | no scratch | that was wrong
        that's wrong | that's not right | that is not right | that is wrong | that's not true | that is not true
        let's not | better not | we'd rather | i'd rather | i withdraw | withdraw that | drop that | drop it
        forget about | hold on no | instead let's | отбой | отменяем | отменяю | отмена | отменили | забудь
        забудьте | забудем | беру свои слова | беру слова назад | передумал | передумала | передумали | я ошибся
        я ошиблась | ошибся | ошиблась | оговорился | оговорилась | поправлюсь | поправка | стоп нет | нет стоп
        нет погоди* | погоди* нет | хотя нет | нет подожди* | ой нет | нет вру | вру | это неправда | это неверно
        это не так | снимаю предложение | снимаю | снимаем | вычеркни* | вычеркива* | лучше не надо | давайте не будем
        не будем | уже не актуально | неактуально | извините нет | в смысле нет | скасову* | скасували | відміня*
        відбій | забудемо | передумав | помилився | помилилася | помилилась | обмовився | обмовилась | обмовилася
        виправлюся | виправлюсь | беру назад | беру свої слова | стоп ні | ні стоп | ні стривай* | ні почекай*
        хоча ні | ой ні | це неправда | це не так | знімаю | знімаємо | викресли* | краще не треба | давайте не будемо
        не будемо | вже не актуально | вибачте ні | перепрошую ні | actually let's | actually we | actually i
        well actually | no let's | no we | wait let's | hang on | on reflection | let me rephrase | skip that
        skip it | park it | park that | that's off | not doing that | we can't do that | we won't do that
        take that off | take it off | i was mistaken | i made a mistake | let's revert | that's outdated
        not any longer | ruled out | off the table | давайте лучше | нет давайте | нет лучше | тогда лучше
        хотя давайте | хотя лучше | переигра* | не пойдет | не годится | не подходит | не получится | не выйдет
        не вариант | это лишнее | вместо этого | нет мы | оставим как | оставляем как | остаемся | откладыва*
        давайте без | обойдемся без | я перепутал* | перепутал* | неправильно сказал* | давайте краще
        ні давайте | ні краще | тоді краще | хоча давайте | хоча краще | перегра* | відпада* | не піде
        не годиться | не підходить | не вийде | не варіант | це зайве | замість цього | ні ми | лишимо як
        залишаємо як | лишаємося | залишаємося | відклада* | обійдемося без | я переплута* | переплута*
        неправильно сказа* | let's instead | instead we | we instead | leave it as it is | leave it at that
        let's leave it | that won't work | put it on hold | let's hold off | ой не так | это отпадает
        це відпадає | отложим пока | давайте отложим | давайте відкладемо
        """
    ),
    Frame.SARCASM: Phrases(
        """
        yeah right | oh sure | sure sure | oh great | oh wonderful | oh brilliant | as if | good luck with that
        in your dreams | dream on | and pigs might fly | when pigs fly | when hell freezes | very funny
        oh please | like hell
        what a surprise | just what we needed
        ага щас | щас | ну да конечно | ну конечно | ага конечно | да конечно конечно | как же | размечтал*
        мечтать не вредно
        держи карман | когда рак на горе | ага как же | да уж конечно | очень смешно | тоже мне
        аякже | ага звісно | ну звісно | ну так звісно | якби ж | розмріял* | мріяти не шкідливо | тримай кишеню
        коли рак свисне | дуже смішно | теж мені | щаз
        """
    ),
}
# In Russian and Ukrainian a number behind its noun is a guess: "человек сорок", "разів у півтора".
COUNTED = word_set(
    """
    человек людей штук раз раза процентов процента тысяч миллионов рублей долларов евро гривен часов часа минут
    дней недель
    месяцев лет года километров метров тонн
    осіб людей штук разів рази відсотків тисяч мільйонів гривень доларів євро рублів годин хвилин днів тижнів
    місяців років
    кілометрів метрів тонн
    """
)
PLURAL = ("ов", "ев", "ів", "їв")
SHORTEST_COUNTED = 4
BETWEEN_COUNTED = word_set("в у на за з через до по")
CONDITIONS = Phrases(
    """
    if | unless | provided | provided that | providing that | in case | in the event | in the case | suppose
    supposing
    assuming | let's assume | let us assume | assume we | as long as | so long as | only if | on condition
    on the condition | subject to
    otherwise
    or else | once | as soon as | depending on | say we're | say we | say they | were we to
    conditional on | contingent on | pending
    если | в случае | при условии | при условии что | только если | допустим | предположим | иначе | а то | раз так
    как только | в противном случае | ежели | случись | когда бы | если бы | в зависимости от | при наличии
    если только
    лишь бы
    якщо | у разі | в разі | за умови | за умови що | лише якщо | тільки якщо | припустимо | припустімо | інакше
    якби
    щойно | тільки но | як тільки | в іншому випадку | в іншому разі | залежно від | коли б | за наявності
    """
)
HEARSAY = Phrases(
    """
    from what i | from what we | what i've heard | what i heard | i've heard | i heard | i'm told | i was told
    so they say | they say
    so i hear | i hear | people say | word is | according to rumours
    так сказали | как говорят | так говорят | говорят | как я слышал* | я слышал* | по крайней мере так
    мне так сказали
    так сказали | як кажуть | так кажуть | кажуть | як я чув | як я чула | я чув | я чула | принаймні так
    мені так сказали
    """
)
REVERSALS = Phrases(
    """
    actually could you | actually can you | или нет | або ні | хотя давайте | хоча давайте | хотя лучше
    хоча краще | or rather
    scratch that | strike that | never mind | nevermind | forget it | forget that | forget what i said
    actually no | no wait
    wait no | sorry no | no sorry | no scratch | oh no wait | on second thought | on second thoughts
    change of plan
    change of plans | changed my mind | take that back | correction | i stand corrected | i was wrong
    my mistake | i misspoke
    отбой | хотя нет | нет стоп | стоп нет | ой нет | нет погоди* | погоди* нет | нет подожди* | нет вру
    передумал*
    беру свои слова | поправка | оговорил* | я ошиб* | давайте лучше | нет давайте
    відбій | хоча ні | ні стоп | стоп ні | ой ні | ні стривай* | ні почекай* | передумав | передумал*
    беру свої слова
    поправка | обмови* | я помили* | давайте краще | ні давайте
    """
)
DOUBTS = Phrases(
    """
    надо пересчитать | пересчитаю | надо посчитать | не проверял* | не считал* | по моим прикидкам | навскидку
    на глаз | на вскидку
    треба перерахувати | перерахую | треба порахувати | не перевіря* | не рахува* | за моїми прикидками | на око
    not sure | don't quote me | i haven't checked | haven't verified | off the top of my head | i'd have to check
    i have to check | need to check | needs checking
    to be confirmed | i'll double check
    i doubt it | we'll see | remains to be seen | not certain | i'm guessing | just guessing | just a guess
    if that's right
    не точно | точно не скажу | надо проверить | надо уточнить | нужно проверить | нужно уточнить | уточню
    перепроверю | не уверен
    не уверена | посмотрим | это не факт | не факт | сомневаюсь | но это предварительно | могу ошибаться
    могу ошибиться
    не точно | точно не скажу | треба перевірити | треба уточнити | потрібно перевірити | уточню | перевірю
    не певен | не певна
    не впевнений | не впевнена | побачимо | не факт | сумніваюся | можу помилятися | можу помилитися
    """
)
# Conditions of politeness and of memory: what they stand beside is stated all the same.
NO_CONDITION = Phrases(
    """
    once every | once a | once per | once again | once more
    if you like | if you want | if you will | if you don't mind | if you wish | if i may | if i remember
    if i recall
    if i'm not mistaken | if i am not mistaken | if possible | if necessary | if needed | if anything | if not
    if you know what i mean | if you ask me | if so | if any | if you look | if you see | if i'm honest
    if i'm right
    если не ошибаюсь | если честно | если можно | если хотите | если хочешь | если что | если нужно | если надо
    если не против | если помните | если не возражаете | если коротко | если вкратце | если говорить | если так
    якщо не помиляюся | якщо не помиляюсь | якщо чесно | якщо можна | якщо хочете | якщо хочеш | якщо що
    якщо треба
    якщо потрібно | якщо не проти | якщо пам'ятаєте | якщо коротко
    """
)
# "If" and "whether" after these ask; they set no condition.
ASKING_VERBS = Phrases(
    """
    clarify | clarifies | know | knows | knew | check | checks | checked | checking | see | ask | asks | asked
    asking | wonder
    wonders | wondered
    wondering | sure | certain | tell | decide | decides | decided | find out | figure out | question | questions
    clear
    unclear | remember | care | matter | matters | doubt | understand | verify | test | determine | discuss | look
    """
)
ASKING = Phrases(
    """
    whether | wondering | i wonder | gotta wonder | question is | question was | my question | open question
    the question
    don't know if | not sure if | don't know how | don't know what | don't know who | don't know when
    don't know where
    do we know | can we | could we | should we | shall we | do we | are we | will we | can you | could you
    would you
    will you | do you | did you | did we | have we | have you | is there any | are there any
    вопрос в том | вопрос такой | вопрос открыт* | вопрос как | вопрос кто | вопрос когда | непонятно
    не понятно | неясно
    не знаю как | не знаю кто | не знаю когда | не знаю что | интересно | ли
    питання в тому | питання таке | питання відкрит* | питання як | питання хто | питання коли | незрозуміло
    неясно
    не знаю чи | не знаю як | не знаю хто | не знаю коли | цікаво | чи
    """
)
