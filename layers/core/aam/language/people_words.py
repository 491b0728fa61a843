"""Words around people in English, Russian and Ukrainian: offices, groups, consent, and what stands before a name."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


OFFICES = _words(
    """
    ceo cto cfo coo lawyer lawyers attorney accountant accountants president chairman boss secretary architect
    director directors auditor auditors notary юрист юристы юриста юристу юристом бухгалтер бухгалтера
    бухгалтеру директор директора директору президент начальник секретарь архитектор аудитор гендиректор адвокат
    юристи юристів бухгалтером секретар архітектор нотариус
    """
)
"""People by office: one whom nothing said has is invented."""
GROUPS = _words(
    """
    we all everyone everybody team group members us both the whole entire project staff participants все мы
    команда всей вся весь участники оба группа всі ми усі учасники обоє група
    """
)
"""What a group is called whose owner is "we"."""
CONSENT = _words(
    """
    yes yeah yep sure ok okay alright certainly absolutely done will да хорошо ладно конечно договорились окей
    сделаем понял поняла принял приняла принято так добре гаразд звісно звичайно домовились домовилися зрозумів
    зрозуміла прийнято ага угу
    """
)
"""The first words of an answer that takes a task on."""
BEFORE_OBJECTS = _words(
    """
    to for with from about at told tell у к с со для от до з із від щодо про о об
    """
)
"""What stands before a person for whom something is done."""
DETERMINERS = _words(
    """
    the a an its their his her this that these those our all every no
    """
)
"""What follows a verb and no noun."""
SUBJECT_VERBS = _words(
    """
    will would shall should can could may might must to is are was were has have had does did won wins win calls
    call pays pay sends send gets get takes take wants want needs need leaves leave joins join brings bring
    makes make asks ask
    """
)
"""Verbs that only a subject has before them."""
