"""The words by which a sentence itself says that something was asked, proposed, supposed or taken back."""

from __future__ import annotations

from collections.abc import Sequence

from aam.language.frames import Frame
from aam.language.modality import is_month
from aam.language.number_words import NUMBER_WORDS
from aam.language.phrases import Phrases, word_set

_ATTRIBUTED = """
    thinks | think | was called | were called | believes | considers | finds | feels | says | said | according to
    suspects | assumes
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
_PROPOSED = """
    suggest* | propos* | recommend* | idea* | option* | consider* | discuss* | possib* | could | might | may
    would
    alternativ* | as a fix | one way | let's | whether | feasible | think* of | thought of | imagin*
    предлож* | предлаг* | предполаг* | рекоменд* | совет* | идея | идею | вариант* | обсуд* | обсужд* | возможн*
    может | могли бы | рассмотр* | рассматр*
    пропон* | запропон* | пропоз* | рекоменд* | порад* | радит* | радив | радила | ідея | ідею | варіант*
    обговор* | можлив* | може | могли б | розгля*
"""
_WISHED = """
    should | want* | plans to | plan to | planned | planning | advis* | urge* | asks | asked | consult* | wish*
    favour* | favor* | in favor
    prefer*
    rather | can | able to
    можно | стоит | следует | хоте* | хоч* | просит | просил* | просят | план* | желател* | нужно | надо
    можна | варто | слід | хот* | хоті* | просить | просив | просила | просять | план* | бажан* | потрібно | треба
"""
_UNCERTAIN = """
    may | might | could | would | maybe | perhaps | probabl* | possib* | likely | unlikely | potential*
    apparent* | seem* | appear*
    estimat* | approximately | roughly | tentativ* | provision* | preliminar* | unsure
    not sure | uncertain
    unknown | not known | unclear | unconfirmed | not confirmed | not decided | undecided | not final
    looks like | presum* | suppos*
    alleged* | hopeful*
    more or less | nearly | almost | or so | aim* | try | tries | intend* | plan* | hope*
    ~ | wonder* | whether | if | should | risk of | risk that | risks that | ought | sort of | rumour* | rumor*
    doubt* | in theory
    может | могут | возможн* | вероятн* | наверн* | скорее всего | видимо | похоже | кажется | вроде
    предварительн* | ориентировочн*
    примерно | около | порядка | почти | где-то | приблизит* | план* | попроб* | постара* | рассчит* | собира*
    намер* | цель | неизвестн* | неясн* | не уверен* | не реш* | под вопросом | якобы | по слухам | ли | если
    бы | риск что | есть риск | риск того
    сомн* | теоретически
    предполож* | предполаг* | не подтвержд* | пожалуй | предлож* | предлаг*
    може | можуть | можлив* | ймовірн* | імовірн* | мабуть | певно | напевно | швидше за все | схоже | здається
    начебто | нібито
    попередн* | орієнтовн* | приблизно | близько | майже | десь | план* | спроб* | постара* | розрах* | збира*
    намір* | мета | неясн* | не впевнен* | не виріш* | під питанням | за чутками
    чи | якщо | б | би
    ризик що | є ризик | ризик того | сумн* | теоретично | припущ* | припуск* | не підтверд* | пропон* | запропон*
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
    as soon as | if | unless | when | once | provided | in case | in the event | would | could | might
    may
    depend* | after | until
    as long as | condition* | assuming | only | otherwise | subject to | should | whether | pending
    in which case | where | scenario
    как только | если | при | в случае | когда | услов* | только | зависи* | после | пока | бы | может
    могут | иначе
    ли | лишь | сценари*
    якщо | за умов* | за наявн* | у разі | в разі | коли | умов* | лише | тільки | залеж* | після | поки | б
    би | може
    можуть | інакше | чи
"""
_LIMITED = """
    except* | exclud* | apart from | aside from | other than | only | unless | without | but | all but | most
    not | if | besides | save for
    once | after | when | until | provided
    кроме | исключ* | без | только | если | но | не | помимо | лишь | при | после | когда
    крім | окрім | винятк* | виключ* | без | лише | тільки | якщо | але | не | за | після | коли
    before | first | перед | прежде | сначала | сперва | спершу | спочатку
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
_CIRCUMSTANCES = word_set("without без with by at given for on whenever с со при для за з із зі у в")
_IN_JEST = "jok* | sarcas* | ironic* | шут* | ирони* | сарка* | жарт* | ірон*"
_DISCLOSED = {
    Frame.QUESTION: Phrases(_ASKED + "|" + _PROPOSED + "|" + _WISHED),
    Frame.PROPOSAL: Phrases(_PROPOSED + "|" + _WISHED + "|" + _ASKED),
    Frame.URGED: Phrases(_PROPOSED + "|" + _WISHED + "|" + _UNCERTAIN),
    Frame.OPINION: Phrases(_ATTRIBUTED + "|" + _PROPOSED + "|" + _WISHED + "|" + _UNCERTAIN),
    Frame.HEDGE: Phrases(_UNCERTAIN + "|" + _ATTRIBUTED + "|" + _PROPOSED),
    Frame.CONDITION: Phrases(_CONDITIONED),
    Frame.EXCEPTION: Phrases(_LIMITED),
    Frame.RETRACTION: Phrases(_TAKEN_BACK),
    Frame.SARCASM: Phrases(_IN_JEST),
}
_CERTAIN = Phrases(
    """
    certain to | is certain | certainly | definitely | it is settled | it is certain | guaranteed | for sure | sure to
    точно | наверняка | гарантированно | окончательно | остаточно | гарантовано | напевне
    """
)
# Before a number these make it an estimate, elsewhere they are prepositions.
_APPROXIMATE = word_set("about around some circa")


def discloses(norms: Sequence[str], frame: Frame) -> bool:
    """Return whether a sentence lets a reader know of a frame that its source has."""
    if any(not is_month(norms, found) for found in _DISCLOSED[frame].find(norms)):
        return True
    return frame is Frame.HEDGE and any(
        norm in _APPROXIMATE and any(word[0].isdigit() or word in NUMBER_WORDS for word in norms[at + 1 : at + 3])
        for at, norm in enumerate(norms)
    )


def is_certain(norms: Sequence[str]) -> bool:
    """Return whether a sentence claims that something is sure."""
    return _CERTAIN.any(norms)


def reports(norms: Sequence[str]) -> bool:
    """Return whether a sentence gives its statement to a person."""
    return _REPORTED.any(norms)


def names_circumstance(norm: str) -> bool:
    """Return whether a word at the head of a clause names a circumstance: "using latex …", "with a screen …"."""
    return norm in _CIRCUMSTANCES or norm.endswith("ing")
