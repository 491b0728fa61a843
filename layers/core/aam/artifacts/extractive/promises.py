"""Find tasks that people take on themselves: "I'll send it", «подготовлю», "I can do that" as an answer."""

from __future__ import annotations

from collections.abc import Sequence

from aam.artifacts.extractive.deadlines import deadline_in, waits_for_event
from aam.artifacts.extractive.requests import (
    ORDERS,
    after_adverbs,
    is_request,
)
from aam.artifacts.extractive.talk import Line, Talk
from aam.language.dialogue import MEANWHILE, STATES
from aam.language.frames import Frame
from aam.language.phrases import Phrases, word_set
from aam.language.work_verbs import Form, form_of

_MINE = Phrases(
    """
    i'll | i will | i am going to | i'm going to | i'm gonna | i can take | i could take | i take that | i'll be
    i shall | let me | leave it to me | leave that to me | i'm on it | i'm happy to
    i am happy to
    i volunteer | i promise to | i can do that | i can do it | will do | leave it with me | leave that with me
    leave this with me | leave this to me | count on me
    put me down for
    беру на себя | возьму на себя | за мной | с меня | давайте я | давай я | это на мне | я займусь | я беру
    беру на себе | візьму на себе | за мною | з мене | я візьмуся | це на мені | я беру
    """
)
_CAN = Phrases(
    """
    i can | i need to | i have to | i've got to | i must | i should | i plan to | i'm planning to | i want to
    могу | я могу | мне надо | мне нужно | я должен | я должна | планирую | я собираюсь
    можу | я можу | мені треба | мені потрібно | я маю | я мушу | планую | я збираюся
    """
)
_DONE = word_set("ready done finished sorted")
_OPEN_ENDED = word_set("do that it take got me for this")
_THEN = word_set("тогда тоді сейчас зараз")
_NOW_ENDINGS = ("ываю", "иваю", "аю", "яю", "ую", "юю")
_THINKING = word_set(
    """
    дякую такую другую скую впораюся упораюся хочу могу слышу вижу бачу боюсь жду чекаю стою сижу живу хвилююся волнуюсь
    знаю думаю считаю понимаю полагаю предлагаю бываю успеваю обещаю желаю читаю работаю вважаю гадаю маю питаю пропоную
    встигаю працюю планую розумію уважаю чувствую требую советую голосую рекомендую слышу такую какую вторую
    другую новую
    """
)
_WILL_ENDINGS = ("тиму", "тимусь", "тимуся")
_INFINITIVES = ("ать", "ить", "ять", "аться", "яться", "иться")
_UNREAL = word_set("бы б би")
_WILL_DO = Phrases("буду | я буду")
_NOT_MINE = Phrases(
    """
    i'll start with | i'll start off | i'll start by | i'll start again | i'll show you | i'll present
    i'll go through | i'll talk about | i'll pass | i'll go back | i'll go over | i'll go first | i'll move on
    i'll skip
    i'll do my best | i'll leave | i'll have to | i'll just say | i'll come back | i'll be back | i'll let you
    i'll go ahead
    let me sleep | i'll sleep on it | i'll think about it | i'll try to remember
    i'll be honest | i'll be late | i'll be there | i will say | i'll say | i'll tell you | let me think | let me be
    let me see | let me know | let me just | let me share | let me finish | let me guess | let me start | let me say
    начну с | почну з | начну я | беру слова | за мной следит | с меня хватит | я беру отпуск | з мене толку
    з мене досить
    """
)
_TAKEN_BACK = Phrases(
    "no actually | actually no | never mind | forget it | scratch that | нет не | хотя нет | хоча ні | забудь | ой нет"
)
_TELLS = word_set("скажу передам сообщу напомню нагадаю повідомлю")
_TO_THEM = word_set("ему ей им йому їй їм всем всім")
_ABLE = word_set("смогу зможу")
_AWAY = word_set("уезжаю улетаю работаю отдыхаю")
_LATER = word_set("later someday потом потім когда-нибудь колись")
_SHORT = 6


def promises(talk: Talk, line: Line) -> bool:
    """Return whether a line takes something on: "I'll …", «сделаю», "I can …" as an answer."""
    norms = line.norms
    dated = deadline_in(line) is not None
    if (line.asks and not line.tagged and not _before_question(talk, line)) or (not dated and _NOT_MINE.any(norms)):
        return False
    at = promise_at(talk, line)
    if at is None or ["не", norms[at]] in [norms[n : n + 2] for n in range(at, len(norms))]:
        return False
    if not dated and not _LATER.isdisjoint(norms[line.clause_start(at) : line.clause_end(at)]):
        return False
    if any(MEANWHILE.any(other.norms) for other in talk.turns[line.turn]):
        return False
    frames = line.frames_at(at)
    if (Frame.CONDITION in frames and not waits_for_event(line)) or Frame.RETRACTION in frames:
        return False
    return not _is_taken_back(talk, line)


