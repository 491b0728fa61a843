"""Judge the words right before and after a claim: answers, consent, doubt, conditions added, retractions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from aam.evidence.claims import Claim, Reading, keys_of
from aam.evidence.context import Context
from aam.language.calendar import WEEKDAYS
from aam.language.first_person import asks_listener
from aam.language.frames import Frame
from aam.language.modality import doubts, retractions, takes_back_all
from aam.language.phrases import Phrases, word_set
from aam.language.tokens import norms_of

_YES = word_set(
    """
    yes yeah yep yup sure okay ok right exactly agreed absolutely definitely certainly fine deal correct true done
    alright
    да ага угу хорошо ладно договорились конечно точно верно согласен согласна окей сделаю принято давай давайте
    решено
    так добре гаразд домовились домовилися звісно звичайно авжеж згода згоден згодна окей зроблю прийнято давай
    давайте вирішено
    """
)
_CONSENT = Phrases(
    """
    agreed | i agree | we agree | deal | done | let's do that | let's do it | let's do this | sounds good
    decided | go for it | settled
    i'm for it | i'm for that | good idea | we'll do that | we will do that | fine with me | it's decided | so be it
    that's fair | fair enough | я за | я только за | я тоже за | не против | я тільки за | я теж за | не проти
    договорились | решено | так и сделаем | так и решим | согласен | согласна | согласны | поддерживаю | принято
    решили | идет
    домовились | домовилися | вирішено | так і зробимо | згоден | згодна | згодні | підтримую | прийнято
    вирішили | домовлено
    """
)
_NO = word_set("no nope nah нет ні неа")
_HESITATIONS = word_set("uh um er oh well ой э ну")
_SURE = word_set("sure definitely certainly absolutely gladly конечно обязательно непременно звісно обов'язково")
_BUT = word_set("but но але однак проте however not не")
_NEAR_SENTENCES = 3
_HEAD = 3
_ENOUGH = 2
_ELLIPTIC = 2
_SHORT_CLAIM = 8
_CORRECTING = word_set(
    "sorry rather correction misspoke ой вернее точнее оговорился оговорилась вірніше точніше пробачте извините вибачте"
)
_DECLINED = word_set("can't cannot won't couldn't rather смогу могу буду успею успеваю зможу можу встигну встигаю")
_INSTEAD = word_set(
    """
    then instead no nope actually okay ok fine alright rather let's пусть хай нехай
    тогда нет лучше хорошо ладно окей значит тоді ні краще добре гаразд значить
    """
)


def is_followed(context: Context, asked: Claim, contexts: Sequence[Context], keys: frozenset[str]) -> bool:
    """Return whether a quote holds more than a question: another quote after it, or the item's matter."""
    if any(
        Frame.QUESTION not in claim.frames and claim.keys & (keys if claim.first > asked.first else asked.keys & keys)
        for claim in context.quoted_claims
    ):
        return True
    return any(
        (other.low, other.first) > (context.low, context.first)
        and any(Frame.QUESTION not in claim.frames for claim in other.quoted_claims)
        for other in contexts
    )


def affirmed(context: Context, claim: Claim, *, strongly: bool) -> bool:
    """Return whether the next speaker says yes, or repeats what was asked as a statement."""
    if not context.next:
        return False
    speaker, reply = context.next[0]
    if speaker == context.quote.speaker or not reply.sentences:
        return False
    first = reply.sentences[0]
    if first.asks or any(norm in _BUT for norm in reply.norms[first.first : first.last]):
        return False
    if _CONSENT.any(reply.norms, first.first, first.last):
        return True
    if strongly:
        return False
    echoed = any(
        2 * len(claim.keys & other.keys) >= len(claim.keys) > 0
        and not (other.denied or other.frames & {Frame.HEDGE, Frame.PROPOSAL, Frame.URGED})
        for other in reply.claims_of(range(1))
    )
    return echoed or any(norm in _YES for norm in reply.norms[first.first : min(first.last, first.first + _HEAD)])


def taken_back(context: Context, claim: Claim, contexts: Sequence[Context]) -> bool:
    """Return whether the words after a claim take it back or answer "no", and no quote of the item stands there."""
    known = claim.keys.union(*(other.keys for other in context.claims))
    for later in _later(context, claim):
        other = later.claim
        if _answers_another(context, later):
            continue
        against = (
            _takes_back(later, known, soon=later.after <= (2 if later.speaker == context.quote.speaker else 1))
            or _corrects_itself(claim, later)
            or _says_otherwise(context, claim, later)
            or _gives_other_value(context, claim, later)
            or (refuses(later.reading, other.first) and _is_answer(context, claim, later))
        )
        if against:
            return not later.is_quoted(context, contexts)
    return False


