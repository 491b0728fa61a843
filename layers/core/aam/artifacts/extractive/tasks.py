"""Tasks: what people take on themselves, what they ask of each other, and what they say that another will do.

A task is put together from the turns in which it is settled: a request, its answer, and the day that is agreed on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from aam.artifacts.extractive.deadlines import Deadline, asks_when, deadline_in
from aam.artifacts.extractive.talk import Line, Talk, accepts, refuses
from aam.language.dialogue import ACCEPTS, RELAXED, SMALL_TALK, STATES
from aam.language.lexicon import GIVEN_NAMES
from aam.language.modality import Frame
from aam.language.negation import denials
from aam.language.phrases import Phrases, word_set
from aam.language.stems import is_content, stem
from aam.language.tokens import starts_sentence
from aam.language.work_verbs import Form, form_of

_MINE = Phrases(
    """
    i'll | i will | i am going to | i'm going to | i'm gonna | i can take | i could take | i take that | i'll be
    i shall | let me | leave it to me | leave that to me | i've got it | i got it | i'm on it | i'm happy to
    i am happy to
    i volunteer | i promise to | i can do that | i can do it | will do | leave it with me | leave that with me | leave this with me | leave this to me | count on me
    put me down for
    беру на себя | возьму на себя | за мной | с меня | давайте я | давай я | это на мне | я займусь | я беру
    беру на себе | візьму на себе | за мною | з мене | я візьмуся | це на мені | я беру
    """
)
_WHO = word_set("who кто кому хто")
_POINTERS = word_set("it that this them those это этим его ее их им ему ей їм йому їй этого це його її їх цим цього")
_WILL = Phrases("will do | сделаю | займусь | зроблю | займуся | возьмусь | візьмуся")
_CAN = Phrases(
    """
    i can | i need to | i have to | i've got to | i must | i should | i plan to | i'm planning to | i want to
    могу | я могу | мне надо | мне нужно | я должен | я должна | планирую | я собираюсь
    можу | я можу | мені треба | мені потрібно | я маю | я мушу | планую | я збираюся
    """
)
_DONE = word_set("ready done finished sorted")
_OPEN_ENDED = word_set("that it take got me for this")
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
    i'll be honest | i'll be late | i'll be there | i will say | i'll say | i'll tell you | let me think | let me be
    let me see | let me know | let me just | let me share | let me finish | let me guess | let me start | let me say
    начну с | почну з | начну я | беру слова | за мной следит | с меня хватит | я беру отпуск | з мене толку
    з мене досить
    """
)
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
_MUST = Phrases(
    """
    will | is going to | has to | needs to | should | is to | must | promised to | agreed to | is supposed to
    """
)
_MUST_SLAVIC = word_set(
    "должен должна должны надо нужно обещал обещала має мусить повинен повинна треба потрібно пообіцяв"
)
_SOMEONE = Phrases(
    """
    somebody has to | someone has to | somebody needs to | someone needs to
    кто-то должен | кому-то надо | кому-то нужно | хтось має | комусь треба | хтось повинен
    """
)
_NEEDED = word_set("надо нужно необходимо треба потрібно необхідно")
_POINTING = word_set(
    """
    do it that this them handle take care займись займитесь займитеся займися сделай сделайте зроби зробіть займешься
    займусь займуся сделаю зроблю возьму візьму беру так
    """
)
_SKIPPED = word_set("just also then definitely gladly quickly try to still go and ahead personally probably certainly")
_TALKING = word_set(
    """
    давай давайте смотри смотрите слушай слушайте скажи скажите подожди подождите погоди извини извините прости простите
    представь представьте дай дайте расскажи расскажите сядь садись сідайте дивись дивіться слухай слухайте кажи кажіть
    начни начните начинай начинайте почни почніть зачекай зачекайте вибач вибачте розкажи розкажіть напомни нагадай иди йди ідіть идите уяви уявіть пойми зрозумій
    бувайте держитесь держись тримайся тримайтеся пиши проходи проходьте знай думай думайте учти учтите
    """
)
_CHAT = word_set("видеть слышать сказать повторить почути чути сказати повторити бачити говорить говорити")
_TAKEN_BACK = Phrases(
    "no actually | actually no | never mind | forget it | scratch that | нет не | хотя нет | хоча ні | забудь | ой нет"
)
_NO = word_set("no нет ні")
_LATER = word_set("later someday потом потім когда-нибудь колись")
_ROOM = Phrases(
    "двер* | окно | окна | вікно | вікна | микрофон* | мікрофон* | камеру | door | window | mic | microphone | camera | звук"
)
_FEW = 2
_SHORT = 6


