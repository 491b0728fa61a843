"""Risks: what is called one, what is feared, and what goes wrong if something happens."""

from __future__ import annotations

from aam.artifacts.extractive.talk import Line, Talk
from aam.language.modality import Frame
from aam.language.phrases import Phrases

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
_IF = Phrases("if | unless | otherwise | because if | without | если | иначе | а то | без | якщо | інакше | а то | без")
_BAD = Phrases(
    """
    problem | problems | can't | cannot | won't | will not | fail | fails | break | breaks | broken | lose | lost | late
    delay | delayed | stop | stops | stopped | full | down | miss | trouble | disaster | nobody | no one | nothing
    fine
    penalty | bad | crash | crashes | expires | too late
    проблем* | не успе* | не смож* | не будет | не получится | сорв* | потеря* | останов* | закро* | отказ* | штраф*
    лопн*
    сломается | лежит | ляжет | упадет | нельзя | придется | угроб* | удержат | опозда* | провал* | застря* | подведем
    проблем* | не встигн* | не зможемо | не зможе | не буде | не вийде | зірв* | втрат* | зупин* | закри* | відмов*
    штраф*
    зламається | ляже | впаде | не можна | доведеться | залишимось | лишимось | лишимося | залишимося | заллє | залити
    запізн* | провал* | нема чим
    """
)
_NO_RISK = Phrases("no risk | not worried | don't worry | не боюсь | не боюся | без риска | без ризику | не хвилюйся")


def risks_in(talk: Talk) -> list[Line]:
    """Return the lines that say what may go wrong; linear in the talk."""
    found: list[Line] = []
    for line in talk.lines:
        if _is_risk(line) and not any(len(line.stems & other.stems) > 3 for other in found[-6:]):
            found.append(line)
    return found


def _is_risk(line: Line) -> bool:
    norms = line.norms
    if len(line.stems) < 3 or _NO_RISK.any(norms) or Frame.SARCASM in line.all_frames:
        return False
    called = next(_CALLED.find(norms), None)
    if called is not None:
        return not line.asks and (
            called.first == 0 or norms[called.first - 1] not in {"no", "not", "не", "без", "нет", "немає"}
        )
    condition = next(_IF.find(norms), None)
    if condition is None or (line.asks and not line.tagged):
        return False
    rest = [found for found in _BAD.find(norms) if found.first > condition.last or condition.first > found.last]
    return bool(rest) and not any(norm in {"бы", "якби", "would"} for norm in norms)
