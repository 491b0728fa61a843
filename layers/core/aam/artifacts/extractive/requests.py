"""Find requests to other people: whether a line gives work, to which person, and the work itself."""

from __future__ import annotations

from collections.abc import Sequence

from aam.artifacts.extractive.talk import Line, Talk, is_apart
from aam.language.dialogue import ACCEPTS, SMALL_TALK, STATES
from aam.language.negation import denials
from aam.language.phrases import Phrases, word_set
from aam.language.stems import is_content, stem
from aam.language.tokens import starts_sentence
from aam.language.work_verbs import Form, form_of

_WHO = word_set("who кто кому хто")
_ASKED = Phrases(
    """
    can you | could you | would you | will you | you need to | you have to | i need you to | i want you to
    i'd like you to | make sure | would you mind | can i ask you to | may i ask you to | you should | you'll need to
    можешь | сможешь | можете | сможете | мог бы | могла бы | могли бы | не мог бы | не могла бы | тебе надо
    тебе нужно
    вам надо | вам нужно | попрошу тебя | попрошу вас | прошу тебя | прошу вас | с тебя | на тебе
    можеш | зможеш | міг би | могла б | могли б | зможете | чи можеш | чи зможеш | тобі треба | тобі потрібно
    вам треба | вам потрібно | прошу вас | з тебе | попрошу вас
    """
)
_PLEASE = Phrases("please | пожалуйста | будь ласка | прошу")
_NO_REQUEST = Phrases(
    """
    please note | next slide | please go ahead | go ahead please | i'd like | would like | slide please | please be
    yes please
    please proceed | please remember | please feel free | seconds please
    """
)
NEEDED = word_set("надо нужно необходимо треба потрібно необхідно")
_POINTING = word_set(
    """
    do it that this them handle take care займись займитесь займитеся займися сделай сделайте зроби зробіть займешься
    займусь займуся сделаю зроблю возьму візьму беру так
    """
)
_SKIPPED = word_set("just also then definitely gladly quickly try to still go and ahead personally probably certainly")
_TALKING = word_set(
    """
    давай давайте смотри смотрите слушай слушайте скажи скажите подожди подождите погоди извини извините прости
    простите
    представь представьте дай дайте расскажи расскажите сядь садись сідайте дивись дивіться слухай слухайте кажи
    кажіть
    начни начните начинай начинайте почни почніть зачекай зачекайте вибач вибачте розкажи розкажіть напомни нагадай
    иди йди ідіть идите уяви уявіть пойми зрозумій
    бувайте держитесь держись тримайся тримайтеся пиши проходи проходьте знай думай думайте учти учтите
    """
)
_CHAT = word_set("видеть слышать сказать повторить почути чути сказати повторити бачити говорить говорити")
_ROOM = Phrases(
    """
    двер* | окно | окна | вікно | вікна | микрофон* | мікрофон* | камеру | door | window | mic | microphone
    camera | звук | стул | стула | стілець | стільця | подвинься | подвиньтесь | посунься | посуньтеся | ведро | відро
    """
)
_DENYING = word_set("не ни ні")
_NO_ORDER_AFTER = word_set("вы ви без для до из із з від от про о об в у на по за к при над под під")
_TO_WHOM = word_set("мне нам ему ей им мені нам йому їй їм")
_GIVE_TIME = Phrases("give me till | give me until | give it here | give it to me | give them here | give them to me")
_YOURS = Phrases("с тебя | с вас | за тобой | за вами | з тебе | з вас | за тобою | за вами | на тобі | на тебе")
_NO_VERBS = word_set("i we you the please yes no oh")
_FEW = 2
_OBJECTS = word_set(
    "the a an it them him her me us that this those these your our my all some with for to out up whoever"
)
ORDERS = word_set(
    """
    add arrange ask book bring buy call cancel change check clean close collect compare contact create deliver draft
    email file fill find fix follow get give hand install invite keep learn look make move order organise organize
    pay plan
    please prepare print put read remove renew repair replace reply report request research review rewrite schedule
    send set sign sort submit take talk test translate update upload verify visit write
    """
)


def after_adverbs(norms: Sequence[str], at: int) -> int | None:
    """Return the first token from one on that is no adverb such as "just", or None."""
    while at < len(norms) and norms[at] in _SKIPPED:
        at += 1
    return at if at < len(norms) else None


def is_request(talk: Talk, line: Line) -> bool:
    """Return whether a line asks another to do something."""
    if _ROOM.any(line.norms) or _GIVE_TIME.any(line.norms):
        return False
    if _asks_another(line):
        return True
    command = command_at(line)
    if command is not None:
        return not line.asks or line.tagged or _PLEASE.any(line.norms) or len(line.norms) > _FEW
    if line.asks and not line.tagged:
        return False
    return _is_order(line) or _says_please(talk, line) or _orders_by_name(talk, line)


