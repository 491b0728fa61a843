"""Find proposals to which another speaker agrees, unless they are taken back at once."""

from __future__ import annotations

from aam.artifacts.extractive.conclusions import opens_result, settles_at
from aam.artifacts.extractive.deadlines import deadline_in
from aam.artifacts.extractive.decision import Decision
from aam.artifacts.extractive.promises import promises
from aam.artifacts.extractive.talk import Line, Talk, accepts, leaves_open, refuses
from aam.language.decision_words import FIRM, PROPOSED, SHALL_WE, STRONG, THAT_WAY
from aam.language.dialogue import DEFERS, FILLERS, SMALL_TALK
from aam.language.frames import Frame
from aam.language.negation import denials
from aam.language.phrases import word_set
from aam.language.work_verbs import Form, form_of

_OPENING = word_set("давайте давай")
_BY = word_set("до к на в у")
_ABOUT = word_set("по про о об щодо насчет поки пока")
_FAR = 6
_BACK = 4
_FEW = 3
_ENOUGH = 2


def approved(talk: Talk, line: Line) -> Decision | None:
    """Return what "let's do it that way" means: the sentence that follows, or the proposal before."""
    if line.asks or not THAT_WAY.any(line.norms) or len(line.stems) > _FEW or Frame.CONDITION in line.all_frames:
        return None
    after = [other for other in talk.turns[line.turn] if other.number == line.number + 1]
    meant = after[0] if after and not after[0].asks and after[0].weight >= 2 and not promises(talk, after[0]) else None
    if meant is None:
        meant = proposal_before(talk, line)
    return Decision(meant, [line], called=True) if meant is not None else None


def echoed(talk: Talk, line: Line) -> Decision | None:
    """Return the question that is answered by its own verb: «Печатаем?» - «Печатаем.»."""
    verbs = {norm for norm in line.norms if form_of(norm) is Form.WE_DO}
    if not line.asks or not verbs or "или" in line.norms or "чи" in line.norms:
        return None
    reply = next(iter(talk.replies(line.turn, 1)), None)
    if reply is None or reply[0].asks or verbs.isdisjoint(reply[0].norms) or denials(reply[0].norms):
        return None
    return Decision(line, [reply[0]], called=True)


def consented(talk: Talk, line: Line) -> Decision | None:
    """Return the question that consent settles: "Shall we do that? Eight o'clock, from Monday?" - "Yes, let's."."""
    cue = next(SHALL_WE.find(line.norms), None)
    if not line.asks or cue is None or DEFERS.any(line.norms) or SMALL_TALK.intersection(line.norms[cue.last :][:2]):
        return None
    replies = talk.replies(line.turn, 1)
    if not replies or not accepts(replies[0], line):
        return None
    beside = [other for other in talk.turns[line.turn] if other.number == line.number + 1]
    meant = max([line, *beside], key=lambda other: other.weight)
    return Decision(meant, [line, replies[0][0]], called=True) if meant.weight >= _ENOUGH else None


def embraced(talk: Talk, line: Line, taken: frozenset[int]) -> Decision | None:
    """Return the idea that another embraces in so many words: "What about the eighteenth?" - "Works for me."."""
    if line.number in taken or line.weight < 2 or DEFERS.any(line.norms) or not PROPOSED.any(line.norms):
        return None
    replies = talk.replies(line.turn, 2)
    agreed = [reply[0] for reply in replies if STRONG.any(reply[0].norms) and not refuses(reply)]
    proposed = next(PROPOSED.find(line.norms))
    supposed = Frame.CONDITION in line.frames_at(proposed.first)
    if not agreed or refuses(replies[0]) or supposed or is_undone(talk, line):
        return None
    return Decision(line, [agreed[0]], agreed=True)


def agreed_to(talk: Talk, line: Line, taken: frozenset[int]) -> Decision | None:
    """Return the proposal that another agrees to and no speaker refuses."""
    norms = line.norms
    proposed = next(FIRM.find(norms), None)
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
    return None if is_undone(talk, line) else Decision(line, [agreed], agreed=True)


def _opens_matter(line: Line, at: int) -> bool:
    """Return whether «давайте» is followed by what to do, not by a day or by an offer to do it oneself."""
    norms = line.norms
    while at < len(norms) and norms[at] in FILLERS:
        at += 1
    if at < len(norms) and (norms[at] in _ABOUT or (norms[at] in _BY and deadline_in(line) is not None)):
        return False
    return at < len(norms) and norms[at] not in {"я", "начнем", "посмотрим", "сначала"}


def consent_before(talk: Talk, line: Line) -> list[Line]:
    """Return the proposal that a choice or conclusion answers, where there is one."""
    proposal = proposal_before(talk, line)
    return [proposal] if proposal is not None else []


def proposal_before(talk: Talk, line: Line) -> Line | None:
    """Return the last proposal or statement of matter that "agreed" can mean."""
    before = [other for lines in talk.turns[max(0, line.turn - _BACK) : line.turn] for other in lines]
    before += [other for other in talk.turns[line.turn] if other.number < line.number]
    for other in reversed(before[-_FAR:]):
        settles = settles_at(other) is not None or (not other.asks and other.weight > _ENOUGH and opens_result(other))
        if other.weight >= 1 and not DEFERS.any(other.norms) and (PROPOSED.any(other.norms) or settles):
            return other
    return None


def is_undone(talk: Talk, line: Line) -> bool:
    """Return whether the next words refuse what a line settles, or take it back."""
    own = [other for other in talk.turns[line.turn] if line.number < other.number <= line.number + 2]
    if any(Frame.RETRACTION in other.all_frames and len(other.norms) < 8 for other in own):
        return True
    replies = talk.replies(line.turn, 1)
    if not replies:
        return False
    return refuses(replies[0][:1]) and not accepts(replies[0], line) and len(denials(line.norms)) == 0