@dataclass
class Task:
    """A task: the line that says it, the lines that settle it, whose it is and by when."""

    line: Line
    owner: str | None
    due: Deadline | None = None
    others: list[Line] = field(default_factory=list)

    @property
    def lines(self) -> list[Line]:
        """The lines of evidence, the text's first."""
        return [self.line, *dict.fromkeys(line for line in self.others if line != self.line)]

    @property
    def last_turn(self) -> int:
        """The last turn that belongs to it."""
        return max(line.turn for line in self.lines)

    @property
    def weight(self) -> int:
        """How much its text says."""
        return len(self.line.stems)


def tasks_in(talk: Talk) -> list[Task]:
    """Return the tasks of a meeting in the order in which they were settled; linear in the talk."""
    found: list[Task] = []
    for line in talk.lines:
        for task in _begun_by(talk, line):
            _settle_day(talk, task)
            _add(talk, found, task)
    return found


def _begun_by(talk: Talk, line: Line) -> Iterator[Task]:
    if promises(talk, line):
        yield _taken(talk, line)
    elif is_request(talk, line):
        task = _given(talk, line)
        if task is not None:
            yield task
    else:
        task = _assigned(talk, line)
        if task is not None:
            yield task


def promises(talk: Talk, line: Line) -> bool:
    """Return whether a line takes something on: "I'll …", «сделаю», "I can …" as an answer."""
    norms = line.norms
    dated = deadline_in(line) is not None
    if (line.asks and not line.tagged) or (not dated and (_NOT_MINE.any(norms) or not _LATER.isdisjoint(norms))):
        return False
    at = _promise_at(talk, line)
    if at is None:
        return False
    frames = line.frames_at(at)
    if Frame.CONDITION in frames or Frame.RETRACTION in frames:
        return False
    return not _is_taken_back(talk, line)


def _promise_at(talk: Talk, line: Line) -> int | None:
    """Return the token with which a line takes something on, or None."""
    norms = line.norms
    for found in _MINE.find(norms):
        if not norms[found.first].isascii() or not _OPEN_ENDED.isdisjoint(found.phrase.split()):
            return found.first
        verb = _verb(norms, found.last)
        allowed = norms[verb] if verb is not None else ""
        ready = allowed == "have" and not _DONE.isdisjoint(norms[verb or 0 :])
        if allowed and (ready or allowed in _ORDERS if found.phrase == "let me" else allowed not in STATES):
            return verb
    for at, norm in enumerate(norms):
        if (form_of(norm) is Form.I_DO and not _unreal(norms, at)) or (
            norm.endswith(_WILL_ENDINGS) and norms[max(0, at - 1)] != "не"
        ):
            return at
    return _intention_at(talk, line)


def _intention_at(talk: Talk, line: Line) -> int | None:
    """Return where a line says what its speaker can or must do, when a day or a request makes it a promise."""
    norms = line.norms
    for found in _CAN.find(norms):
        verb = _verb(norms, found.last)
        if verb is None or (found.first and norms[found.first - 1] in {"не", "as"}):
            continue
        works = norms[verb] in _ORDERS if norms[verb].isascii() else form_of(norms[verb]) is Form.INFINITIVE
        possible = not _UNREAL.isdisjoint(norms[max(0, verb - 2) : verb + 2])
        if works and not possible and (_dated(talk, line) or _is_answer(talk, line)):
            return found.first
    for found in _WILL_DO.find(norms):
        following = norms[found.last] if found.last < len(norms) else ""
        if form_of(following) is Form.INFINITIVE or following.endswith(_INFINITIVES):
            return None if found.first and norms[found.first - 1] == "не" else found.first
    return None


def _verb(norms: Sequence[str], at: int) -> int | None:
    while at < len(norms) and norms[at] in _SKIPPED:
        at += 1
    return at if at < len(norms) else None


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


