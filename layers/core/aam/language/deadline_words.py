"""Words with which people say by when: periods of the calendar, events, and what leads from one day to another."""

from __future__ import annotations

from aam.language.phrases import Phrases, word_set

PERIODS = Phrases(
    """
    the end of the week | the end of this week | the end of next week | end of the week | end of week | end of the month
    end of next week | end of this week | next week's end
    the middle of the week | the middle of next week | the middle of the month | the end of the month
    the end of this month | the end of the year | the end of the day | end of day | next week
    the end of next month | end of next month | the end of play | end of play | close of play | close of business
    this week | next month | this month | this afternoon | this evening | tonight | this morning | right after this call
    right after this meeting | right after the call | right after the meeting | after the meeting | over the weekend
    right now | right away | straight away
    at the weekend | on the weekend | the weekend | in a week | in two weeks | within a week | in an hour
    in three weeks | in a month | in a fortnight | in a couple of weeks | within two weeks | within a month
    in ten days | in a few days | in a couple of days | within ten days
    tomorrow morning | before the next * | the week after next | the week after | the day after
    after this | before lunch | after lunch | by lunch | until easter | before christmas | after the holidays
    by lunchtime | before lunchtime | by the evening | by tonight | by noon | by midday
    в конце недели | в конце месяца | в конце дня | в начале следующей недели | в начале недели | в начале месяца
    до конца недели | до конца этой недели | до конца следующей недели | к концу недели | до конца месяца
    к концу месяца | к концу следующей недели | до середины месяца | до середины недели
    до конца года | до конца дня | к концу дня | на следующей неделе | на этой неделе | в следующем месяце
    до конца смены | к концу смены | на днях
    в этом месяце | на той неделе | на будущей неделе | в будущем месяце
    через неделю | через две недели | через три недели | через месяц | через день | через два дня | через три дня
    в течение недели | в течение дня | на выходных | до выходных | к выходным
    в выходные | за выходные | за неделю | в течение месяца | сейчас | сразу после встречи
    до обеда | после обеда | к обеду | прямо после звонка | после звонка | после встречи | сегодня вечером
    завтра утром | прямо сейчас | сегодня же
    до вечера | к вечеру | до нового года | к новому году | к утру
    до кінця тижня | до кінця цього тижня | до кінця наступного тижня | до кінця місяця | до кінця року | до кінця дня
    наприкінці тижня | наприкінці місяця | на початку тижня | на початку наступного тижня | на початку місяця
    до середини місяця | до середини тижня | до кінця зміни | цими днями | днями
    кінця місяця | кінця тижня | наступного тижня | на наступному тижні | цього тижня | на цьому тижні
    наступного місяця | того тижня | на тому тижні
    цього місяця | через тиждень | через два тижні | через три тижні | через місяць | через день | через два дні
    через три дні | за тиждень | за місяць | протягом тижня | на вихідних | до вихідних | зараз
    у вихідні | за вихідні | протягом місяця | протягом дня
    до обіду | після обіду | одразу після зустрічі | після дзвінка | після зустрічі | сьогодні ввечері
    завтра вранці | до вечора | до ранку
    до нового року | просто зараз | сьогодні ж
    за тиждень до * | за день до * | за два дні до * | за неделю до * | за два дня до * | a week before *
    two days before * | the day before * | накануне * | напередодні *
    """
)
"""Periods, and parts of a day, that say by when."""

LEADING_ON = Phrases(
    """
    a week on | two weeks on | a week from | two weeks from | через неделю в | через неделю во
    через тиждень у | через тиждень в
    """
)
"""What counts on from the day that follows: "a week on Friday"."""

FROM = word_set("from since starting с со з із зі від от починаючи начиная")
"""Words after which a day is a beginning, not an end."""