def _before_question(talk: Talk, line: Line) -> bool:
    """Return whether the promise stands before what is asked: "I'll change it, but who has the password?"."""
    at = promise_at(talk, line)
    return at is not None and line.clause_end(at) < len(line.norms) and line.clause_start(at) == 0


def promise_at(talk: Talk, line: Line) -> int | None:
    """Return the token with which a line takes something on, or None where it does not."""
    norms = line.norms
    for found in _MINE.find(norms):
        if not norms[found.first].isascii() or not _OPEN_ENDED.isdisjoint(found.phrase.split()):
            return found.first
        verb = after_adverbs(norms, found.last)
        allowed = norms[verb] if verb is not None else ""
        ready = allowed == "have" and not _DONE.isdisjoint(norms[verb or 0 :])
        if allowed and (ready or allowed in ORDERS if found.phrase == "let me" else allowed not in STATES):
            return verb
    for at, norm in enumerate(norms):
        if (form_of(norm) is Form.I_DO and not _unreal(norms, at)) or (
            norm.endswith(_WILL_ENDINGS) and norms[max(0, at - 1)] != "не"
        ):
            return at
        if norm.endswith(_NOW_ENDINGS) and not _THEN.isdisjoint(norms[max(0, at - 2) : at]) and norm not in _THINKING:
            return at
        if norm in _TELLS and not _TO_THEM.isdisjoint(norms[max(0, at - 2) : at + 3]) and not _unreal(norms, at):
            return at
    return _dated_at(talk, line) or _intention_at(talk, line)


def _dated_at(talk: Talk, line: Line) -> int | None:
    """Return the present tense that a day makes a promise: «я заказываю сегодня», and "can" as an answer with a day."""
    norms = line.norms
    if deadline_in(line) is None:
        return None
    for at, norm in enumerate(norms):
        start, end = line.clause_start(at), line.clause_end(at)
        now = norm.endswith(_NOW_ENDINGS) and norm not in _THINKING | _AWAY and "я" in norms[start:end]
        able = norm in _ABLE and _is_answer(talk, line)
        if (now or able) and not _unreal(norms, at) and deadline_in(line, at) is not None:
            return at
    return None


def _intention_at(talk: Talk, line: Line) -> int | None:
    """Return where a line says what its speaker can or must do, when a day or a request makes it a promise."""
    norms = line.norms
    for found in _CAN.find(norms):
        verb = after_adverbs(norms, found.last)
        if verb is None or (found.first and norms[found.first - 1] in {"не", "as"}):
            continue
        works = norms[verb] in ORDERS if norms[verb].isascii() else form_of(norms[verb]) is Form.INFINITIVE
        possible = not _UNREAL.isdisjoint(norms[max(0, verb - 2) : verb + 2])
        if works and not possible and (_dated(talk, line) or _is_answer(talk, line)):
            return found.first
    for found in _WILL_DO.find(norms):
        following = norms[found.last] if found.last < len(norms) else ""
        if form_of(following) is Form.INFINITIVE or following.endswith(_INFINITIVES):
            return None if found.first and norms[found.first - 1] == "не" else found.first
    return None


def _unreal(norms: Sequence[str], at: int) -> bool:
    """Return whether a verb is denied, or only possible: «не сделаю», «я бы сделаю», «если сделаю»."""
    before = norms[max(0, at - 2) : at]
    return (at > 0 and norms[at - 1] == "не") or not {"бы", "би", "если", "якщо", "когда", "коли", "як"}.isdisjoint(
        before
    )


def _dated(talk: Talk, line: Line) -> bool:
    """Return whether a line, or the short one after it, names a day."""
    after = [other for other in talk.turns[line.turn] if other.number == line.number + 1 and len(other.norms) <= _SHORT]
    return any(deadline_in(other) is not None for other in [line, *after])


def _is_answer(talk: Talk, line: Line) -> bool:
    """Return whether the turn before asks who does it, or asks for it."""
    before = [lines for lines in talk.turns[max(0, line.turn - 2) : line.turn] if lines]
    return any(spoken.asks or is_request(talk, spoken) for lines in before for spoken in lines[-2:])


def _is_taken_back(talk: Talk, line: Line) -> bool:
    turn = talk.turns[line.turn]
    later = [other for other in turn if other.number > line.number][:2]
    return any(_TAKEN_BACK.any(other.norms) and deadline_in(other) is None for other in [line, *later])
