"""Phrases by which people settle things: consent, refusal, ignorance, and words that only lead in."""

from __future__ import annotations

from aam.language.phrases import Phrases, word_set

FILLERS = word_set(
    """
    um uh erm er hmm mm mhm yeah okay ok oh ah like you know i mean sort kind actually basically well right so just
    ну э э-э ээ эм мм ага угу вот типа короче как бы значит вообще прям это самое ой так
    е-е ем ага угу от типу коротше як би ну значить взагалі ой так
    """
)
"""Words with which people fill pauses."""

LEADS = Phrases(
    """
    okay | ok | so | well | um | uh | uhm | er | erm | hmm | mm | mhm | oh | ah | right | alright | all right | yeah
    yes
    yep | no no | and | but | also | like | you know | i mean | look | listen | actually | basically | honestly | anyway
    great | good | perfect | fine | cool | brilliant | lovely | excellent | sure | of course | and then | thanks
    thank you | by the way | first of all | now | wow | exactly | absolutely | alternatively | just | to be frank
    ну | так | и | а | вот | значит | э-э | э | ээ | эм | мм | ой | ага | угу | да | хорошо | ладно | ок | окей | слушай
    слушайте | смотри | смотрите | короче | в общем | кстати | понятно | понял | поняла | отлично | супер | ну да
    нет нет
    ну вот | то есть | в общем-то | честно говоря | если честно | спасибо | хм | типа | как бы | вообще | давай
    прекрасно
    і | й | та | отже | от | е-е | е | добре | гаразд | слухай | слухайте | дивись | дивіться | до речі | зрозумів
    зрозуміла | чудово | класно | ну то | тобто | чесно кажучи | дякую | звісно | звичайно | ну так | ох | ха-ха | ха ха
    """
)
"""Words that may open a sentence and say nothing of its matter."""

APPROVES = word_set(
    """
    great good perfect fine cool brilliant lovely excellent sure
    хорошо отлично супер прекрасно добре чудово класно
    """
)
"""Of these the words of approval, which lead in only where a pause follows: "good morning" greets."""

CONCLUDES = Phrases(
    """
    so we | so we'll | so we're | so that's | so no | so only | then we | then we'll | then we're | then it's
    then let's | okay then | ok then | therefore | that means we | let's do that | so just | then that's
    so the plan is
    we'll go with | we go with | we're going with
    значит | тогда | итак | в итоге | стало быть | выходит | ну тогда | решено | таким образом
    отже | тоді | тож | значить | виходить | ну тоді | підсумую | таким чином
    """
)
"""What leads from a talk to its result."""

ACCEPTS = Phrases(
    """
    yes | yeah | yep | yup | sure | okay | ok | fine | great | good | perfect | agreed | absolutely | definitely
    exactly
    deal | sounds good | sounds great | makes sense | works for me | that works | i agree | fine by me | fine with me
    me too | of course | will do | no problem | done | alright | all right | cool | lovely | brilliant | excellent
    let's do it | let's do that | i'm in | i like that | i like it | happy with | okay with me | good idea | nice idea
    i'm with you | mm-hm | mhm | uh-huh | i'd go for that | go ahead | please do | i can live with that
    that i can live
    same | same here | aye | understood | love it | all for it | i'm all for it | thank you | true | fair enough
    why not | pity | too bad | you've convinced me | can do | on it | i'm on it | gladly
    it's okay | it's fine | understood
    да | ага | угу | хорошо | ладно | ок | окей | договорились | согласен | согласна | согласны | поддерживаю | конечно
    отлично | супер | давай | давайте | понял | поняла | принято | идет | годится | я за | я тоже за | и я | и мне
    мне тоже | мне да | я тоже | не против | не возражаю | нормально | без проблем | так и сделаем | подходит | могу
    я только за | тоже так думаю | давно пора | поняли | единогласно | жаль | жалко | мне нравится | точно | сделаю
    разумно | логично | правильно | понятно | можно
    так | добре | гаразд | згоден | згодна | згодні | підтримую | звісно | звичайно | чудово | зрозумів | зрозуміла
    домовились | домовилися | і я | і мені | мені ок | мені теж | я теж | не проти | не заперечую | зроблю | логічно
    я тільки за | теж так думаю | давно пора | зрозуміли | одноголосно | шкода | мені подобається | класно
    правильно | слушно | за | підійде | прийнято | без питань | можна | хай буде
    нехай буде
    """
)
"""Consent, where it opens an answer."""

