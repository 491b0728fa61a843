"""Propose names by which speakers call themselves, each with the words it rests on.

Nothing is guessed from the order of speaking, from who was invited, or from what others say: only somebody's own
introduction counts, in English, Russian or Ukrainian.  Who gives two different names gets no proposal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from aam.foundation.schemas import Value
from aam.transcription.schemas import Transcript, Utterance

UNNAMED = re.compile(r"Speaker \d+")
"""The labels that engines give; any other label is a name already."""

QUOTE_MAX = 200

_NAME = r"(?P<name>[A-ZА-ЯЁІЇЄҐ][\w’'ʼ-]+(?: [A-ZА-ЯЁІЇЄҐ][\w’'ʼ-]+){0,2})"
_GREETING = (
    r"(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|здравствуйте|привет|добрый (?:день|вечер)|доброе утро|"
    r"вітаю|привіт|добрий (?:день|вечір)|доброго (?:ранку|дня|вечора)|добридень)"
)
_EVERYBODY = r"(?:,? (?:there|all|everyone|everybody|team|folks|guys|всем|все|коллеги|усім|всім|колеги))?"
_NO_NAMES = frozenset({"Not", "The", "And", "Не", "И", "Та", "Про", "Now", "Generally", "Strictly", "Simply"})


class Proposal(Value):
    """Proposed name of a speaker, and the words that give it."""

    label: str
    name: str
    quote: str
    utterance_id: int


def propose_names(transcript: Transcript) -> tuple[Proposal, ...]:
    """Return one proposal for each unnamed speaker who gave one name, and gave it in their own words."""
    said: dict[str, list[Proposal]] = {}
    for utterance in transcript.utterances:
        if UNNAMED.fullmatch(utterance.speaker):
            said.setdefault(utterance.speaker, []).extend(introductions(utterance))
    return tuple(found[0] for found in said.values() if len({proposal.name for proposal in found}) == 1)


def introductions(utterance: Utterance) -> Iterable[Proposal]:
    """Yield every self-introduction in an utterance."""
    for pattern in _introductions():
        for found in pattern.finditer(utterance.text):
            name = found["name"]
            if name.split()[0] not in _NO_NAMES:
                yield Proposal(
                    label=utterance.speaker,
                    name=name,
                    quote=_sentence(utterance.text, found.start("name"), found.end("name")),
                    utterance_id=utterance.id,
                )


def _sentence(text: str, start: int, end: int) -> str:
    """Return the sentence around a name, as it stands in the text, at most ``QUOTE_MAX`` characters."""
    before = max(text.rfind(mark, 0, start) for mark in (". ", "! ", "? ")) + 1
    after = min((at + 1 for mark in ".!?" if (at := text.find(mark, end)) >= 0), default=len(text))
    sentence = text[before:after].strip()
    return sentence if len(sentence) <= QUOTE_MAX else text[max(before, end - QUOTE_MAX) : end].strip()


@lru_cache(maxsize=1)
def _introductions() -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(pattern)
        for pattern in (
            r"\b(?i:my name is|my name's|меня зовут|мо[её] имя|мене звати|мене звуть|моє ім[’'ʼ]я)"
            rf"(?: —| -|:)? {_NAME}",
            rf"(?:^|[.!?] )(?i:{_GREETING}{_EVERYBODY}),? (?i:this is|it's|это|це) {_NAME}",
            rf"(?:^|[.!?] )(?i:this is) {_NAME} (?i:speaking)\b",
            rf"(?:^|[.!?] ){_NAME} (?i:speaking)(?:[.,!]|$)",
        )
    )