def answer_frames(context: Context, contexts: Sequence[Context]) -> frozenset[Frame]:
    """Return the frames that limit an answer: "yes, if …", "probably"."""
    quoted = next((other for other in contexts if (other.low, other.first) > (context.low, context.first)), None)
    claims = quoted.claims if quoted else context.next[0][1].claims_of(range(1)) if context.next else ()
    if quoted and any(word in _SURE for claim in claims for word in quoted.reading.words(claim)):
        # "I'm sure we could do that" consents politely.
        return frozenset().union(*(claim.frames for claim in claims)) & {Frame.CONDITION, Frame.EXCEPTION}
    return frozenset().union(*(claim.frames for claim in claims)) & {Frame.CONDITION, Frame.EXCEPTION, Frame.HEDGE}


def answered_no(context: Context, claim: Claim, contexts: Sequence[Context]) -> bool:
    """Return whether a question got a denial for an answer: "Is anything lost?", "Not a single record"."""
    quoted = next((other for other in contexts if (other.low, other.first) > (context.low, context.first)), None)
    if quoted:
        reading, claims = quoted.reading, quoted.quoted_claims
    elif context.next and claim.sentence == len(context.reading.sentences) - 1:
        reading = context.next[0][1]
        claims = reading.claims_of(range(1))
    else:
        return False
    if not claims or reading.norms[claims[0].first] in _YES:
        return False
    if refuses(reading, claims[0].first):
        # "No, he fixed it" answers with a statement of its own.
        return not quoted or not any(other.keys and not other.denied and not other.denies for other in claims)
    return len(claims[0].keys) <= _ELLIPTIC and claims[0].denied


def doubted(context: Context, claim: Claim, contexts: Sequence[Context]) -> bool:
    """Return whether the speaker doubts a claim in the next breath: "but I am not sure"."""
    known = claim.keys.union(*(other.keys for other in context.claims))
    before = claim
    for later in _later(context, claim):
        # "Karl won't run, and Lisa, we'll see": a doubt in one sentence is about the words right before it.
        near = (
            before is claim or bool(before.keys & claim.keys) or later.claim.sentence != claim.sentence or later.after
        )
        if (
            near
            and later.speaker == context.quote.speaker
            and not (later.after and later.claim.sentence)
            and doubts(later.reading.words(later.claim))
            and len(later.claim.keys - known) <= _ELLIPTIC
            and not later.is_quoted(context, contexts)
        ):
            return True
        before = later.claim
    return False


def conditioned(context: Context, claim: Claim) -> bool:
    """Return whether a claim answers a question that supposes something, or a condition follows in its own sentence."""
    if claim.sentence:
        asked = context.reading.claims_of(range(claim.sentence - 1, claim.sentence))
    else:
        before = context.before
        asked = before.claims_of(range(len(before.sentences) - 1, len(before.sentences))) if before else ()
    if any({Frame.QUESTION, Frame.CONDITION} <= other.frames for other in asked):
        return True
    # A "really?" in between changes nothing.
    later = next(
        (
            later
            for later in _later(context, claim)
            if (later.claim.sentence != claim.sentence or later.after)
            and not (later.after and later.reading.sentences[0].asks and len(later.reading.tokens) <= _ELLIPTIC)
        ),
        None,
    )
    if later is None or later.reading.sentences[later.claim.sentence].asks:
        return False
    beside = later.reading.claims_of(range(later.claim.sentence, later.claim.sentence + 1))
    return len(beside) == 1 and bool(later.claim.frames & {Frame.CONDITION, Frame.EXCEPTION})


@dataclass(frozen=True)
class _Later:
    """A claim that follows another: in the same run of speech, or ``after`` so many utterances."""

    speaker: str
    reading: Reading
    claim: Claim
    after: int

    def is_quoted(self, context: Context, contexts: Sequence[Context]) -> bool:
        """Return whether another quote of the item stands there or later."""
        if self.after:
            return any(q.high >= context.high + self.after for q in contexts)
        return any(q is not context and q.low == context.low and q.last > self.claim.first for q in contexts)


def _later(context: Context, claim: Claim) -> Iterator[_Later]:
    for other in context.reading.claims_of(range(claim.sentence, claim.sentence + _NEAR_SENTENCES + 1)):
        if claim.last <= other.first:
            yield _Later(context.quote.speaker, context.reading, other, 0)
    for after, (speaker, reply) in enumerate(context.next, 1):
        for other in reply.claims:
            yield _Later(speaker, reply, other, after)