REFUSES = Phrases(
    """
    no | nope | nah | not me | i can't | i cannot | i don't think | i'd rather not | i wouldn't | rather not
    not really
    me um no | i'd have to | i don't want | no way | forget it | let's not | i disagree | not today | not yet
    нет | не могу | не хочу | не думаю | не стоит | не надо | не согласен | не согласна | я против | только не я
    и не я
    не я | не уверен | не уверена | я бы не | нельзя | не получится | не смогу | я не могу | вряд ли | надо подумать
    ні | не можу | не хочу | не думаю | не варто | не треба | не згоден | не згодна | я проти | тільки не я | не я
    і не я
    я точно ні | не впевнений | не впевнена | не вийде | не зможу | навряд | не певен
    """
)
"""Refusal or doubt, where it opens an answer."""

NO_OBJECTION = Phrases(
    """
    any objections | objections | anyone against | anybody against | does anyone mind | do you mind
    anyone not happy | anybody not happy | anyone disagree | is anyone opposed | возражения | возражает | кто против
    не против | не возражаете | заперечення | хто проти | хтось проти | не проти
    не заперечуєте
    """
)
"""Questions to which "no" is consent."""

UNKNOWN = Phrases(
    """
    i don't know | don't know | we don't know | no idea | no clue | not sure | i'm not sure | nobody knows
    no one knows
    good question | that's a good one | hard to say | sleep on it | work that out | figure that out | sort that out
    not going to decide | i'm torn | bit torn
    haven't heard | no news | still waiting | haven't said | hasn't said | haven't told
    hasn't replied | haven't replied | hasn't come back | haven't come back | didn't ask | haven't asked
    never asked | no answer | no reply | if i knew
    don't look at me | a yes or a no | couldn't say | i thought you | i thought it was you | i assumed you
    haven't a clue | remains to be seen | it depends | hangs on | we'll find out | find out | not had a reply
    anyone's guess
    waiting to hear | have a think | think about it | don't have to settle | find that out | couldn't tell you
    can't say
    beats me | not a clue | i always assumed | no one has decided | can't tell | can't tell you | i'd have to ask
    i'd have to check
    we'd have to check | we'd have to sort | have to find out | need to find out | need to ask | me neither
    let's see | let's think about it | i don't know yet | we'll see | nobody yet | not decided | haven't decided
    not confirmed
    that's open | open question | we need to find someone | up to | hasn't answered | let's leave that | next time
    come back to | that's a lawyer's question | don't have to decide | wouldn't fix that
    молчат | молчит | нет ответа | не ответили | не отвечал* | не спрашивал* | не спросил* | не узнавал* | не говорил*
    черт знает | черт его знает | кто его знает | бог знает | без понятия | понятия не имею | повисло | не в курсе
    я думал ты | я думала ты | я думал вы | я думала вы | сейчас не скажу | так и не сказал* | видно будет | выясним
    пока тишина
    не знаю | не знаем | никто не знает | непонятно | не понятно | неясно | хороший вопрос | открытый вопрос | не уверен
    не уверена | надо подумать | надо думать | подумаем | подумаю | посмотрим | вопрос века | отложим
    никто ничего не говорит | в неведении | не реши* | еще не реши* | не решено | хочу еще посоветоваться
    потом решим | вернемся к этому | надо спросить | надо спрашивать | надо уточнить | пока не знаю | это потом
    ладно потом
    не договорились | еще не ответил* | сложно сказать | не подтвержден* | пока никто | никто пока | сейчас никто
    рано об этом
    на следующей встрече
    мовчать | мовчить | нема відповіді | немає відповіді | не відповіли | не відповів | не відповіла | не відповідал*
    не питав | не питала | не спитав | не спитала | не запитав | не запитала | не дізнавал* | не каже | не кажуть
    хтозна
    хто його знає | бозна | без поняття | гадки не маю | поняття не маю | не в курсі | я думав ти | я думала ти
    я думав ви | я думала ви | видно буде | з'ясуємо | зараз не скажу | поки тиша
    не знаю | не знаємо | ніхто не знає | незрозуміло | не зрозуміло | гарне питання | добре питання | відкрите питання
    не впевнений | не впевнена | не певен | треба подумати | подумаємо | побачимо | відкладемо | нічого не каже
    ніхто не каже | в невіданні | не виріши* | ще не виріши* | треба порахувати | порадитися
    потім вирішимо | повернемося до цього | треба спитати | поки не знаю | поки не знаємо | ще питання | це питання
    потім обговоримо | потім це обговоримо | важко сказати | не підтверджен* | поки ніхто | не домовились
    не домовилися | поки нема
    не знаю навіть | потім подумаємо | ще не відповіли
    """
)
"""Words that leave a question open."""

