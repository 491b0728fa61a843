"""Risks: what is called one, what is feared, and what goes wrong if something happens."""

from __future__ import annotations

from dataclasses import dataclass

from aam.artifacts.extractive.promises import promises
from aam.artifacts.extractive.talk import Line, Talk
from aam.language.frames import Frame
from aam.language.negation import denials
from aam.language.phrases import Phrases, word_set

_CALLED = Phrases(
    """
    risk | risks | risky | danger | dangerous | the danger is | i'm worried | i am worried | worries me
    i'm afraid that
    i am afraid that | my worry | my concern | i'm concerned | keeps me awake | might not make it | may not make it
    might be late | may be late | could fail | might fail | may fail | could go down | might go down | could break
    might break | won't make it | may not arrive | might not arrive | could lose | might lose | worst case
    риск* | опасность | опасаюсь | опасаемся | боюсь | боимся | беспокоит | беспокоюсь | волнуюсь | можем не успеть
    может не успеть | не успеем | тревожит | угроза | под угрозой | в худшем случае
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
    problem | problems | can't | cannot | won't | will not | fail | fails | break | breaks | broken | lose | lost | late
    delay | delayed | stop | stops | stopped | full | down | miss | trouble | disaster | nobody | no one | nothing
    fine
    liable | fined | owe | sued | hurt | injured | ruin* | spoil* | gone | back to | penalty | bad | crash | crashes
    expires | too late
    пожар* | рухн* | обвал* | обруш* | выбьет | трещ* | не выдерж* | остан* без | упад* | оштраф* | сгор* | пропад*
    пропас*
    испорт* | умр* | проблем* | не успе* | не смож* | не будет | не получится | сорв* | потеря* | останов* | закро*
    отказ* | штраф*
    лопн*
    сломается | лежит | ляжет | упадет | нельзя | придется | угроб* | удержат | опозда* | провал* | застря* | подведем
    пожеж* | виб'є | тріщ* | не витрим* | залиш* без | лиш* без | обвал* | впад* | згор* | зіпсу* | помр* | проблем*
    не встигн* | не зможемо | не зможе | не буде | не вийде | зірв* | втрат* | зупин* | закри* | відмов*
    штраф*
    зламається | ляже | впаде | не можна | доведеться | залишимось | лишимось | лишимося | залишимося | заллє | залити
    запізн* | провал* | нема чим
    """
)
_DENYING = word_set("no not не без нет немає")
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
        """The lines of evidence, the text's first."""
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
    """The risk that a line calls one; a short line means the one before it: "that is what I'm afraid of"."""
    norms = line.norms
    cue = next(_CALLED.find(norms), None)
    if cue is None or line.asks or _NO_RISK.any(norms) or Frame.SARCASM in line.all_frames:
        return None
    if cue.first and norms[cue.first - 1] in _DENYING:
        return None
    if len(line.stems) >= _FEW:
        return Risk(line)
    before = [other for lines in talk.turns[max(0, line.turn - 1) : line.turn + 1] for other in lines]
    meant = [other for other in before if other.number < line.number and len(other.stems) >= _FEW and not other.asks]
    return Risk(meant[-1], (line,)) if meant else None


def _conditional(talk: Talk, line: Line) -> Risk | None:
    """What goes wrong if something happens, or does not."""
    norms = line.norms
    condition = next(_IF.find(norms), None)
    if condition is None or len(line.stems) < _FEW or _POLITE.any(norms) or not _UNREAL.isdisjoint(norms):
        return None
    if promises(talk, line) or Frame.URGED in line.all_frames or Frame.PROPOSAL in line.all_frames:
        return None
    if not (_goes_wrong(line) or (condition.phrase in _PLAIN and denials(norms[condition.first :]))):
        return None
    if not line.asks or line.tagged:
        return Risk(line)
    confirmed = next((reply for reply in talk.replies(line.turn, 1) if _CONFIRMS.any(reply[0].norms)), None)
    return Risk(line, (confirmed[0],)) if confirmed else None


def _supposed(talk: Talk, line: Line) -> Risk | None:
    """The bad answer to "what if it breaks?"."""
    if not line.asks or not any(_WHAT_IF.starts(line.norms, at) for at in {0, line.head}):
        return None
    for reply in talk.replies(line.turn, 1):
        for said in reply[:2]:
            if not said.asks and _goes_wrong(said) and said.weight >= _FEW - 1:
                return Risk(said, (line,))
    return None


def _goes_wrong(line: Line) -> bool:
    return _BAD.any(line.norms) and not _NO_RISK.any(line.norms)


def _is_same(one: Risk, other: Risk) -> bool:
    shared = one.line.stems & other.line.stems
    return len(shared) > _FEW or not set(one.lines).isdisjoint(other.lines)