def is_request(talk: Talk, line: Line) -> bool:
    """Return whether a line asks another to do something."""
    norms = line.norms
    if _ROOM.any(norms):
        return False
    for found in _ASKED.find(norms):
        verb = _verb(norms, found.last)
        if _apart(line, found.first + 1):  # "Will, you had a look"
            continue
        if verb is not None and norms[verb] == "please":
            verb = _verb(norms, verb + 1)
        if verb is None:
            continue
        if norms[verb].isascii():
            if norms[verb] not in SMALL_TALK | STATES and norms[verb] not in {"i", "we", "you", "the", "please"}:
                return True
        elif any(form_of(norm) is Form.INFINITIVE and norm not in _CHAT for norm in norms[found.last : found.last + 4]):
            return True
    for at, norm in enumerate(norms):
        if form_of(norm) is Form.DO and norm not in _TALKING and (not at or norms[at - 1] not in {"не", "ни", "ні"}):
            return not line.asks or line.tagged or bool(_PLEASE.any(norms)) or len(norms) > _FEW
    if line.asks and not line.tagged:
        return False
    if _is_order(line):
        return True
    if _PLEASE.any(norms) and not norms[0].isascii() and _vocative(talk, line)[0] is not None:
        return True
    if _PLEASE.any(norms) and norms[0].isascii() and not _NO_REQUEST.any(norms) and not denials(norms):
        at = next(found.first for found in _PLEASE.find(norms))
        return len(line.stems) > 1 and norms[0] not in {"yes", "no", "oh"} and (at > 1 or len(norms) > 3)
    person, at = _vocative(talk, line)
    return person is not None and at == line.head and _bare_verb(line, at + 1)


def _is_order(line: Line) -> bool:
    """Return whether a line is an English imperative: "Order the boxes", "Do ask her"."""
    norms, at = line.norms, line.head
    if norms[at] == "do" and at + 1 < len(norms):
        at += 1
    return at + 1 < len(norms) and norms[at] in _ORDERS and norms[at + 1] in _OBJECTS


def _bare_verb(line: Line, at: int) -> bool:
    """Return whether an English imperative follows a name: "Mark, order the boxes"."""
    norms = line.norms
    if at + 1 >= len(norms) or not norms[at].isascii() or "," not in line.text[: line.facts.tokens[at].start + 1]:
        return False
    return norms[at] in _ORDERS


_OBJECTS = word_set(
    "the a an it them him her me us that this those these your our my all some with for to out up whoever"
)
_ORDERS = word_set(
    """
    add arrange ask book bring buy call cancel change check clean close collect compare contact create deliver draft
    email file fill find fix follow get give hand install invite keep learn look make move order organise organize
    pay plan
    please prepare print put read remove renew repair replace reply report request research review rewrite schedule send
    set sign sort submit take talk test translate update upload verify visit write
    """
)


def _vocative(talk: Talk, line: Line) -> tuple[str | None, int]:
    """Return the participant whom a line addresses, and where: a name apart from the sentence, at its edge."""
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


def _taken(talk: Talk, line: Line) -> Task:
    """The task that a speaker takes; what it points at stands in the turns before."""
    task = Task(line, line.speaker)
    if len(_matter(talk, line)) < _FEW:
        before = _pointed_at(talk, line)
        if before is not None and (_asks_for_work(talk, before) or not _matter(talk, line)):
            task.line, task.others = before, [line]
        elif before is not None:
            task.others = [before]
    return task


def _matter(talk: Talk, line: Line) -> set[str]:
    """The stems of what is to be done; names of people, and words that only point or consent, left out."""
    return {
        stem(norm)
        for norm in line.norms
        if is_content(norm) and norm not in _POINTING and not ACCEPTS.starts([norm], 0) and talk.person([norm]) is None
    }


def _asks_for_work(talk: Talk, line: Line) -> bool:
    """Return whether a line asks who does something, asks to do it, or says that it is needed."""
    who = not _WHO.isdisjoint(line.norms) and line.asks
    needed = not _NEEDED.isdisjoint(line.norms) and not denials(line.norms)
    needed = needed and any(form_of(norm) is Form.INFINITIVE for norm in line.norms)
    return who or is_request(talk, line) or needed


def _pointed_at(talk: Talk, line: Line) -> Line | None:
    """Return the question, need or request that a short promise answers."""
    same = [other for other in talk.turns[line.turn] if other.number < line.number][-2:]
    before = [other for lines in talk.turns[max(0, line.turn - 3) : line.turn] for other in lines][-5:]
    candidates = [other for other in [*before, *same] if len(_matter(talk, other)) >= _FEW]
    asked = [other for other in candidates if _asks_for_work(talk, other)]
    if asked:
        return asked[-1]
    points = _WILL.any(line.norms) or not _POINTERS.isdisjoint(line.norms)
    return candidates[-1] if candidates and points else None


