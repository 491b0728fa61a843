"""Find items that say the opposite of their quotes: a "not" more or less, or the other end of a scale."""

from __future__ import annotations

from collections.abc import Sequence

from aam.evidence.claims import Claim, Reading
from aam.evidence.context import Context
from aam.evidence.replies import answered_no
from aam.language.frames import Frame
from aam.language.modality import sets_condition
from aam.language.negation import contrasts, denials
from aam.language.opposites import is_of_none, is_partial, is_universal, level_of

_ENOUGH = 2
_STANCES = frozenset({"consent", "vote", "liking"})
_FIRM = frozenset({"consent", "vote"})


def home_of(claim: Claim, said: Sequence[Claim]) -> list[Claim]:
    """Return the claims of speech that share most of an item's claim, or none if no word is shared."""
    shared = [len(claim.keys & other.keys) for other in said]
    most = max(shared, default=0)
    return [other for other, count in zip(said, shared, strict=True) if most and count == most]


def contradiction(item: Reading, contexts: Sequence[Context]) -> Claim | None:
    """Return the first claim of an item that its quotes' sentences say the opposite of, or None."""
    repeated = [at for at in (_repeats(item, context) for context in contexts) if at is not None]
    if repeated:
        # What repeats its quote can only have been cut off from a "not".
        return item.claims[0] if all(repeated) else None
    said = [claim for context in contexts for claim in context.claims]
    quoted = [claim for context in contexts for claim in context.quoted_claims]
    for claim in item.claims:
        # What an item only supposes, asks or sets against something is not claimed.
        words = item.words(claim)
        if Frame.QUESTION in claim.frames or sets_condition(words) or contrasts(words):
            continue
        if _takes_other_stance(claim, contexts):
            return claim
        home = home_of(claim, said)
        if not claim.denies and _ends_in_denied_question(claim, contexts):
            return claim
        if home and not claim.denies and _is_denied_question(home, contexts):
            return claim
        if home and (_opposed(claim, said, home) or _denied_otherwise(claim, said, home, quoted)):
            return claim
    return None


def _repeats(item: Reading, context: Context) -> bool | None:
    """Return whether an item that repeats its quote leaves out a denial of its clauses; None for others."""
    first = context.reading.place(item.norms, context.first, context.last)
    if first is None or not item.norms:
        return None
    last = first + len(item.norms)
    return any(
        not first <= claim.first + at < last
        for claim in context.reading.claims_between(first, last)
        for at in denials(context.reading.words(claim))
    )


def overstatement(item: Reading, contexts: Sequence[Context]) -> Claim | None:
    """Return the claim of an item that says all of what its quotes say of some, or the reverse."""
    said = [(context.reading, claim) for context in contexts for claim in context.claims]
    everything = any(is_universal(reading.words(claim)) for reading, claim in said)
    something = any(is_partial(reading.words(claim)) for reading, claim in said)
    for claim in item.claims:
        words = item.words(claim)
        if Frame.EXCEPTION in claim.frames:
            continue
        if something and not everything and is_universal(words) and not is_partial(words):
            return claim
        if something and not everything and is_of_none(words) and not any(is_of_none(r.words(c)) for r, c in said):
            return claim
        level = level_of(words)
        heard = max((level_of(reading.words(other)) for reading, other in said if claim.keys & other.keys), default=0)
        if level > heard > 0:
            return claim
        if everything and not something and is_partial(words) and not is_universal(words) and "%" not in words:
            return claim
    return None


def _is_denied_question(home: Sequence[Claim], contexts: Sequence[Context]) -> bool:
    """Return whether all that an item rests on was asked, and answered with a denial."""
    places = [(context, claim) for context in contexts for claim in context.claims if claim in home]
    return all(Frame.QUESTION in claim.frames and answered_no(context, claim, contexts) for context, claim in places)


def _ends_in_denied_question(claim: Claim, contexts: Sequence[Context]) -> bool:
    """Return whether the last quote asks for what a claim states, and the answer that was left out denies it."""
    last = max(contexts, key=lambda context: (context.low, context.first))
    asked = last.quoted_claims[-1] if last.quoted_claims else None
    return (
        asked is not None
        and Frame.QUESTION in asked.frames
        and bool(asked.keys & claim.keys)
        and answered_no(last, asked, contexts)
    )


def _takes_other_stance(claim: Claim, contexts: Sequence[Context]) -> bool:
    """Return whether a claim turns a stance round: "I am against it" names nothing of what it is about."""
    last = max(contexts, key=lambda context: (context.low, context.first)).quoted_claims
    for scale in _STANCES & claim.sides.keys():
        signs = claim.sides[scale]
        heard = _heard(scale, [other for context in contexts for other in context.claims])
        if heard:
            if scale in _FIRM and not signs <= heard:
                return True
        elif signs == {1} and last and all(o.denied or -1 in o.sides.get("quality", ()) for o in last):
            return True
    return False


def _opposed(claim: Claim, said: Sequence[Claim], home: Sequence[Claim]) -> bool:
    """Return whether a scale or a word with a denial of its own stands at its other end."""
    for scale, signs in claim.sides.items():
        heard = _heard(scale, home) or _heard(scale, [other for other in said if claim.keys & other.keys])
        if heard and not signs <= heard:
            return True
    for key in claim.keys | claim.turned.keys():
        holders = [other for other in said if key in other.keys or key in other.turned]
        if not holders:
            continue
        # Only where one side has the prefix and the other has not does the prefix tell anything.
        turned = any((key in claim.turned) is not (key in other.turned) for other in holders)
        if turned and all(other.sign(key) != claim.sign(key) for other in holders):
            return True
        if key in claim.withheld and not any(other.denies or other.negatives for other in holders):
            return True
        if not (claim.denies or claim.negatives or key in claim.withheld | claim.replaced) and all(
            key in o.withheld | o.replaced and not o.denied for o in holders
        ):
            return True
    return False


def _heard(scale: str, said: Sequence[Claim]) -> frozenset[int]:
    return frozenset().union(*(other.sides.get(scale, frozenset()) for other in said))


def _denied_otherwise(claim: Claim, said: Sequence[Claim], home: Sequence[Claim], quoted: Sequence[Claim]) -> bool:
    """Return whether one side is denied and the other is not; of what is quoted any part may hold the denial."""
    if any(signs & _heard(scale, home) for scale, signs in claim.sides.items()):
        # "It did not fail" and "it passed" agree.
        return False
    shared = max(len(claim.keys & other.keys) for other in home)
    if shared < _ENOUGH and 2 * shared < len(claim.keys):
        return False
    if claim.denied:
        related = [other for other in said if claim.keys & other.keys or other in quoted]
        return not any(other.is_negative(claim) for other in related)
    return all(other.denied and not claim.is_negative(other) for other in home)
