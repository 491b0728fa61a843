"""Risks: what is called one, what is feared, and what goes wrong if something happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aam.artifacts.extractive.promises import promises
from aam.artifacts.extractive.talk import Line, Talk
from aam.language.frames import Frame
from aam.language.negation import denials
from aam.language.phrases import Match, Phrases, word_set
from aam.language.stems import is_content, stem

_CALLED = Phrases(
    """
    risk | risks | risky | danger | dangerous | the danger is | i'm worried | i am worried | worries me
    i'm afraid that
    i am afraid that | my worry | my concern | i'm concerned | keeps me awake | might not make it | may not make it
    might be late | may be late | could fail | might fail | may fail | could go down | might go down | could break
    frightens me | scares me | i dread | dreading | my fear | the fear is | could go wrong | might go wrong
    might pull out | may pull out | could pull out | could end up | might end up | may end up | unsafe | slippery
    the catch is | running out of | in danger of | at risk
    might break | won't make it | may not arrive | might not arrive | could lose | might lose | worst case
    мне страшно | страшно мне | страшно что | пугает | рискуем | рискован* | переживаю | как бы не | может встать
    могут закрыть | можем остаться
    может остаться | могут отказать | может сорваться | грозит | подвох в том | скользк* | небезопасн* | пожароопасн*
    риск* | опасность | опасаюсь | опасаемся | боюсь | боимся | беспокоит | беспокоюсь | волнуюсь | можем не успеть
    может не успеть | не успеем | тревожит | угроза | под угрозой | в худшем случае
    мені страшно | страшно мені | страшно що | лякає | ризикуємо | переживаю | аби не | можемо лишитися
    можемо залишитися | можемо опинитися
    може не вистачити | можуть закрити | можуть відмовити | може зірватися | загрожує | підступ у тому | слизьк*
    ризик* | небезпека | боюся | боюсь | боїмося | турбує | непокоїть | хвилює | хвилююся | можемо не встигнути
    може не встигнути | не встигнемо | загроза | під загрозою | у найгіршому
    """
)
_IF = Phrases(
    """
    until | пока не | поки не | if | unless | otherwise | because if | without | если | иначе | а то | без | якщо
    інакше | а то | без
    """
)
_BAD = Phrases(
    """
    problem | problems | can't | cannot | won't | will not | fail | fails | breaks | broken | lose | lost | late
    delay | delayed | stop | stops | stopped | full | goes down | go down | is down | are down | miss | hole | sunk
    shut
    pull out | pulls out | in trouble | injury | run out | runs out | collapse | no fee | no money | stuck | stranded
 | trouble | disaster | nobody | no one | nothing
    fine
    liable | fined | owe | sued | hurt | injured | ruin* | spoil* | gone | back to | penalty | bad | crash | crashes
    expires | too late
    поплыв* | потеч* | затоп* | зальет | опломбир* | встанет | встанем | заболе* | не включ* | не хват* | не дадут
    посып* | вылет* | застрян*
    пожар* | рухн* | обвал* | обруш* | выбьет | трещ* | не выдерж* | остан* без | упад* | оштраф* | сгор* | пропад*
    пропас*
    испорт* | умр* | проблем* | не успе* | не смож* | не будет | не получится | сорв* | потеря* | останов* | закро*
    отказ* | штраф*
    лопн*
    сломается | лежит | ляжет | упадет | нельзя | придется | угроб* | удержат | опозда* | провал* | застря* | подведем
    не вистач* | опинит* | опинимо* | на вулиц* | посипле* | затоп* | поверта* людям | не піднім* | захворі* | застрягн*
    не дадуть | повертати гроші | повертати людям
    пожеж* | виб'є | тріщ* | не витрим* | залиш* без | лиш* без | обвал* | впад* | згор* | зіпсу* | помр* | проблем*
    не встигн* | не зможемо | не зможе | не буде | не вийде | зірв* | втрат* | зупин* | закри* | відмов*
    штраф*
    зламається | ляже | впаде | не можна | доведеться | залишимось | лишимось | лишимося | залишимося | заллє | залити
    запізн* | провал* | нема чим
    """
)
_DENYING = word_set("no not не без нет немає")
_LACKING = word_set("без without")
_NONE = word_set("no нет нема немає без without")
_UNREAL = word_set("бы би якби would")
_PLAIN = frozenset({"if", "unless", "если", "якщо"})
_CONFIRMS = Phrases(
    """
    exactly | yes | that's right | that's it | именно | да | точно | вот именно | саме так | так | точно
    """
)
_NO_RISK = Phrases(
    """
    no problem | no risk | not worried | don't worry | не боюсь | не боюся | без риска | без ризику | не хвилюйся
    """
)


_WHAT_IF = Phrases(
    """
    what happens if | what if | and if | а если | а что если | что будет если | что если | а якщо | що буде якщо
    що якщо
    """
)
_POLITE = Phrases(
    """
    if that helps | if you like | if you want | unless anybody minds | unless anyone minds | unless anyone objects
    if it helps
    if there's nothing else | if there is nothing else | if that's all | if nothing else | если больше ничего | если все
    якщо більше нічого | якщо все
    """
)
_FEW = 3


@dataclass(frozen=True)
class Risk:
    """A risk: the line that says it, and what shows that it is one."""

    line: Line
    others: tuple[Line, ...] = ()

    @property
    def lines(self) -> list[Line]:
        """Return the lines of evidence, the text's first."""
        return [self.line, *self.others]