DEFERS = Phrases(
    """
    come back to it | come back to that | forget it | forget that | not going to solve | not going to settle
    won't solve | can't solve | not going to fix that | let's hear | let's listen | let's go round | let's take a break
    that's everything | off you go
    let's think | let's see | let's wait | let's leave | let's talk | let's discuss | let's start | let's begin
    let's go on
    let's move on | let's get started | let's not | let's say | let's be | let's look at | let's come back
    first thing | same time | and next | then next | next item | next point | let's hope | let's have a look
    let's call it | let's get going | let's continue | we'll see | let me think | i'd rather not decide | not decide
    давайте по делу | давай по делу | давайте по порядку | давай по порядку | по порядку | расходимся | разбегаемся
    давайте послушаем | послушаем | давайте пока | сейчас не выясним | не выясним | сейчас не решим | не решаем
    давайте подумаем | давайте посмотрим | давайте обсудим | давайте начнем | давайте начинать | давайте не будем
    давай не будем
    давайте после | давайте потом | давайте на следующей | давай потом | вернемся | подумаем | посмотрим | обсудим
    решим потом
    потом решим
    вопросов нет | нет вопросов | тогда и решим | посчитаем | посоветуемся | не будем это решать | не будем решать
    не будемо вирішувати | смотрите | дивіться | давайте коротко | давайте быстро
    давай коротко | без раскачки | давайте поговорим | давайте с | поехали | идем дальше | перейдем | не отвлекаемся
    пойдем дальше | начнем | начинаем
    давайте честно | давай честно | давайте чесно | тогда дальше | так дальше | тоді далі | прощаемся | заканчиваем
    продолжаем встречу
    розходимося | розходимось | розбігаємося | давайте по суті | давайте по черзі | послухаємо | давайте послухаємо
    давайте поки | поки щось інше | зараз не вирішимо | не вирішуємо | зараз не з'ясуємо
    давайте подумаємо | давайте подивимося | давайте обговоримо | давайте почнемо | давайте швидко | давайте після
    давайте потім
    подумаємо
    побачимо | обговоримо | потім вирішимо | повернемося | ходімо далі | йдемо далі | перейдімо | починаємо | почнемо
    питань немає | тоді й вирішимо | порахуємо | порадимося | закінчуємо | не сперечаємось | не відволікаємось | чекаємо
    """
)
"""What puts a matter off, or leads the talk itself: nothing is settled by it."""

SMALL_TALK = word_set(
    """
    see hear repeat say tell imagine guess wait look explain remember believe mean think start go stop mute unmute open
    share show speak live excuse understand
    """
)
"""English verbs that ask for talk, not for work."""

STATES = word_set(
    """
    be see say admit describe explain list begin thank repeat assure confirm welcome happily
    come think guess assume have need never not believe remember miss kill die love like know mean wait stop
    always probably be be. still agree want bet hope stay survive understand forget
    """
)
"""English verbs after "I will" that promise no work."""

URGENT = Phrases(
    """
    urgent | urgently | asap | as soon as possible | right away | immediately | critical | blocker | blocking
    top priority
    right now | highest priority | crucial | can't wait | cannot wait | or else | otherwise | very important
    most important
    срочно | срочн* | как можно скорее | немедленно | критич* | блокер* | в первую очередь | прямо сейчас | горит
    очень важно | самое важное | иначе | сегодня же
    терміново | термінов* | якнайшвидше | негайно | критичн* | насамперед | просто зараз | горить | дуже важливо
    найважливіше | інакше | вже зараз
    """
)
"""Words of pressure."""

RELAXED = Phrases(
    """
    no rush | no hurry | whenever | when you have time | some time | at some point | nice to have | not urgent
    if you can
    low priority | doesn't have to be today | eventually
    не срочно | не к спеху | когда будет время | когда-нибудь | по возможности | не горит | если будет время
    при случае
    не терміново | не горить | коли буде час | колись | за можливості | за нагоди
    """
)
"""Words that take pressure away."""

MEANWHILE = Phrases(
    """
    while you talk | while we talk | while you're talking | one second | one sec | just a second | give me a second
    hang on a second | bear with me | секундочку | секунду | минутку | минуточку | пока вы говорите | пока говорите
    секундочку | хвилинку | хвилиночку | поки ви говорите | поки говорите
    """
)
"""What is done while the talk goes on."""
