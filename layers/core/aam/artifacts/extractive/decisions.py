"""Decisions: what is called one, what a talk comes to, and what one proposes and another agrees to.

A decision that is denied, asked for, only possible or taken back is none.
"""

from __future__ import annotations

from collections.abc import Sequence

from aam.artifacts.extractive.conclusions import STILL_OPEN, is_denied, is_led, settles_at
from aam.artifacts.extractive.deadlines import deadline_in
from aam.artifacts.extractive.decision import Decision, add, is_covered
from aam.artifacts.extractive.promises import promises
from aam.artifacts.extractive.recaps import is_recapped, unopposed_by
from aam.artifacts.extractive.requests import asks_for_work, is_request
from aam.artifacts.extractive.talk import Line, Talk, accepts, is_apart, leaves_open, refuses
from aam.artifacts.extractive.task import Task
from aam.language.dialogue import DEFERS
from aam.language.frames import Frame
from aam.language.negation import denials
from aam.language.number_words import NUMBER_WORDS
from aam.language.phrases import Phrases, word_set
from aam.language.stems import is_content, stem
from aam.language.tense import is_done, past_roots
from aam.language.work_verbs import Form, form_of

_CALLED = Phrases(
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
_PROPOSED = Phrases(
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
_FIRM = Phrases(
    """
    let's | let us | i think we should | we should | i'd propose | i propose | i suggest | i'd suggest | i'd go for
    давайте | давай | предлагаю | предложила бы | предложил бы | пусть будет | ну пусть | надо брать
    пропоную | треба брати | хай буде | нехай буде | я б сказав | я б сказала
    """
)
_OPENING = word_set("давайте давай")
_STRONG = Phrases(
    """
    works for me | that works | all for it | i'm for it | aye | same here | love it | agreed | deal | fine by me
    fine with me | let's do it | let's do that | i'm in
    i agree
    договорились | согласен | согласна | поддерживаю | подходит | идет | так и сделаем | я за | я тоже за
    я только за | тоже так думаю | давно пора | решено
    домовились | домовилися | згоден | згодна | підтримую | підходить | підійде | так і зробимо | я за | я теж за
    вирішено
    """
)
_THAT_WAY = Phrases(
    """
    let's do it that way | let's do it like that | let's do that | let's do it | do it that way | let's go for it
    так и сделаем | так и поступим | делаем так | сделаем так | давайте так | так и зробимо | робимо так | зробимо так
    хай буде так | пусть будет так
    """
)
_AS_IT_IS = Phrases(
    """
    we're at | we are at | we've got | it's been | there's | there is | there are | that's why | i mean | it was
    у нас | нету | пока что | поки що | це фантазія | сейчас | зараз
    """
)
_ALONE = word_set(
    """
    carried принято прийнято единогласно одноголосно agreed decided approved договорились домовились
    домовилися решено вирішено решили утверждаю одобряю погоджую
    """
)
_QUIET = word_set("if if's maybe perhaps might could would если может якщо може мабуть наверное хіба")
_FAR = 6
_BACK = 4
_SHORT = 8
_NO_RULING = word_set("rush hurry problem idea clue worries doubt way thanks wonder objections matter one")
_FOR_NOW = word_set("пока поки больше більше году року нового")
_FEW = 3
_BY = word_set("до к на в у")
_CHOICE = word_set("what how whatever that this as so if whether like i we you he she they who where when")
_MINE = word_set("i'll i я")


def decisions_in(talk: Talk, tasks: Sequence[Task] = ()) -> list[Decision]:
    """Return the decisions of a meeting in order; linear in the talk."""
    taken = frozenset(
        line.number for task in tasks for line in task.lines if promises(talk, line) or is_request(talk, line)
    )
    found: list[Decision] = []
    for line in talk.lines:
        decision = (
            _named(talk, line)
            or _echoed(talk, line)
            or _approved(talk, line)
            or _called(talk, line)
            or _unopposed(talk, line)
            or _recapped(talk, line)
            or _concluded(talk, line)
            or _led_to(talk, line)
        )
        decision = decision or _agreed(talk, line, taken) or _embraced(talk, line, taken)
        if decision is not None and not (is_recapped(talk, line) and is_covered(found, line)):
            add(found, decision)
    return found


def _named(talk: Talk, line: Line) -> Decision | None:
    """The choice that a line names: "the farce it is", «двадцать так двадцать»."""
    norms = line.norms
    for at in range(1, len(norms) - 1):
        last = not any(is_content(norm) for norm in norms[at + 2 : line.clause_end(at)])
        is_it = norms[at : at + 2] == ["it", "is"] and last and _is_name_of(line, at)
        twice = norms[at] in {"так", "то"} and norms[at - 1] in norms[at + 1 : at + 3]
        if (is_it or twice) and not line.asks:
            return Decision(line, _consent_before(talk, line), called=True)
    return None


def _is_name_of(line: Line, at: int) -> bool:
    first = max(line.clause_start(at), line.head)
    named = line.norms[first:at]
    return any(is_content(norm) or norm in NUMBER_WORDS for norm in named) and _CHOICE.isdisjoint(named)


def _consent_before(talk: Talk, line: Line) -> list[Line]:
    """Return the proposal that a choice or conclusion answers, where there is one."""
    proposal = _proposal_before(talk, line)
    return [proposal] if proposal is not None else []


def _approved(talk: Talk, line: Line) -> Decision | None:
    """What "let's do it that way" means: the sentence that follows, or the proposal before."""
    if line.asks or not _THAT_WAY.any(line.norms) or len(line.stems) > _FEW or Frame.CONDITION in line.all_frames:
        return None
    after = [other for other in talk.turns[line.turn] if other.number == line.number + 1]
    meant = after[0] if after and not after[0].asks and after[0].weight >= 2 and not promises(talk, after[0]) else None
    if meant is None:
        meant = _proposal_before(talk, line)
    return Decision(meant, [line], called=True) if meant is not None else None


def _echoed(talk: Talk, line: Line) -> Decision | None:
    """The question that is answered by its own verb: «Печатаем?» - «Печатаем.»."""
    verbs = {norm for norm in line.norms if form_of(norm) is Form.WE_DO}
    if not line.asks or not verbs or "или" in line.norms or "чи" in line.norms:
        return None
    reply = next(iter(talk.replies(line.turn, 1)), None)
    if reply is None or reply[0].asks or verbs.isdisjoint(reply[0].norms) or denials(reply[0].norms):
        return None
    return Decision(line, [reply[0]], called=True)


def _called(talk: Talk, line: Line) -> Decision | None:
    """The decision that a line calls one; "agreed" alone means the proposal before it."""
    norms = line.norms
    cue = next(_CALLED.find(norms), None)
    if cue is None or (line.asks and not line.tagged) or is_denied(line, cue.first):
        return None
    frames = line.frames_at(cue.first)
    if not frames.isdisjoint({Frame.CONDITION, Frame.HEDGE, Frame.SARCASM, Frame.RETRACTION}):
        return None
    if cue.phrase in _ALONE and norms[0].isascii() and line.head < cue.first and cue.last < len(norms):
        return None
    matter = line.stems - {stem(norm) for norm in norms[cue.first : cue.last]}
    if len(matter) >= 2 or line.names_day:
        return None if _undone(talk, line) else Decision(line, called=True)
    after = [other for other in talk.turns[line.turn] if other.number == line.number + 1]
    if after and after[0].weight and not _leads_on(after[0]) and len(after[0].norms) <= _SHORT:
        return Decision(after[0], [line], called=True)
    proposal = _proposal_before(talk, line)
    if proposal is None:
        beside = [
            other for other in talk.turns[line.turn] if abs(other.number - line.number) == 1 and len(other.stems) > 2
        ]
        settled = [other for other in beside if not other.asks and Frame.DENIED not in other.all_frames]
        return Decision(settled[-1], [line]) if settled else None
    return Decision(proposal, [line], called=True)


def _unopposed(talk: Talk, line: Line) -> Decision | None:
    """What no one objects to: "We start at six. Any objections?" - "No."."""
    settled = unopposed_by(talk, line)
    return Decision(settled, [line], called=True) if settled is not None else None


def _recapped(talk: Talk, line: Line) -> Decision | None:
    """What a summing-up names: "To recap: the fee stays, the fair is on the tenth."."""
    return Decision(line, called=True) if is_recapped(talk, line) else None


def _leads_on(line: Line) -> bool:
    return line.asks or DEFERS.any(line.norms)


def _concluded(talk: Talk, line: Line) -> Decision | None:
    """The decision that a talk comes to: "so we repair the oven", «тогда переезжаем девятнадцатого»."""
    norms = line.norms
    if (line.asks and not line.tagged) or not line.weight:
        return None
    at = settles_at(line)
    if at is None or DEFERS.any(norms, line.clause_start(at), line.clause_end(at)):
        return None
    frames = line.frames_at(at)
    open_frames = {Frame.CONDITION, Frame.HEDGE, Frame.SARCASM} | (set() if line.tagged else {Frame.QUESTION})
    if not frames.isdisjoint(open_frames) or not _QUIET.isdisjoint(norms[: at + 1]):
        return None
    led = is_led(line)
    if _undone(talk, line):
        return None
    if line.weight < 2 and not (led and _takes_up(talk, line)):
        meant = _meant_before(talk, line)
        return Decision(meant, [line], called=True) if meant is not None else None
    if not led and not _is_confirmed(talk, line):
        return None
    if line.tagged and not any(accepts(reply, line) for reply in talk.replies(line.turn, 2)):
        return None
    return Decision(line, called=led, agreed=not led and len(line.stems) <= _FEW)


def _meant_before(talk: Talk, line: Line) -> Line | None:
    """Return what a bare "we do" means: the line before with its verb, or else the last proposal."""
    before = [other for lines in talk.turns[max(0, line.turn - _BACK) : line.turn] for other in lines]
    alike = [other for other in before if other.stems & line.stems and other.weight >= 2]
    return alike[-1] if alike else _proposal_before(talk, line)


def _is_confirmed(talk: Talk, line: Line) -> bool:
    """Return whether a plain "we do" settles something: it answers yes or no, or others take it so."""
    if denials(line.norms) and not _FOR_NOW.isdisjoint(line.norms):
        return True
    own = [other for other in talk.turns[line.turn] if other.number <= line.number][-2:]
    if any(accepts([other]) or refuses([other]) for other in own):
        return True
    before = next((lines for lines in reversed(talk.turns[max(0, line.turn - 2) : line.turn]) if lines), [])
    if line.head and before and before[0].speaker != line.speaker and accepts(before):
        return True
    replies = talk.replies(line.turn, 1)
    return bool(replies) and (accepts(replies[0], line) or any(promises(talk, other) for other in replies[0]))


def _led_to(talk: Talk, line: Line) -> Decision | None:
    """The result that is named without a verb, and agreed to: "so no mass mail then", «тогда во вторник»."""
    norms = line.norms
    if (line.asks and not line.tagged) or not 1 <= line.weight <= _SHORT or DEFERS.any(norms):
        return None
    led = (is_led(line) and not _is_filler(line)) or "so" in norms[: line.head + 1] or norms[-1] == "then"
    hedged = {Frame.CONDITION, Frame.HEDGE, Frame.QUESTION, Frame.SARCASM, Frame.PROPOSAL} - (
        {Frame.QUESTION} if line.tagged else set()
    )
    led = led or _rules_out(line)
    if asks_for_work(talk, line):
        return None
    if not led or not hedged.isdisjoint(line.all_frames) or STILL_OPEN.any(norms):
        return None
    if any(form_of(norm) is Form.I_DO for norm in norms) or not _MINE.isdisjoint(norms) or _reports(line):
        return None
    replies = talk.replies(line.turn, 1)
    before = next((lines for lines in reversed(talk.turns[max(0, line.turn - 2) : line.turn]) if lines), [])
    own = [other for other in talk.turns[line.turn] if other.number < line.number]
    agreed = [reply[0] for reply in replies if accepts(reply, line)]
    agreed = agreed or [lines[0] for lines in (before, own) if accepts(lines)]
    if not agreed or not _takes_up(talk, line):
        return None
    return Decision(line, agreed, called=True)


def _is_filler(line: Line) -> bool:
    """Return whether «значит» only begins a report, not a result."""
    norms = line.norms
    at = next((at for at in range(min(line.head + 2, len(norms))) if norms[at] in {"значит", "значить"}), None)
    return at is not None and norms[at + 1 : at + 2] != ["так"] and norms[:1] not in (["тогда"], ["тоді"])


def _reports(line: Line) -> bool:
    """Return whether a line says how things are or were, not what shall be."""
    return bool(past_roots(line.norms)) or _AS_IT_IS.any(line.norms) or is_done(line.norms)


def _rules_out(line: Line) -> bool:
    """Return whether a line says what there will not be: "No open day this year"."""
    norms, at = line.norms, line.head
    while at + 1 < len(norms) and norms[at] == "no" and norms[at + 1] == "no":
        at += 1
    following = norms[at + 1] if at + 1 < len(norms) else ""
    return norms[at] == "no" and is_content(following) and following not in _NO_RULING and not is_apart(line, at + 1)


def _embraced(talk: Talk, line: Line, taken: frozenset[int]) -> Decision | None:
    """The idea that another embraces in so many words: "What about the eighteenth?" - "Works for me."."""
    if line.number in taken or line.weight < 2 or DEFERS.any(line.norms) or not _PROPOSED.any(line.norms):
        return None
    replies = talk.replies(line.turn, 2)
    agreed = [reply[0] for reply in replies if _STRONG.any(reply[0].norms) and not refuses(reply)]
    if not agreed or refuses(replies[0]) or Frame.CONDITION in line.all_frames or _undone(talk, line):
        return None
    return Decision(line, [agreed[0]], agreed=True)


def _agreed(talk: Talk, line: Line, taken: frozenset[int]) -> Decision | None:
    """The proposal that another agrees to and nobody refuses."""
    norms = line.norms
    proposed = next(_FIRM.find(norms), None)
    if proposed is None or line.number in taken or DEFERS.any(norms) or not line.weight:
        return None
    if not line.frames_at(proposed.first).isdisjoint({Frame.CONDITION, Frame.RETRACTION}) or any(
        proposed.last <= at <= proposed.last + 1 for at in denials(norms)
    ):
        return None
    if norms[proposed.first] in _OPENING and not _opens_matter(line, proposed.last):
        return None
    replies = talk.replies(line.turn, 2)
    if (
        not replies
        or refuses(replies[0])
        or leaves_open(replies[0][:1])
        or not any(accepts(reply, line) for reply in replies)
    ):
        return None
    agreed = next(reply[0] for reply in replies if accepts(reply, line))
    return None if _undone(talk, line) else Decision(line, [agreed], agreed=True)


def _opens_matter(line: Line, at: int) -> bool:
    """Return whether «давайте» is followed by what to do, not by a day or by an offer to do it oneself."""
    norms = line.norms
    if at < len(norms) and norms[at] in _BY and deadline_in(line) is not None:
        return False
    return at < len(norms) and norms[at] not in {"я", "начнем", "посмотрим", "сначала"}


def _proposal_before(talk: Talk, line: Line) -> Line | None:
    """Return the last proposal or statement of matter that "agreed" can mean."""
    before = [other for lines in talk.turns[max(0, line.turn - _BACK) : line.turn] for other in lines]
    before += [other for other in talk.turns[line.turn] if other.number < line.number]
    for other in reversed(before[-_FAR:]):
        if other.weight >= 1 and (_PROPOSED.any(other.norms) or settles_at(other) is not None):
            return other
    return None


def _takes_up(talk: Talk, line: Line) -> bool:
    """Return whether a result takes up what the last turns spoke of, or answers a proposal."""
    before = [other for lines in talk.turns[max(0, line.turn - _FAR) : line.turn] for other in lines]
    numbers = {value for number in line.facts.numbers for value in number.values}
    said = {value for other in before for number in other.facts.numbers for value in number.values}
    return (
        any(line.stems & other.stems for other in before)
        or not numbers.isdisjoint(said)
        or _proposal_before(talk, line) is not None
    )


def _undone(talk: Talk, line: Line) -> bool:
    """Return whether the next words refuse what a line settles, or take it back."""
    own = [other for other in talk.turns[line.turn] if line.number < other.number <= line.number + 2]
    if any(Frame.RETRACTION in other.all_frames and len(other.norms) < 8 for other in own):
        return True
    replies = talk.replies(line.turn, 1)
    if not replies:
        return False
    return refuses(replies[0][:1]) and not accepts(replies[0], line) and len(denials(line.norms)) == 0