def _just_before(talk: Talk, line: Line) -> Line | None:
    """Return the last sentence of matter in the turn before."""
    before = next((lines for lines in reversed(talk.turns[max(0, line.turn - 2) : line.turn]) if lines), [])
    said = [other for other in before if len(_matter(talk, other)) >= _FEW]
    return said[-1] if said else None


def _given(talk: Talk, line: Line) -> Task | None:
    """The task that a line asks of another, or None where the answer refuses it or nobody answers a question."""
    person, _ = _vocative(talk, line)
    if person is None:
        person = _named_before(talk, line)
    question = line.asks and not line.tagged
    task = Task(line, person)
    if len(_matter(talk, line)) < _FEW:
        before = [
            other for other in talk.turns[line.turn] if other.number < line.number and len(_matter(talk, other)) >= _FEW
        ]
        if before and line.number - before[-1].number <= _FEW:
            task.line, task.others = before[-1], [line]
        elif (context := _just_before(talk, line)) is not None:
            task.others = [context]
    answered = False
    for reply in talk.replies(line.turn, 2):
        speaker = reply[0].speaker
        if person is not None and speaker != person:
            continue
        promise = next((other for other in reply if promises(talk, other)), None)
        if promise is None and refuses(reply):
            return None
        if promise is not None or accepts(reply, line) or any(asks_when(other) for other in reply):
            task.owner = person or speaker
            said = promise or reply[0]
            if promise is not None and len(_matter(talk, task.line)) < min(_FEW, len(_matter(talk, promise))):
                task.line, said = promise, task.line
            task.others.append(said)
            answered = True
        break
    if question and not answered:
        return None
    return task if task.owner is not None or answered or _PLEASE.any(line.norms) else None


def _named_before(talk: Talk, line: Line) -> str | None:
    """Return the participant whom the sentence just before addresses, as in "Sergei? Call them, please"."""
    before = [other for other in talk.turns[line.turn] if other.number == line.number - 1]
    return _vocative(talk, before[0])[0] if before else None


def _assigned(talk: Talk, line: Line) -> Task | None:
    """The task that a line says another person will do, or that has to be done."""
    norms = line.norms
    if line.asks or Frame.CONDITION in line.all_frames or Frame.DENIED in line.all_frames:
        return None
    for at in range(len(norms)):
        name = _name_at(talk, line, at)
        if name is None:
            continue
        person, last = name
        must = next(_MUST.find(norms, last, min(len(norms), last + 4)), None)
        if must is not None and must.first == last and not _apart(line, last):
            verb = _verb(norms, must.last)
            if verb is not None and norms[verb] not in STATES:
                return Task(line, person)
        nearby = range(max(0, at - 2), min(len(norms), last + 5))
        if not _apart(line, last) and any(form_of(norms[n]) is Form.ONE_DOES for n in nearby):
            return Task(line, person)
        if any(norms[n] in _MUST_SLAVIC for n in nearby) and any(
            form_of(norms[n]) is Form.INFINITIVE for n in range(len(norms))
        ):
            return Task(line, person)
    if _SOMEONE.any(norms):
        return Task(line, None)
    needed = next((n for n, norm in enumerate(norms) if norm in _NEEDED), None)
    if (
        needed is not None
        and deadline_in(line)
        and any(form_of(n) is Form.INFINITIVE for n in norms[needed : needed + 4])
    ):
        return Task(line, None)
    return None


def _apart(line: Line, at: int) -> bool:
    """Return whether a comma stands before a token."""
    tokens = line.facts.tokens
    return 0 < at < len(tokens) and "," in line.text[tokens[at - 1].end : tokens[at].start]


def _name_at(talk: Talk, line: Line, at: int) -> tuple[str, int] | None:
    """Return the person whose name begins at a token, and the token after it."""
    for name in talk.names(line):
        if name.first == at:
            person = talk.person(name.words)
            if person is None and name.words[0] not in GIVEN_NAMES:
                return None
            return person or line.facts.words(name.first, name.last), name.last
    return None


