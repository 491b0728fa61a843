"""Find items that move what was said: plans into the past, or one side of a comparison to the other."""

from __future__ import annotations

from collections.abc import Sequence

from aam.evidence.claims import Claim, Reading, keys_of
from aam.evidence.context import Context
from aam.evidence.framing import SETTLED
from aam.evidence.polarity import home_of
from aam.language.frames import Frame
from aam.language.phrases import Phrases
from aam.language.tense import (
    all_roots,
    future_roots,
    is_done,
    is_ongoing,
    is_to_do,
    may_be_done,
    past_roots,
    past_stems,
    says_done,
)

_ENOUGH = 2
_TASKS = frozenset({"action_items", "next_steps"})
_THAN = Phrases(
    "than | as compared to | compared to | compared with | чем | нежели | по сравнению с | ніж | порівняно з | аніж"
)


def shifted_time(item: Reading, contexts: Sequence[Context], *, section: str) -> Claim | None:
    """Return the claim of an item that calls done what was planned, or planned what was done.

    Of what was settled minutes may say "was moved" for "we move", and a task is to be done without a "will".
    """
    said = [(context.reading, claim) for context in contexts for claim in context.claims]
    spoken = [norm for reading, claim in said for norm in reading.words(claim)]
    spoken_keys = keys_of(spoken)
    for claim in item.claims:
        words = item.words(claim)
        home = home_of(claim, [other for _, other in said])
        if not home or claim.frames & {Frame.QUESTION, Frame.CONDITION, Frame.HEDGE}:
            continue
        related = says_done(words) or bool(past_stems(words) & spoken_keys)
        if related and is_done(words) and not is_to_do(words):
            if is_to_do(spoken) and not may_be_done(spoken):
                return claim
            if any(is_ongoing(reading.words(other)) for reading, other in said if other in home):
                return claim
        # "We painted it" is not "we will paint it".
        implied = section in _TASKS and not past_stems(words) & claim.keys
        planned = (is_to_do(words) and not is_done(words)) or implied
        if planned and not is_to_do(spoken) and past_stems(spoken) & claim.keys:
            return claim
        past = past_roots(words)
        future = all_roots(words) - past if section in _TASKS else future_roots(words)
        if future & past_roots(spoken) - future_roots(spoken):
            return claim
        if section not in SETTLED and past & future_roots(spoken) - past_roots(spoken):
            return claim
    return None


def is_swapped(item: Reading, contexts: Sequence[Context]) -> bool:
    """Return whether an item compares in the other direction: "A is safer than B" of "B is safer than A"."""
    ours = _compared(item, range(len(item.sentences)))
    theirs = [pair for context in contexts for pair in _compared(context.reading, context.sentences)]
    return any(
        bool(better & worse_said)
        and (bool(worse & better_said) or len(better & worse_said) >= max(_ENOUGH, 1 + len(better & better_said)))
        and not worse & worse_said
        for better, worse in ours
        for better_said, worse_said in theirs
    )


def _compared(reading: Reading, sentences: range) -> list[tuple[frozenset[str], frozenset[str]]]:
    """Return the stems before and behind each "than"."""
    pairs = []
    for number in sentences:
        sentence = reading.sentences[number]
        for found in _THAN.find(reading.norms, sentence.first, sentence.last):
            before = keys_of(reading.norms[sentence.first : found.first])
            behind = keys_of(reading.norms[found.last : sentence.last])
            pairs.append((before - behind, behind - before))
    return pairs
