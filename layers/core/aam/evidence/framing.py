"""Find items that state as a fact, or as settled, what was only asked, proposed, supposed, doubted or taken back."""

from __future__ import annotations

from collections.abc import Sequence

from aam.evidence.claims import Claim, Reading
from aam.evidence.context import Context
from aam.evidence.polarity import home_of
from aam.evidence.replies import affirmed, answer_frames, conditioned, doubted, is_followed, refuses, taken_back
from aam.language.disclosure import discloses, is_certain, names_circumstance, reports
from aam.language.frames import Frame

SETTLED = frozenset({"decisions", "agreements", "commitments", "action_items", "next_steps"})
"""Sections whose items hold something that was settled."""
_RESOLVED = frozenset({"decisions", "agreements", "commitments"})
"""Of these the ones that need more than a wish or an opinion."""
_OPEN = frozenset({"open_questions", "ideas"})

_FACTUAL = (Frame.SARCASM, Frame.QUESTION, Frame.CONDITION, Frame.HEDGE, Frame.EXCEPTION, Frame.PROPOSAL, Frame.OPINION)
_FOR_RESOLVED = (Frame.URGED, Frame.OPINION)


def misframed(item: Reading, contexts: Sequence[Context], section: str) -> Frame | None:
    """Return the frame that a quote has and its item conceals, or None.

    ``section`` is the kind of section that the item would stand in: what is settled needs more than what is
    reported.
    """
    said = [(context, claim) for context in contexts for claim in context.claims]
    for claim in item.claims:
        home = home_of(claim, [other for _, other in said])
        places = [(context, other) for context, other in said if other in home]
        found = _concealed(item, claim, places, contexts, section)
        if found is not None:
            return found
    if not any(home_of(claim, [other for _, other in said]) for claim in item.claims):
        # A translation, or words of its own: then what was quoted counts as a whole.
        places = [(context, claim) for context in contexts for claim in context.quoted_claims]
        return _concealed(item, None, places, contexts, section)
    return _left_open(item, contexts, section)


def _left_open(item: Reading, contexts: Sequence[Context], section: str) -> Frame | None:
    """Return the frame in which the last quoted words leave the matter, whatever words the item shares with them."""
    last = max(contexts, key=lambda context: (context.low, context.first))
    # What a person said stays said, though others disagreed.
    told = section not in SETTLED and discloses(item.norms, Frame.OPINION)
    if told or not last.quoted_claims:
        return None
    frames = _frames(last, last.quoted_claims[-1], contexts, item.keys())
    wanted = (Frame.RETRACTION, Frame.HEDGE) if section in _RESOLVED else (Frame.RETRACTION,)
    return next((frame for frame in wanted if frame in frames and not _says_so(item, frame, section)), None)


def _concealed(
    item: Reading,
    told_by: Claim | None,
    places: Sequence[tuple[Context, Claim]],
    contexts: Sequence[Context],
    section: str,
) -> Frame | None:
    if not places:
        return None
    raised = frozenset.intersection(*(_frames(context, claim, contexts, item.keys()) for context, claim in places))
    if told_by is not None and told_by.denied and not any(claim.denied for _, claim in places):
        # What was only suggested and is said not to happen was turned down; whether it was is a matter of polarity.
        raised -= {Frame.HEDGE, Frame.PROPOSAL, Frame.URGED}
    if Frame.EXCEPTION in raised and any(_names_exception(item, context) for context, _ in places):
        raised -= {Frame.EXCEPTION}
    if is_certain(item.norms) and any(Frame.HEDGE in c.frames for context in contexts for c in context.claims):
        return Frame.HEDGE
    wanted = _FACTUAL + (_FOR_RESOLVED if section in _RESOLVED else ()) + (Frame.RETRACTION,)
    # What is only proposed if something holds is still proposed.
    told = {frame for frame in raised & {Frame.PROPOSAL, Frame.URGED, Frame.HEDGE} if _says_so(item, frame, section)}
    if told and section not in SETTLED:
        raised -= {Frame.CONDITION}
    return next((frame for frame in wanted if frame in raised and not _says_so(item, frame, section)), None)


def _names_exception(item: Reading, context: Context) -> bool:
    """Return whether an item has most of the words in which an exception was made."""
    limits = [claim for claim in context.claims if Frame.EXCEPTION in claim.frames]
    keys = limits[-1].keys if limits else frozenset()
    return bool(keys) and 3 * len(keys & item.keys()) >= 2 * len(keys)


def _frames(context: Context, claim: Claim, contexts: Sequence[Context], keys: frozenset[str]) -> frozenset[Frame]:
    """Return the frames of a claim of speech after what was said next."""
    frames = set(claim.frames) - {Frame.RETRACTION, Frame.DENIED}
    if Frame.QUESTION in frames and (
        is_followed(context, claim, contexts, keys) or affirmed(context, claim, strongly=False)
    ):
        # The item rests on the answer too, and on how that is meant.
        frames -= {Frame.QUESTION, Frame.HEDGE, Frame.PROPOSAL, Frame.URGED}
        frames |= answer_frames(context, contexts)
    if frames & {Frame.PROPOSAL, Frame.URGED, Frame.OPINION} and affirmed(context, claim, strongly=False):
        frames -= {Frame.PROPOSAL, Frame.URGED, Frame.OPINION}
    if Frame.HEDGE in frames and affirmed(context, claim, strongly=True):
        frames.discard(Frame.HEDGE)
    if doubted(context, claim, contexts):
        frames.add(Frame.HEDGE)
    if conditioned(context, claim):
        frames.add(Frame.CONDITION)
    if taken_back(context, claim, contexts):
        frames.add(Frame.RETRACTION)
    return frozenset(frames)


def _says_so(item: Reading, frame: Frame, section: str) -> bool:
    if section in _OPEN and frame in {Frame.QUESTION, Frame.HEDGE, Frame.PROPOSAL, Frame.CONDITION}:
        return True
    if any(frame in claim.frames for claim in item.claims) or discloses(item.norms, frame):
        return True
    if frame is Frame.RETRACTION and any(
        Frame.QUESTION in claim.frames or (claim.first and refuses(item, claim.first)) for claim in item.claims
    ):
        # "On Monday, no, on Tuesday" says itself what was taken back.
        return True
    if frame in {Frame.HEDGE, Frame.PROPOSAL} and section not in SETTLED and reports(item.norms):
        return True
    if frame is not Frame.CONDITION:
        return False
    return any(names_circumstance(item.norms[claim.first]) for claim in item.claims)