def _is_answer(context: Context, claim: Claim, later: _Later) -> bool:
    """Return whether a "no" corrects its own sentence, or is what the next speaker says to a statement."""
    if not later.after:
        return later.claim.sentence == claim.sentence
    if _CONSENT.any(later.reading.norms, 0, later.reading.sentences[0].last):
        return False  # "No, that's fair", «нет, я только за»
    return later.after == 1 and later.claim.first == 0 and later.speaker != context.quote.speaker and not claim.denied


def _answers_another(context: Context, later: _Later) -> bool:
    """Return whether a claim answers what the turn before it asks its speaker to do: "Will you host?", "Oh no"."""
    if later.after <= 1 or later.claim.sentence:
        return False
    speaker, before = context.next[later.after - 2]
    if speaker == later.speaker or not before.sentences or not before.sentences[-1].asks:
        return False
    asked = before.sentences[-1]
    return asks_listener(before.norms[asked.first : asked.last])


def _gives_other_value(context: Context, claim: Claim, later: _Later) -> bool:
    """Return whether a short later claim names another day or number: "then Thursday", "no, twelve"."""
    words = later.reading.words(later.claim)
    if not later.after and (later.claim.sentence != claim.sentence or not any(word in _CORRECTING for word in words)):
        return False
    if len(words) > _SHORT_CLAIM or later.reading.sentences[later.claim.sentence].asks:
        return False
    bare = later.after == 1 and later.claim.first == 0 and later.speaker != context.quote.speaker and len(words) == 1
    if later.after and not bare and not any(word in _INSTEAD or word in _CORRECTING for word in words):
        return False
    ours, theirs = _days(context.reading, claim), _days(later.reading, later.claim)
    if ours and theirs:
        return not ours & theirs
    ours, theirs = claim.values, later.claim.values
    known = ours.union(*(other.values for other in context.claims)) if later.after else ours
    return bool(ours and theirs) and not known & theirs


def _days(reading: Reading, claim: Claim) -> frozenset[Fraction]:
    return frozenset(Fraction(WEEKDAYS[norm]) for norm in reading.words(claim) if norm in WEEKDAYS)


def _says_otherwise(context: Context, claim: Claim, later: _Later) -> bool:
    """Return whether a later claim denies most of an earlier one, or only the speaker's own words."""
    denied = later.claim.keys
    if not later.claim.denied or claim.denied or later.claim.frames & {Frame.QUESTION, Frame.CONDITION}:
        return False
    if later.speaker == context.quote.speaker and denied and denied <= claim.keys:
        return bool(later.after) or later.claim.sentence != claim.sentence
    if later.after == 1 and later.speaker != context.quote.speaker and _declines(later, claim.keys):
        return True
    shared = len(claim.keys & denied)
    return shared >= _ENOUGH and 2 * shared >= max(len(claim.keys), len(denied))


def _declines(later: _Later, named: frozenset[str]) -> bool:
    """Return whether the next speaker, named by a claim, declines in a few words: "I can't", "я не смогу"."""
    words = later.reading.words(later.claim)
    return (
        len(words) <= _SHORT_CLAIM // 2
        and bool(_DECLINED & set(words))
        and bool(keys_of(norms_of(later.speaker)) & named)
    )


def _takes_back(later: _Later, known: frozenset[str], *, soon: bool) -> bool:
    """Return whether a claim takes something back, and nothing but what is known."""
    words = later.reading.words(later.claim)
    found = retractions(words)
    if not found:
        return False
    if soon and takes_back_all(words):
        return True
    cues = {at for match in found for at in range(match.first, match.last)}
    others = keys_of([word for at, word in enumerate(words) if at not in cues])
    return bool(others & known) if others else soon


def _corrects_itself(claim: Claim, later: _Later) -> bool:
    """Return whether the speaker's next sentence corrects the same thing with a "no": "Uh no, under forty"."""
    if later.after or later.claim.sentence != claim.sentence + 1 or Frame.QUESTION in claim.frames:
        return False
    at = later.claim.first
    while at < later.claim.last and later.reading.norms[at] in _HESITATIONS:
        at += 1
    beside = later.reading.claims_of(range(later.claim.sentence, later.claim.sentence + 1))
    again = any(claim.keys & other.keys or claim.values & other.values for other in beside)
    return again and refuses(later.reading, at)


def refuses(reading: Reading, at: int) -> bool:
    """Return whether a "no" stands at a token as a word of its own."""
    if at >= len(reading.tokens) or reading.norms[at] not in _NO:
        return False
    end = reading.tokens[at].end
    return len(reading.tokens) == at + 1 or any(
        c in ",.!;:—–" for c in reading.text[end : reading.tokens[at + 1].start]
    )
