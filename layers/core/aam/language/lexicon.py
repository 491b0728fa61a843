"""The closed word lists of English, Russian and Ukrainian that the checks stand on.

All forms are as ``tokens.normalise`` gives them: case-folded, ё = е, a straight apostrophe.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NEGATIONS = _words(
    """
    not no never none nobody nothing nowhere neither nor cannot without hardly barely scarcely unless
    не ни нет нету никогда никто никого никому никем ничто ничего ничему ничем никак нигде никуда нисколько
    никакой никакая никакое никакие никакого никакой никаких никаким никакую нельзя без безо незачем некогда
    нечего некому отнюдь ні ані нема немає ніколи ніхто нікого нікому ніким ніщо нічого нічому нічим ніяк
    ніде нікуди ніякий ніяка ніяке ніякі ніякого ніякої ніяких жоден жодна жодне жодні жодного жодної
    жодному жодних неможливо
    """
)
NEGATIVE_PREFIXES = frozenset({"не", "ни", "ні", "без", "бес", "un", "in", "im", "ir", "il", "dis", "non", "mis", "de"})
# Words whose change turns a statement round although they are neither negation, number nor name.
POLAR = _words(
    """
    more less most least before after above below over under up down all every always some must may might
    should can could yes only except accept reject approve decline increase decrease buy sell add remove
    start stop больше меньше более менее до после выше ниже все всегда иногда должен должна должны можно
    может могут да только кроме принять отклонить увеличить уменьшить більше менше після вище нижче усі всі
    завжди іноді повинен повинна повинні можна може можуть так лише тільки крім прийняти відхилити збільшити
    зменшити
    """
)
STOPWORDS = _words(
    """
    a an the and or but so if then than that this these those there here it its it's he she they we i you me
    him her us them my your his our their mine who whom whose which what when where why how is are was were
    be been being am do does did done doing have has had having will would shall should can could may might
    must to of in on at by for from with about into over under out off up down as also just very too not no
    yes ok okay well now again more most some any all each every both few other such only own same let let's
    i'm i'll i've we're we'll we've you're they're don't that's there's going get got go one thing things
    like know think mean yeah um uh и а но да или же ли бы не ни нет то это этот эта эти этого этой этих тот
    та те того той тех что чтобы как так какой где когда куда почему зачем кто я ты он она оно мы вы они
    меня тебя его ее нас вас их мне тебе ему ей нам вам им мной тобой мой твой наш ваш свой своя свои в во
    на за к ко по от до из у с со о об про под над при для без через между был была было были быть есть
    будет будут буду будем уже еще ну вот тут там здесь очень просто только тоже также если потому поэтому
    все всё вообще значит давайте надо нужно можно может і й та але чи би б не ні ані то це цей ця ці цього
    цієї цих той ті того тієї тих що щоб як так який яка яке які де коли куди чому навіщо хто я ти він вона
    воно ми ви вони мене тебе його її нас вас їх мені тобі йому їй нам вам їм мій твій наш ваш свій своя
    свої в у на за до по від з із зі про під над при для без через між був була було були бути є буде будуть
    буду будемо вже ще ну ось тут там дуже просто тільки також теж якщо тому отже все взагалі значить
    давайте треба потрібно можна може
    """
)
# Nouns that may open a sentence before a verb of a person without being a name.
ROLES = _words(
    """
    team client clients customer customers everyone everybody somebody someone nobody company vendor
    provider supplier management manager developer developers designer designers support sales marketing
    legal finance participants side group committee board users user people chair speaker department office
    contractor partner partners команда клиент клиенты заказчик заказчики компания менеджер разработчик
    разработчики участники сторона отдел все поставщик партнер партнеры руководство пользователи клієнт
    клієнти замовник замовники компанія розробник розробники учасники відділ усі всі постачальник партнери
    керівництво користувачі
    """
)
ABBREVIATIONS = _words("tv tvs pc pcs ok id ids faq pdf url app apps vip ceo cto cfo coo hr pr it id q a тв пк")
"""Capitals that are common words: their long forms may have been said."""
TITLES = _words("mr mrs ms miss dr prof hon honourable sir madam minister г-н г-жа господин госпожа пан пані доктор")
"""Words before a name that are no part of it."""
PERSON_VERBS = _words(
    """
    will promised agreed said volunteered asked suggested proposed offered confirmed
    обещал обещала пообещал пообещала сказал сказала предложил предложила взял взяла возьмет подготовит
    отправит пришлет сделает согласился согласилась подтвердил подтвердила попросил попросила обіцяв обіцяла
    пообіцяв пообіцяла сказав сказала запропонував запропонувала взяв підготує надішле зробить погодився
    погодилася підтвердив підтвердила попросив попросила візьме
    """
)
# Common given names that are nothing else; a name here is a name whatever its case, as offline recognition
# has none.
GIVEN_NAMES = _words(
    """
    anna anne andrew alex alexander alice amanda anthony barbara benjamin brian carol caroline catherine
    charles charlotte christina christopher daniel david deborah dennis diana donald dorothy edward elena
    elizabeth emily emma eric eugene francis gary george gregory hannah harry helen henry irina jacob james
    jane janet jason jennifer jessica joan john jonathan joseph joshua julia julie karen katherine kate
    keith kevin larry laura lauren lawrence linda lisa louise lucas lucy margaret maria marie martin mary
    matthew megan melissa michael michelle nancy natalie nathan nicholas nicole oleg olga oliver olivia
    pamela patricia patrick paul peter philip rachel raymond rebecca richard robert roger ronald rebecca
    ruth ryan samantha samuel sandra sarah scott sean sharon sophia stephanie stephen steven susan teresa
    thomas timothy tom victoria vincent virginia walter william zoe xavier анна анны анне анну аня аню антон
    антона антону борис бориса борису ирина ирины ирине ирину оля ольга ольги ольге ольгу олег олега олегу
    иван ивана ивану петр петра петру мария марии марию маша сергей сергея сергею дмитрий дмитрия дмитрию
    андрей андрея андрею алексей алексея алексею александр александра александру елена елены елене елену
    екатерина екатерины екатерину татьяна татьяны татьяне татьяну наталья натальи наталью николай николая
    михаил михаила михаилу юлия юлии юлию светлана светланы максим максима никита никиты павел павла павлу
    игорь игоря владимир владимира виктор виктора ксения ксении дарья дарьи юрий юрия евгений евгения ірина
    ірини ірині ірину олена олени олені олену іван івана івану петро петра марія марії марію сергій сергія
    сергію дмитро дмитра дмитру андрій андрія андрію олексій олексія олександр олександра олександру
    катерина катерини катерину тетяна тетяни тетяні тетяну наталія наталії микола миколи михайло михайла
    юлія юлії світлана світлани павло павла павлу ігор ігоря володимир володимира віктор віктора оксана
    оксани оксані оксану тарас тараса богдан богдана юрій юрія євген євгена
    """
)

# Given names that are words as well: names only where a capital letter says so.
WORDS_TOO = _words(
    """
    will mark may june april august grace hope joy rose frank bill rob sue pat art ray drew chase miles
    faith dawn iris lily ruby max guy jack don chip gene sandy penny summer вера веры веру надежда надежды
    любовь роман романа слава славы лев льва злата рада роза лиля мила віра віри надія надії любов мир
    """
)


def is_negation(norm: str) -> bool:
    """Return whether a normalised token denies."""
    return norm in NEGATIONS or norm.endswith("n't")


def flips(one: str, other: str) -> bool:
    """Return whether one word is the other with a denying prefix (готов, неготов; able, unable)."""
    short, long = sorted((one, other), key=len)
    return len(short) >= 3 and long.endswith(short) and long[: -len(short)] in NEGATIVE_PREFIXES
