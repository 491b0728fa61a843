"""Whether an item states as a fact, or as settled, what was only asked, proposed, supposed, doubted or taken back."""

from __future__ import annotations

from collections.abc import Sequence

from aam.evidence.claims import Claim, Reading, keys_of
from aam.evidence.context import Context
from aam.evidence.polarity import home_of
from aam.language.modality import Frame, retractions
from aam.language.phrases import Phrases, word_set

SETTLED = frozenset({"decisions", "agreements", "commitments", "action_items", "next_steps"})
"""Sections whose items hold something that was settled."""
_RESOLVED = frozenset({"decisions", "agreements", "commitments"})
"""Of these the ones that need more than a wish or an opinion."""
_OPEN = frozenset({"open_questions", "ideas"})

_FACTUAL = (Frame.SARCASM, Frame.QUESTION, Frame.CONDITION, Frame.HEDGE, Frame.EXCEPTION, Frame.PROPOSAL, Frame.OPINION)
_FOR_RESOLVED = (Frame.URGED, Frame.OPINION)

# What an item says where it tells of the frame itself.
_ATTRIBUTED = """
    thinks | think | believes | considers | finds | feels | says | said | according to | suspects | assumes
    assumed | assumption
    in the opinion | in his opinion | in her opinion | argues | argued | guess* | hopes | hoped | expects
    expected | imagines
    считает | считают | думает | думают | полага* | по мнению | предполага* | надеется | надеются | сомнева*
    уверен* | ожида*
    вважає | вважають | гадає | думає | думають | на думку | припуска* | сподіва* | сумніва* | очіку*
"""
_REPORTED = Phrases(
    """
    note* | mention* | remark* | point* out | explain* | claim* | report* | state | states | stated | comment*
    insist* | prefer*
    favour* | favor* | lean* | offer* | raise* | brings up | brought up | float* | invite* | tends | inclined
    express* | warn*
    worr* | fear* | concern* | tell* | told | convinced | sees | saw | add* that | reply | replied | answer*
    admit* | admitted
    говорит | сказал* | сообщи* | отмети* | отмеча* | упомян* | заяви* | пояснил* | объясн* | добавил*
    предпочит* | опаса* | боит*
    склон* | настаива* | ответил* | признал* | рассказ* | обеща* | пообеща*
    каже | сказа* | повідом* | зазнач* | згада* | заяви* | поясн* | дода* | надає перевагу | побою* | боїт*
    схиля* | наполяга*
    відпов* | визна* | розпові* | обіця* | пообіця*
    """
)
"""Verbs that give a statement to a person, which is enough where nothing was to be settled."""
_SUGGESTED = """
    suggest* | propos* | recommend* | idea* | option* | consider* | discuss* | possib* | could | might | may
    should | would
    want* | plan* | advis* | urge* | asks | asked | consult* | alternativ* | as a fix | one way | let's | whether
    wish* | favour* | favor* | in favor | prefer* | rather | can | able to | feasible | think* of | thought of
    imagin*
    предлож* | предлаг* | предполаг* | рекоменд* | совет* | идея | идею | вариант* | обсуд* | обсужд* | возможн*
    можно | стоит
    может | могли бы | следует | хоте* | хоч* | просит | просил* | просят | план* | рассмотр* | рассматр*
    желател* | нужно | надо
    пропон* | запропон* | пропоз* | рекоменд* | порад* | радит* | радив | радила | ідея | ідею | варіант*
    обговор* | можлив* | можна | варто | може | могли б | слід
    хот* | хоч* | хоті* | просить | просив | просила | просять | план* | розгля* | бажан* | потрібно | треба
"""
_UNCERTAIN = """
    may | might | could | would | maybe | perhaps | probabl* | possib* | likely | unlikely | potential*
    apparent* | seem* | appear*
    estimat* | about | approximately | roughly | around | tentativ* | provision* | preliminar* | unsure
    not sure | uncertain
    unclear | unconfirmed | not confirmed | not decided | undecided | not final | looks like | presum* | suppos*
    alleged* | hopeful*
    more or less | nearly | almost | or so | some | aim* | try | tries | intend* | plan* | hope* | will be seen
    ~ | goal | target | wonder* | whether | if | should | risk | risks | ought | sort of | rumour* | rumor* | to be
    doubt* | in theory
    может | могут | возможн* | вероятн* | наверн* | скорее всего | видимо | похоже | кажется | вроде
    предварительн* | ориентировочн*
    примерно | около | порядка | почти | где-то | приблизит* | план* | попроб* | постара* | рассчит* | собира*
    намер* | цель | неясн* | не уверен* | не реш* | под вопросом | якобы | по слухам | ли | если | бы | риск
    сомн* | теоретически
    предполож* | предполаг* | не подтвержд* | пожалуй | предлож* | предлаг*
    може | можуть | можлив* | ймовірн* | імовірн* | мабуть | певно | напевно | швидше за все | схоже | здається
    начебто | нібито
    попередн* | орієнтовн* | приблизно | близько | майже | десь | план* | спроб* | постара* | розрах* | збира*
    намір* | мета | неясн* | не впевнен* | не виріш* | під питанням | за чутками
    чи | якщо | б | би
    ризик | сумн* | теоретично | припущ* | припуск* | не підтверд* | пропон* | запропон*
"""
_ASKED = """
    ask | asks | asked | asking | question* | wonder* | whether | if | unclear | clarif* | to be decided
    undecided | open | to check
    checks | check | checked | find out | inquir* | enquir* | who | what | when | where | how | why | which
    unknown | not known
    спроси* | спраши* | вопрос* | ли | уточн* | выясн* | неясн* | непонятн* | узна* | запрос* | кто | когда | где
    как | почему | какой
    проверить | проверит | поинтересова* | интересова*
    спита* | запита* | питан* | чи | уточн* | з'ясу* | з'ясов* | неясн* | незрозуміл* | дізна* | хто | коли | де
    як | чому | який
    перевірить | перевірити | поціка* | ціка*
"""
_CONDITIONED = """
    as soon as | if | unless | when | once | provided | in case | in the event | without | would | could | might
    may
    depend* | after | until
    as long as | condition* | assuming | only | otherwise | subject to | should | whether | pending
    in which case | where | scenario
    как только | если | при | в случае | когда | услов* | без | только | зависи* | после | пока | бы | может
    могут | иначе
    ли | лишь | сценари*
    якщо | за | у разі | в разі | коли | умов* | без | лише | тільки | залеж* | після | поки | б | би | може
    можуть | інакше | чи
"""
_LIMITED = """
    except* | exclud* | apart from | aside from | other than | only | unless | without | but | all but | most
    not | if | besides | save for
    once | after | when | until | provided
    кроме | исключ* | без | только | если | но | не | помимо | лишь | при | после | когда
    крім | окрім | винятк* | виключ* | без | лише | тільки | якщо | але | не | за | після | коли
"""
_TAKEN_BACK = """
    withdr* | retract* | cancel* | instead | initially | originally | at first | first | changed | no longer
    reverse* | correct*
    took back | rejected | dropped | scrapped | not | considered | abandon* | called off | dismiss* | rather
    отозва* | отмен* | сначала | изначально | сперва | передума* | вместо | больше не | исправ* | поправ* | не
    откаж* | отказ* | снят*
    відклик* | скасу* | скасов* | відмін* | спочатку | спершу | передума* | замість | більше не | виправ* | не
    відмов* | знят*
"""
_CIRCUMSTANCES = word_set("with by at given for on whenever с со при для за з із зі у в")
_IN_JEST = "jok* | sarcas* | ironic* | шут* | ирони* | сарка* | жарт* | ірон*"
_SAYS_SO = {
    Frame.QUESTION: Phrases(_ASKED + "|" + _SUGGESTED),
    Frame.PROPOSAL: Phrases(_SUGGESTED + "|" + _ASKED),
    Frame.URGED: Phrases(_SUGGESTED + "|" + _UNCERTAIN),
    Frame.OPINION: Phrases(_ATTRIBUTED + "|" + _SUGGESTED + "|" + _UNCERTAIN),
    Frame.HEDGE: Phrases(_UNCERTAIN + "|" + _ATTRIBUTED + "|" + _SUGGESTED),
    Frame.CONDITION: Phrases(_CONDITIONED),
    Frame.EXCEPTION: Phrases(_LIMITED),
    Frame.RETRACTION: Phrases(_TAKEN_BACK),
    Frame.SARCASM: Phrases(_IN_JEST),
}
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
    договорились | решено | так и сделаем | так и решим | согласен | согласна | согласны | поддерживаю | принято
    решили | идет
    домовились | домовилися | вирішено | так і зробимо | згоден | згодна | згодні | підтримую | прийнято
    вирішили | домовлено
    """
)
_NO = word_set("no nope nah нет ні неа")
_BUT = word_set("but но але однак проте however not не")
_NEAR_SENTENCES = 3
_HEAD = 3
_ENOUGH = 2


def misframed(item: Reading, contexts: Sequence[Context], section: str) -> Frame | None:
    """Return the frame that a quote has and its item conceals, or None.

    ``section`` is the kind of section that the item would stand in: what is settled needs more than what is
    reported.
    """
    said = [(context, claim) for context in contexts for claim in context.claims]
    for claim in item.claims:
        home = home_of(claim, [other for _, other in said])
        places = [(context, other) for context, other in said if other in home]
        found = _concealed(item, claim.keys, places, contexts, section)
        if found is not None:
            return found
    if not any(home_of(claim, [other for _, other in said]) for claim in item.claims):
        # A translation, or words of its own: then what was quoted counts as a whole.
        places = [(context, claim) for context in contexts for claim in context.quoted_claims]
        return _concealed(item, item.keys(), places, contexts, section)
    return None


def _concealed(
    item: Reading,
    keys: frozenset[str],
    places: Sequence[tuple[Context, Claim]],
    contexts: Sequence[Context],
    section: str,
) -> Frame | None:
    if not places:
        return None
    raised = frozenset.intersection(*(_frames(context, claim, contexts, keys) for context, claim in places))
    wanted = _FACTUAL + (_FOR_RESOLVED if section in _RESOLVED else ()) + (Frame.RETRACTION,)
    # What is only proposed if something holds is still proposed.
    told = {frame for frame in raised & {Frame.PROPOSAL, Frame.URGED, Frame.HEDGE} if _says_so(item, frame, section)}
    if told and section not in SETTLED:
        raised -= {Frame.CONDITION}
    return next((frame for frame in wanted if frame in raised and not _says_so(item, frame, section)), None)


def _frames(context: Context, claim: Claim, contexts: Sequence[Context], keys: frozenset[str]) -> frozenset[Frame]:
    """The frames of a claim of speech after what was said next."""
    frames = set(claim.frames) - {Frame.RETRACTION, Frame.DENIED}
    if Frame.QUESTION in frames and (
        _is_followed(context, contexts, keys) or _affirmed(context, claim, strongly=False)
    ):
        # The item rests on the answer too.
        frames -= {Frame.QUESTION, Frame.HEDGE, Frame.PROPOSAL, Frame.URGED}
    if frames & {Frame.PROPOSAL, Frame.URGED, Frame.OPINION} and _affirmed(context, claim, strongly=False):
        frames -= {Frame.PROPOSAL, Frame.URGED, Frame.OPINION}
    if Frame.HEDGE in frames and _affirmed(context, claim, strongly=True):
        frames.discard(Frame.HEDGE)
    if _taken_back(context, claim, contexts):
        frames.add(Frame.RETRACTION)
    return frozenset(frames)


def _says_so(item: Reading, frame: Frame, section: str) -> bool:
    if section in _OPEN and frame in {Frame.QUESTION, Frame.HEDGE, Frame.PROPOSAL, Frame.CONDITION}:
        return True
    if any(frame in claim.frames for claim in item.claims) or _SAYS_SO[frame].any(item.norms):
        return True
    if frame in {Frame.HEDGE, Frame.PROPOSAL} and section not in SETTLED and _REPORTED.any(item.norms):
        return True
    if frame is not Frame.CONDITION:
        return False
    # "Using latex would …", "with a touch screen …": the condition as the subject or the circumstance of what follows.
    heads = [item.norms[claim.first] for claim in item.claims]
    return any(head in _CIRCUMSTANCES or head.endswith("ing") for head in heads)


def _is_followed(context: Context, contexts: Sequence[Context], keys: frozenset[str]) -> bool:
    """Whether a quote holds more than a question: another quote after it, or in itself what the item speaks of."""
    if any(Frame.QUESTION not in claim.frames and claim.keys & keys for claim in context.quoted_claims):
        return True
    return any(
        (other.low, other.first) > (context.low, context.first)
        and any(Frame.QUESTION not in claim.frames for claim in other.quoted_claims)
        for other in contexts
    )


def _affirmed(context: Context, claim: Claim, *, strongly: bool) -> bool:
    """Whether the next speaker says yes, or repeats what was asked as a statement."""
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
    echoed = any(claim.keys & other.keys and not other.denied for other in reply.claims if other.sentence == 0)
    return echoed or any(norm in _YES for norm in reply.norms[first.first : min(first.last, first.first + _HEAD)])


def _taken_back(context: Context, claim: Claim, contexts: Sequence[Context]) -> bool:
    """Whether what follows a claim takes it back or answers it with "no", and no quote of the item stands there."""
    known = claim.keys | context.reading.keys()
    for other in context.reading.claims:
        if other.first < claim.last or other.sentence > claim.sentence + _NEAR_SENTENCES:
            continue
        corrected = other.sentence == claim.sentence and _refuses(context.reading, other.first)
        if corrected or _takes_back(context.reading, other, known) or _says_otherwise(claim, other):
            return not any(q is not context and q.low == context.low and q.last > other.first for q in contexts)
    for n, (speaker, reply) in enumerate(context.next, context.high + 1):
        if any(_takes_back(reply, other, known) or _says_otherwise(claim, other) for other in reply.claims):
            return not any(q.high >= n for q in contexts)
        if n == context.high + 1 and speaker != context.quote.speaker and not claim.denied and _refuses(reply, 0):
            return not any(q.high >= n for q in contexts)
    return False


def _says_otherwise(claim: Claim, later: Claim) -> bool:
    """Whether a later claim denies most of what an earlier one states."""
    shared = claim.keys & later.keys
    return (
        later.denied
        and not claim.denied
        and Frame.QUESTION not in later.frames
        and len(shared) >= _ENOUGH
        and 2 * len(shared) >= min(len(claim.keys), len(later.keys))
    )


def _takes_back(reading: Reading, claim: Claim, known: frozenset[str]) -> bool:
    """Whether a claim takes something back, and nothing but what is known."""
    words = reading.words(claim)
    found = retractions(words)
    if not found:
        return False
    cues = {at for match in found for at in range(match.first, match.last)}
    others = keys_of([word for at, word in enumerate(words) if at not in cues])
    return not others or bool(others & known)


def _refuses(reading: Reading, at: int) -> bool:
    """Whether a "no" stands at a token as a word of its own."""
    if at >= len(reading.tokens) or reading.norms[at] not in _NO:
        return False
    end = reading.tokens[at].end
    return len(reading.tokens) == at + 1 or any(
        c in ",.!;:—–" for c in reading.text[end : reading.tokens[at + 1].start]
    )