def _settle_day(talk: Talk, task: Task) -> None:
    """Find by when: in the task's own lines, beside them, or in the short turns that follow."""
    own = [deadline_in(line) for line in task.lines]
    found = [deadline for deadline in own if deadline is not None]
    said = task.others[-1] if task.others else task.line
    beside = [
        other
        for base in dict.fromkeys([task.line, said])
        for other in talk.turns[base.turn]
        if base.number < other.number <= base.number + 2
    ]
    for other in beside:
        deadline = deadline_in(other)
        if deadline is not None and not _begins_another(talk, other, task):
            found.append(deadline)
            task.others.append(other)
    if not found:
        before = [other for other in talk.turns[task.line.turn] if other.number == task.line.number - 1]
        earlier = deadline_in(before[0]) if before and not before[0].asks else None
        if earlier is not None:
            found.append(earlier)
            task.others.append(before[0])
    follow = _agreed_later(talk, task)
    if follow is not None and not found:
        found.append(follow)
        task.others.append(follow.line)
    mended = _corrected(talk, task) if found else None
    if mended is not None:
        found = [mended]
        task.others.append(mended.line)
    bound = [deadline for deadline in found if deadline.bound]
    if found:
        task.due = (bound or found)[-1]


def _begins_another(talk: Talk, line: Line, task: Task) -> bool:
    if len(line.norms) <= 6:
        return False
    return line.asks or ((promises(talk, line) or is_request(talk, line)) and len(line.stems - task.line.stems) > 3)


def _agreed_later(talk: Talk, task: Task) -> Deadline | None:
    """Return the day that the next short turns settle: "By when?", "Friday would be great"."""
    asked = False
    for lines in talk.turns[task.last_turn + 1 : task.last_turn + 4]:
        for line in lines:
            deadline = deadline_in(line)
            short = len(line.norms) <= _SHORT
            named = deadline is not None and deadline.bound and len(line.norms) <= 2 * 7
            ours = line.speaker in {other.speaker for other in task.lines}
            if deadline is not None and not line.asks and ours and (short or asked or named):
                return deadline
            if asks_when(line) and len(line.norms) <= 8:
                asked = True
            elif not short and not asked:
                return None
    return None


def _corrected(talk: Talk, task: Task) -> Deadline | None:
    """Return the day that the owner names instead of the first: "no, the week after"."""
    for lines in talk.turns[task.last_turn + 1 : task.last_turn + 4]:
        for line in lines:
            short = len(line.norms) <= _SHORT + 1 and not RELAXED.any(line.norms)
            if short and line.speaker == task.owner and line.norms[0] in _NO and deadline_in(line) is not None:
                return deadline_in(line)
    return None


def _add(talk: Talk, found: list[Task], task: Task) -> None:
    """Add a task, or what it says more to the same task said before."""
    for other in reversed(found[-12:]):
        if _is_same(talk, other, task):
            _merge(other, task)
            return
    matter = set().union(*(_matter(talk, line) for line in task.lines))
    if len(matter) >= _FEW or (task.due is not None and matter):
        found.append(task)


def _is_same(talk: Talk, one: Task, other: Task) -> bool:
    if one.owner and other.owner and one.owner != other.owner:
        return False
    if set(one.lines) & set(other.lines):
        return True
    if _numbers(one.line) and _numbers(other.line) and _numbers(one.line) != _numbers(other.line):
        return False
    near = other.line.turn - one.last_turn <= 3
    mine, theirs = _matter(talk, one.line), _matter(talk, other.line)
    if near and (len(theirs) < _FEW or len(mine) < _FEW) and other.line.turn != one.line.turn:
        return True
    shared = len(mine & theirs)
    smaller = min(len(mine), len(theirs)) or 1
    return shared * 2 >= smaller and (shared >= _FEW or near)


def _numbers(line: Line) -> set[Fraction]:
    """The numbers of a line, those of its days left out."""
    dated = {at for day in line.facts.days for at in range(day.first, day.last)}
    return {value for number in line.facts.numbers if number.first not in dated for value in number.values}


def _merge(task: Task, more: Task) -> None:
    if more.weight > task.weight and more.line.turn != task.line.turn and not _is_request_like(task.line):
        task.others, task.line = [task.line, *task.others], more.line
    task.others += [line for line in more.lines if line not in task.others]
    task.owner = task.owner or more.owner
    if more.due is not None and (task.due is None or more.due.line.number >= task.due.line.number):
        task.due = more.due


def _is_request_like(line: Line) -> bool:
    return bool(_ASKED.any(line.norms)) or any(form_of(norm) is Form.DO for norm in line.norms)
