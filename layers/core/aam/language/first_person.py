"""Find promises in the first person: "I'll send it", "подготовлю", «зроблю», "we will"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aam.language.tokens import Token, is_capitalised, starts_sentence

_I = frozenset({"i", "i'll", "i'm", "i'd", "i've", "ill", "я"})
_WE = frozenset({"we", "we'll", "we're", "we'd", "we've", "us", "let's", "ми", "мы", "давайте"})
# What follows "I" where no more than an opinion or a report follows.
_OPINION = frozenset(
    [
        "think",
        "guess",
        "mean",
        "believe",
        "suppose",
        "know",
        "hope",
        "assume",
        "feel",
        "wonder",
        "said",
        "say",
        "thought",
        "see",
        "agree",
        "don't",
        "didn't",
        "do",
        "was",
        "had",
        "understand",
        "remember",
        "heard",
        "noticed",
        "saw",
        "like",
        "love",
        "want",
        "wish",
        "doubt",
        "imagine",
        "presume",
        "reckon",
        "figure",
        "expect",
        "believe",
        "думаю",
        "считаю",
        "полагаю",
        "надеюсь",
        "знаю",
        "помню",
        "вижу",
        "слышал",
        "слышала",
        "согласен",
        "согласна",
        "понимаю",
        "хочу",
        "хотел",
        "хотела",
        "боюсь",
        "уверен",
        "уверена",
        "предлагаю",
        "прошу",
        "говорю",
        "сомневаюсь",
        "предполагаю",
        "вважаю",
        "гадаю",
        "сподіваюся",
        "сподіваюсь",
        "знаю",
        "пам'ятаю",
        "бачу",
        "чув",
        "чула",
        "згоден",
        "згодна",
        "розумію",
        "хочу",
        "боюся",
        "боюсь",
        "певен",
        "певна",
        "пропоную",
        "прошу",
        "кажу",
        "думаю",
        "сумніваюся",
        "припускаю",
    ]
)
_LEAVE_TO_ME = re.compile(
    r"\b(?:leave (?:\w+ ){1,6}(?:to|with) me|let me|(?:that's|it's|that is|it is) (?:me|mine|on me)"
    r"|on me|count me in|put me down|my (?:job|task|action|responsibility|part)|i am on it|на мне|за мной|со мной|мной"
    r"|беру на себя|возьму на себя|на мені|за мною|мною|беру на себе|візьму на себе|моя задача|моє завдання"
    r"|мое задание|с меня|з мене)\b"
)
# Verb forms of the first person singular: stems in which the consonant has changed before -у and -ю, and the suffixes
# of verbs; the accusatives of nouns that look alike are below.
_VERB = re.compile(
    r"[а-яіїєґ']*(?:[аяеиі]ю|[рбдсзтцп]ую|(?:ств|аг|дж|л)ую|юю|кр[оиы]ю|їду|дам|[бвмпф]лю|[рнл]ю|[жшчщ]у|(?:[йеияі]|бу|кла|ж|жи|кра)ду|(?:ве|не)[зс]у|чту|"
    r"(?:ни|й|ь|и'|ої|ї|ти|сни|при|ви)му|могу|зову|реку|беру|б'ю|(?:ч|гля|вер|ки|дви|тя|ста|поля|оги|пом[яи]|торк|верг|г[ао]р)ну|"
    r"[уює]сь|[ую]ся|м'яну|мру|тру|пру|шлю|їм|п'ю)"
)
_NOT_VERBS = re.compile(
    r"(?:.*(?:цию|цію|сию|сію|нию|нію|тию|тію|рию|рію|лию|лію|гию|гію|дию|дію|фию|фію|зию|зію|хию|хію)"
    r"|.*(?:стью|тью|чью|шью|остю|щью|ннью)"
    r"|(?:пят|субот|недел|тиж|земл|встреч|задач|дач|выдач|передач|удач|почт|карт|работ|робот|минут|хвилин|секунд|команд|"
    r"страниц|сторінк|таблиц|границ|улиц|заявк|ссылк|доставк|поставк|кнопк|папк|ошибк|помилк|правк|скидк|знижк|"
    r"цен|цін|смен|замен|страниц|стен|тем|систем|схем|проблем|рекламн|реклам|програм|программ|форм|сумм|сум|платформ|"
    r"групп|груп|баз|фраз|книг|дорог|услуг|послуг|вещ|тысяч|тисяч|половин|причин|машин|картин|величин|годин|"
    r"стран|країн|сторон|неділ|субот|вул|польз|наряд|зарплат|оплат|плат|дат|версі|статт|зустріч|прода|аренд|оренд|"
    r"истори|стать|кухн|бан|иде|іде|нов|перв|перш|втор|друг|эт|т|цю|одн|сво|мо|тво|кажд|всю|всі|к|при|под|"
    r"клиент|клієнт|заказчик|замовник|проект|проєкт|отдел|відділ|договор|срок|строк|рынк|ринк|конц|початк|утр|вечер|"
    r"ранк|год|рок|месяц|місяц|понедельник|четверг|вторник|январ|феврал|март|апрел|ма|июн|июл|сентябр|октябр|ноябр|"
    r"декабр|лавк|поездк|подготовк|проверк|перевірк|підготовк|цифр|мер|мір|част|міст|город|опер|погод|стар|втор|добр|быстр|шест|пуст|прост|молод|люб|груб|прошл|мал|цел|бел)"
    r"(?:у|ю|ею|ою|ую))"
)
_SHORT_VERBS = frozenset({"дам", "їду", "еду", "йду", "иду", "шлю", "жду", "жму"})
_SURE = ("крию", "крою", "мию", "лефоную", "куплю", "друкую")
_WE_VERB = re.compile(r"[а-яіїєґ']{2,}(?:[аеёию]м|[ауіюєи]мо|[ае]мся|[еи]мось|мося|імо|ємо)")
_NOT_WE = frozenset(
    {"там", "нам", "вам", "сам", "чем", "кем", "тем", "всем", "этим", "ним", "им", "всім", "цим", "тим"}
)


def undertakes(text: str, tokens: Sequence[Token]) -> bool:
    """Return whether the speaker of a text takes something on in the first person singular."""
    norms = [token.norm for token in tokens]
    for at, norm in enumerate(norms):
        following = norms[at + 1] if at + 1 < len(norms) else ""
        if norm in _I:
            later = norms[at + 2] if at + 2 < len(norms) else ""
            if norm in {"i'll", "i'm", "i'd"} or following in {"ll", "'ll"}:
                return True
            if following not in _OPINION or (following in {"think", "guess", "thought"} and later in _I):
                return True
        elif _is_first_person(norm) and norm not in _OPINION and not _is_inner_capital(text, tokens, at):
            return True
    return _LEAVE_TO_ME.search(" ".join(norms)) is not None


def includes_speaker(tokens: Sequence[Token]) -> bool:
    """Return whether the speaker of a text counts as one of those it speaks of: we, us, let's, сделаем, зробимо."""
    norms = [token.norm for token in tokens]
    return any(norm in _WE or (_WE_VERB.fullmatch(norm) and norm not in _NOT_WE) for norm in norms)


def _is_first_person(norm: str) -> bool:
    if norm in _SHORT_VERBS or norm.endswith(_SURE):
        return True
    return len(norm) > 3 and _VERB.fullmatch(norm) is not None and _NOT_VERBS.fullmatch(norm) is None


def _is_inner_capital(text: str, tokens: Sequence[Token], at: int) -> bool:
    return is_capitalised(text, tokens[at]) and not starts_sentence(text, tokens, at)


_SECOND_PERSON = re.compile(
    r".{2,}(?:ешь|ишь|ешься|ишься|еш|иш|єш|їш|ешся|ишся|єшся|їшся|ете|ите|єте|їте|етесь|итесь|єтеся|итеся)"
)
_YOU = frozenset({"you", "you'll", "ты", "вы", "ти", "ви", "тебя", "вас", "тебе", "вам"})


def asks_listener(norms: Sequence[str]) -> bool:
    """Return whether a question is about what its listener does: "can you", "сделаешь", «коли впораєшся»."""
    return any(norm in _YOU or _SECOND_PERSON.fullmatch(norm) for norm in norms)