def _asks_another(line: Line) -> bool:
    """Return whether a line asks "could you" and a verb of work, or says whose a thing is: «с тебя эскиз»."""
    norms = line.norms
    yours = next(_YOURS.find(norms), None)
    if yours is not None and not line.asks and len(norms) > yours.last and line.weight >= _FEW:
        return True
    for found in _ASKED.find(norms):
        verb = after_adverbs(norms, found.last)
        if is_apart(line, found.first + 1):  # "Will, you had a look"
            continue
        if verb is not None and norms[verb] == "please":
            verb = after_adverbs(norms, verb + 1)
        if verb is None:
            continue
        if norms[verb].isascii():
            if norms[verb] not in SMALL_TALK | STATES | _NO_VERBS:
                return True
        elif any(form_of(norm) is Form.INFINITIVE and norm not in _CHAT for norm in norms[found.last : found.last + 4]):
            return True
    return False


def command_at(line: Line) -> int | None:
    """Return where a Russian or Ukrainian imperative of work stands, or None where there is none."""
    norms = line.norms
    for at, norm in enumerate(norms):
        before = norms[at - 1] if at else ""
        # "Без оплати" holds a noun, "вы говорите" a statement, and "люди шли" no order to send.
        other = before in _NO_ORDER_AFTER or (norm.endswith("шли") and _TO_WHOM.isdisjoint(norms[at + 1 : at + 3]))
        if form_of(norm) is Form.DO and norm not in _TALKING and not other and before not in _DENYING:
            return at
    return None


def _says_please(talk: Talk, line: Line) -> bool:
    norms = line.norms
    please = next(_PLEASE.find(norms), None)
    if please is None:
        return False
    if not norms[0].isascii():
        return vocative(talk, line)[0] is not None
    if _NO_REQUEST.any(norms) or denials(norms) or norms[0] in _NO_VERBS:
        return False
    return len(line.stems) > 1 and (please.first > 1 or len(norms) > 3)


def _orders_by_name(talk: Talk, line: Line) -> bool:
    person, at = vocative(talk, line)
    return person is not None and at == line.head and _bare_verb(line, at + 1)


def _is_order(line: Line) -> bool:
    """Return whether a line is an English imperative: "Order the boxes", "Do ask her"."""
    norms, at = line.norms, line.head
    if norms[at] == "do" and at + 1 < len(norms):
        at += 1
    return at + 1 < len(norms) and norms[at] in ORDERS and norms[at + 1] in _OBJECTS


def _bare_verb(line: Line, at: int) -> bool:
    """Return whether an English imperative follows a name: "Mark, order the boxes"."""
    norms = line.norms
    if at + 1 >= len(norms) or not norms[at].isascii() or "," not in line.text[: line.facts.tokens[at].start + 1]:
        return False
    return norms[at] in ORDERS


def vocative(talk: Talk, line: Line) -> tuple[str | None, int]:
    """Return the participant that a line addresses, and the place: a name apart from the sentence, at its edge."""
    norms, text, tokens = line.norms, line.text, line.facts.tokens
    for at, norm in enumerate(norms):
        person = talk.person([norm]) if len(norm) > 2 and form_of(norm) is None else None
        if person is None or person == line.speaker:
            continue
        before = text[tokens[at - 1].end : tokens[at].start] if at else ","
        after = text[tokens[at].end : tokens[at + 1].start] if at + 1 < len(norms) else "."
        apart = any(c in before for c in ",.!?;") or at <= line.head or starts_sentence(text, tokens, at)
        if apart and (any(c in after for c in ",.!?;") or at + 1 == len(norms)):
            return person, at
        if any(c in ",.!?" for c in text):
            continue
        if at <= line.head or at + 1 == len(norms):  # without punctuation only the edge of a sentence tells
            return person, at
    return None, -1


def matter_of(talk: Talk, line: Line) -> set[str]:
    """Return the stems of what is to be done; names of people, and words that only point or consent, left out."""
    return {
        stem(norm)
        for norm in line.norms
        if is_content(norm) and norm not in _POINTING and not ACCEPTS.starts([norm], 0) and talk.person([norm]) is None
    }


def asks_for_work(talk: Talk, line: Line) -> bool:
    """Return whether a line asks who does something, asks to do it, or says that it is needed."""
    who = not _WHO.isdisjoint(line.norms) and line.asks
    needed = not NEEDED.isdisjoint(line.norms) and not denials(line.norms)
    needed = needed and any(form_of(norm) is Form.INFINITIVE for norm in line.norms)
    return who or is_request(talk, line) or needed
