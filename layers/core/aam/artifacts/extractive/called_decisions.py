"""Find what is called a decision, or named as the choice."""

from __future__ import annotations

from aam.artifacts.extractive.conclusions import is_denied
from aam.artifacts.extractive.decision import Decision
from aam.artifacts.extractive.proposals import consent_before, is_undone, proposal_before
from aam.artifacts.extractive.talk import Line, Talk
from aam.language.decision_words import ALONE, CALLED, EARLIER, PAST_DECISIONS, RECORDS
from aam.language.dialogue import DEFERS
from aam.language.frames import Frame
from aam.language.number_words import NUMBER_WORDS
from aam.language.phrases import word_set
from aam.language.stems import is_content, stem

_SHORT = 8
_ENOUGH = 2
_CHOICE = word_set("what how whatever that this as so if whether like i we you he she they who where when")


def named(talk: Talk, line: Line) -> Decision | None:
    """Return the choice that a line names: "the farce it is", «двадцать так двадцать»."""
    norms = line.norms
    for at in range(1, len(norms) - 1):
        last = not any(is_content(norm) for norm in norms[at + 2 : line.clause_end(at)])
        is_it = norms[at : at + 2] == ["it", "is"] and last and _is_name_of(line, at)
        twice = norms[at] in {"так", "то"} and norms[at - 1] in norms[at + 1 : at + 3]
        if (is_it or twice) and not line.asks:
            return Decision(line, consent_before(talk, line), called=True)
    return None


def _is_name_of(line: Line, at: int) -> bool:
    first = max(line.clause_start(at), line.head)
    named = line.norms[first:at]
    return any(is_content(norm) or norm in NUMBER_WORDS for norm in named) and _CHOICE.isdisjoint(named)


def called(talk: Talk, line: Line) -> Decision | None:
    """Return the decision that a line calls one; "agreed" alone means the proposal before it."""
    norms = line.norms
    cue = next(CALLED.find(norms), None)
    if cue is None or (line.asks and not line.tagged) or is_denied(line, cue.first):
        return None
    if _tells_of_earlier(talk, line):
        return None
    frames = line.frames_at(cue.first)
    if not frames.isdisjoint({Frame.CONDITION, Frame.HEDGE, Frame.SARCASM, Frame.RETRACTION}):
        return None
    if cue.phrase in ALONE and norms[0].isascii() and line.head < cue.first and cue.last < len(norms):
        return None
    matter = line.stems - {stem(norm) for norm in norms[cue.first : cue.last]}
    if len(matter) >= 2 or line.names_day:
        return None if is_undone(talk, line) else Decision(line, called=True)
    after = [other for other in talk.turns[line.turn] if other.number == line.number + 1]
    if after and after[0].weight and not _leads_on(after[0]) and len(after[0].norms) <= _SHORT:
        return Decision(after[0], [line], called=True)
    proposal = proposal_before(talk, line)
    if proposal is None:
        beside = [
            other for other in talk.turns[line.turn] if abs(other.number - line.number) == 1 and len(other.stems) > 2
        ]
        settled = [other for other in beside if not other.asks and Frame.DENIED not in other.all_frames]
        return Decision(settled[-1], [line]) if settled else None
    return Decision(proposal, [line], called=True)


def _tells_of_earlier(talk: Talk, line: Line) -> bool:
    """Return whether a line tells of what was decided on an earlier day, or answers a question about it."""
    if EARLIER.any(line.norms):
        return True
    told = PAST_DECISIONS.intersection(line.norms[: line.head + 1])
    before = talk.turns[line.turn - 1] if line.turn else ()
    return bool(told) and any(other.asks or EARLIER.any(other.norms) for other in before if told & set(other.norms))


def recorded(talk: Talk, line: Line) -> Decision | None:
    """Return the speaker's own sentence that a short one records: "Ten per cent. That's the decision."."""
    if line.asks or not RECORDS.any(line.norms) or len(line.norms) > _SHORT // 2:
        return None
    before = [other for other in talk.turns[line.turn] if other.number == line.number - 1]
    said = before[0] if before and not before[0].asks and before[0].weight >= _ENOUGH else None
    return Decision(said, [line], called=True) if said is not None else None


def _leads_on(line: Line) -> bool:
    return line.asks or DEFERS.any(line.norms)
