"""Find the results of a talk: "so we repair the oven", «тогда во вторник»."""

from __future__ import annotations

from collections.abc import Sequence

from aam.artifacts.extractive.conclusions import STILL_OPEN, is_led, opens_result, settles_at
from aam.artifacts.extractive.decision import Decision
from aam.artifacts.extractive.promises import promises
from aam.artifacts.extractive.proposals import is_undone, proposal_before
from aam.artifacts.extractive.requests import asks_for_work
from aam.artifacts.extractive.talk import Line, Talk, accepts, is_apart, refuses
from aam.language.decision_words import AS_IT_IS
from aam.language.dialogue import DEFERS
from aam.language.frames import Frame
from aam.language.negation import denials
from aam.language.phrases import word_set
from aam.language.stems import is_content
from aam.language.tense import is_done, past_roots
from aam.language.work_verbs import Form, form_of

_QUIET = word_set("if if's maybe perhaps might could would если может якщо може мабуть наверное хіба")
_NO_RULING = word_set("rush hurry problem idea clue worries doubt way thanks wonder objections matter one")
_FOR_NOW = word_set("пока поки больше більше году року нового")
_MINE = word_set("i'll i я мне мені")
_INSIGHT = word_set("ясно понятно зрозуміло clear makes")
_COMPARED = word_set("more less fewer later earlier")
_FAR = 6
_BACK = 4
_SHORT = 8
_FEW = 3


def concluded(talk: Talk, line: Line) -> Decision | None:
    """Return the decision that a talk comes to: "so we repair the oven", «тогда переезжаем девятнадцатого»."""
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
    if is_undone(talk, line):
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
    before = [other for lines in talk.turns[max(0, line.turn - 2 * _BACK) : line.turn] for other in lines]
    alike = [other for other in before if other.stems & line.stems and other.weight >= 2 and not other.asks]
    return alike[-1] if alike else proposal_before(talk, line)


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


def led_to(talk: Talk, line: Line) -> Decision | None:
    """Return the result that is named without a verb, and agreed to: "so no mass mail then", «тогда во вторник»."""
    norms = line.norms
    if (line.asks and not line.tagged) or not 1 <= line.weight <= _SHORT or DEFERS.any(norms):
        return None
    led = (opens_result(line) and not _is_filler(line)) or norms[-1] == "then"
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
    agreed = [reply[0] for reply in replies if accepts(reply, line) or _is_taken_on(talk, line, reply)]
    agreed = agreed or [lines[0] for lines in (before, own) if accepts(lines)]
    if agreed and agreed[0].turn == line.turn and _asks_for_ideas(talk, line):
        return None
    if not agreed or not _takes_up(talk, line):
        return None
    return Decision(line, agreed, called=True)


def _is_taken_on(talk: Talk, line: Line, reply: Sequence[Line]) -> bool:
    """Return whether a reply takes on what the speaker then asks another to do."""
    asked = [other for other in talk.turns[line.turn] if other.number > line.number and other.asks]
    return bool(asked) and any(promises(talk, other) for other in reply[:1])


def _asks_for_ideas(talk: Talk, line: Line) -> bool:
    """Return whether a line only opens a topic: "Then the party. Any ideas?"."""
    return any(other.asks for other in talk.turns[line.turn] if line.number < other.number <= line.number + _BACK)


def _is_filler(line: Line) -> bool:
    """Return whether a word of conclusion only begins a report or an insight: «значит, так», «тогда понятно»."""
    norms = line.norms
    if not _INSIGHT.isdisjoint(norms[: line.head + 3]):
        return True
    at = next((at for at in range(min(line.head + 2, len(norms))) if norms[at] in {"значит", "значить"}), None)
    return at is not None and norms[at + 1 : at + 2] != ["так"] and norms[:1] not in (["тогда"], ["тоді"])


def _reports(line: Line) -> bool:
    """Return whether a line says how things are or were, not what shall be."""
    return bool(past_roots(line.norms)) or AS_IT_IS.any(line.norms) or is_done(line.norms)


def _rules_out(line: Line) -> bool:
    """Return whether a line says what there will not be: "No open day this year"."""
    norms, at = line.norms, line.head
    while at + 1 < len(norms) and norms[at] == "no" and norms[at + 1] == "no":
        at += 1
    following = norms[at + 1] if at + 1 < len(norms) else ""
    return (
        norms[at] == "no"
        and (is_content(following) or following in _COMPARED)
        and following not in _NO_RULING
        and not is_apart(line, at + 1)
    )


def _takes_up(talk: Talk, line: Line) -> bool:
    """Return whether a result takes up what the last turns spoke of, or answers a proposal."""
    before = [other for lines in talk.turns[max(0, line.turn - _FAR) : line.turn] for other in lines]
    numbers = {value for number in line.facts.numbers for value in number.values}
    said = {value for other in before for number in other.facts.numbers for value in number.values}
    return (
        any(line.stems & other.stems for other in before)
        or not numbers.isdisjoint(said)
        or proposal_before(talk, line) is not None
    )