def risks_in(talk: Talk) -> list[Risk]:
    """Return the risks of a meeting in order; linear in the talk."""
    found: list[Risk] = []
    for line in talk.lines:
        risk = _called(talk, line) or _conditional(talk, line) or _supposed(talk, line)
        if risk is not None and not any(_is_same(other, risk) for other in found[-6:]):
            found.append(risk)
    return found


def _called(talk: Talk, line: Line) -> Risk | None:
    """Return the risk that a line calls one; a short line means the one before it: "that is what I'm afraid of"."""
    norms = line.norms
    cue = next(_CALLED.find(norms), None)
    if cue is None or line.asks or _NO_RISK.any(norms) or Frame.SARCASM in line.all_frames:
        return None
    if cue.first and norms[cue.first - 1] in _DENYING:
        return None
    after = line.norms[cue.last :]
    if len(line.stems) >= _FEW or (len(after) >= _FEW and any(is_content(norm) for norm in after)):
        return Risk(line)
    following = [other for other in talk.turns[line.turn] if other.number == line.number + 1]
    if following and _goes_wrong(following[0]):
        return Risk(following[0], (line,))
    before = [other for lines in talk.turns[max(0, line.turn - 1) : line.turn + 1] for other in lines]
    meant = [other for other in before if other.number < line.number and len(other.stems) >= _FEW and not other.asks]
    return Risk(meant[-1], (line,)) if meant else None


def _conditional(talk: Talk, line: Line) -> Risk | None:
    """Return what goes wrong if something happens, or does not."""
    norms = line.norms
    condition = next(_IF.find(norms), None)
    if condition is None or len(_matter(talk, line)) < _FEW or _POLITE.any(norms) or not _UNREAL.isdisjoint(norms):
        return None
    proposed = any(Frame.PROPOSAL in frames and Frame.DENIED not in frames for frames in line.frames)
    if promises(talk, line) or Frame.URGED in line.all_frames or proposed:
        return None
    lacks = condition.phrase not in _LACKING and not _LACKING.isdisjoint(norms[condition.last :])
    if not (_goes_wrong(line) or lacks or (condition.phrase in _PLAIN and denials(norms[condition.first :]))):
        return None
    if not line.asks or line.tagged:
        return Risk(line)
    reply = next((reply[0] for reply in talk.replies(line.turn, 1)), None)
    if reply is None or not (_CONFIRMS.any(reply.norms) or (reply.stems & line.stems and not denials(reply.norms))):
        return None
    return Risk(line, (reply,))


def _matter(talk: Talk, line: Line) -> frozenset[str]:
    """Return the stems of a line without those of names."""
    return line.stems - {stem(word) for name in talk.names(line) for word in name.words}


def _supposed(talk: Talk, line: Line) -> Risk | None:
    """Return the bad answer to "what if it breaks?"."""
    if not line.asks or not any(_WHAT_IF.starts(line.norms, at) for at in {0, line.head}):
        return None
    for reply in talk.replies(line.turn, 1):
        for said in reply[:2]:
            if not said.asks and _goes_wrong(said) and said.weight >= _FEW - 1:
                return Risk(said, (line,))
    return None


def _goes_wrong(line: Line) -> bool:
    norms = line.norms
    bad = [found for found in _BAD.find(norms) if not _is_ruled_out(norms, found)]
    return bool(bad) and not _NO_RISK.any(norms)


def _is_ruled_out(norms: Sequence[str], found: Match) -> bool:
    """Return whether a word of harm is denied beside it: "no fine", «штрафа нет»."""
    before, after = norms[max(0, found.first - 1) : found.first], norms[found.last : found.last + 1]
    return not _NONE.isdisjoint([*before, *after])


def _is_same(one: Risk, other: Risk) -> bool:
    shared = one.line.stems & other.line.stems
    beside = one.line.turn == other.line.turn and other.line.number - one.line.number == 1
    return len(shared) > _FEW or bool(beside and shared) or not set(one.lines).isdisjoint(other.lines)