EVENTS = Phrases(
    """
    opening | launch | release | start | kick-off | kickoff | premiere | holidays | holiday | season | exam* | frost
    frosts | delivery | trip | visit | show | fair | concert | wedding | christmas | easter | deadline | inspection
    audit | tour | rehears* | dress | meeting | move | peak | demo | presentation | workshop | conference | festival
    sprint | match | tournament | handover | review | election* | interview* | snow | rain* | winter | spring | summer
    autumn | harvest | sale | match | party | term | semester | half-term | matinee | performance | filming | shoot
    survey | training | course | payday | board | open day
    открыти* | запуск* | релиз* | старт* | начал* | премьер* | праздник* | каникул* | сезон* | экзамен* | мороз*
    заморозк* | поставк* | поездк* | визит* | показ* | ярмарк* | концерт* | свадьб* | рождеств* | пасх* | дедлайн*
    проверк* | аудит* | гастрол* | репетици* | генеральн* | собрани* | встреч* | совещани* | переезд* | демо
    презентаци* | семинар* | конференци* | фестивал* | спринт* | матч* | турнир* | сдач* | выбор* | зим* | весн* | лет*
    осен* | урожа* | сев* | посевн* | уборк* | распродаж* | четверт* | сессии | спектакл* | съемк* | обучени* | зарплат*
    отпуск* | приезд* | выставк* | экскурси* | ремонт* | поход* | выезд* | отъезд* | юбиле* | годовщин*
    відкритт* | запуск* | реліз* | старт* | початк* | прем'єр* | свят* | канікул* | сезон* | іспит* | мороз*
    приморозк* | постав* | поїздк* | візит* | показ* | ярмар* | концерт* | весілл* | різдв* | великод* | дедлайн*
    перевірк* | аудит* | гастрол* | репетиці* | збор* | зустріч* | наради | нарадою | переїзд* | презентаці* | семінар*
    конференці* | фестивал* | спринт* | матч* | турнір* | здач* | вибор* | зим* | весн* | літ* | осен* | врожа* | жнив*
    розпродаж* | вистав* | зйомк* | навчанн* | зарплат* | відпустк* | приїзд* | екскурсі* | ремонт* | поход* | виїзд*
    від'їзд* | ювіле* | річниц* | толок*
    """
)
"""Nouns of what takes place at some time."""

UNTIL_EVENT = word_set("by before until till after ahead до к ко перед перед после після")
"""Words that lead to an event: "before the first frost"."""

BEGINS = word_set(
    """
    starts start begins begin opens open arrives arrive leaves leave comes come closes close ends end goes go lands
    """
)
"""English verbs that say that something begins or comes: "before peak starts"."""

AS_SOON_AS = Phrases(
    """
    as soon as | the moment | the minute | как только | щойно | як тільки | сразу как | одразу як | відразу як
    до того как | до того як | перед тем как | перед тим як | после того как | після того як
    """
)
"""Words that open a clause of time, which says when something is done, not whether."""

NEAR = word_set(
    """
    next this coming the following следующий следующей следующую следующего следующему эту этот этой ближайшую
    ближайший
    наступний наступного наступну наступної наступному наступній цю цього цей цій найближчу найближчий
    """
)
"""Words before a day or a week that say which one."""

BETWEEN_DAYS = word_set(
    "on in at by the в во у на к ко до по first thing right of morning afternoon evening утром вранці"
)
"""Words that join a week and its day: "next week, on Wednesday"."""

DEMANDING = word_set(
    """
    only just must need needs has have make sure latest чтобы чтоб только нужно надо обязательно лишь
    щоб тільки треба потрібно обов'язково лише
    """
)
"""Words with which a day is demanded of a task that was just taken."""

APART = word_set("he she they he's she's they're he'll she'll they'll он она они оно него нее них він вона воно вони")
"""Subjects of a clause whose day is not that of the speaker's task: "I'll give you Sam, he's idle till noon"."""

OURS = word_set(
    "i me my we us our you your i'll we'll you'll я мне меня мы нам нас ты тебе тебя вы вам вас мені мене ми ти тобі ви"
)
"""The speaker and the listener, whose day it is all the same: "he rings me tomorrow, I'll ask him then"."""

HANDS_OVER = word_set(
    """
    отдам пришлю скину вышлю закончу справлюсь доделаю управлюсь покажу
    віддам надішлю скину закінчу впораюся впораюсь дороблю упораюся покажу
    """
)
"""What is done at the end of a task just taken: it brings no task of its own."""
