"""Check the owner of a task: a person who is named for it, or takes it on in the first person."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aam.evidence.facts import Facts
from aam.evidence.names import Name, Spoken, is_one_of, names_in
from aam.evidence.people import CONSENT_WORDS, People, Speech
from aam.language.first_person import asks_listener, includes_speaker, undertakes
from aam.language.lexicon import ROLES
from aam.language.names import agree
from aam.language.people_words import BEFORE_OBJECTS, CONSENT, GROUPS
from aam.language.tokens import norms_of

_SEVERAL = re.compile(r"\s*(?:,|;|&|/|\+|\band\b|\bи\b|\bі\b|\bй\b|\bта\b)\s*")
_PROMISES = frozenset(["will", "shall"])


class Owners:
    """The owners that the quotes of an item support; ``labels`` such as "Speaker 2" are whole names."""

    def __init__(self, people: People, labels: Sequence[str] = ()) -> None:
        self._people = people
        self._labels = {tuple(norms_of(label)) for label in labels}

    def owns(self, value: str) -> bool:
        """Return whether a task may be a person's: named in one quote, or its speaker in the first person.

        Of several people each must be; a group only where its speaker says "we", or the quote has the word.
        """
        parts = [part for part in _SEVERAL.split(value) if norms_of(part)]
        if tuple(norms_of(value)) in self._labels:
            parts = [value]
        return bool(parts) and all(self._owns(norms_of(part)) for part in parts)

    def speaks(self, value: str) -> bool:
        """Return whether a person speaks in a quote."""
        return any(
            is_one_of(norms_of(value), [norms_of(label)])
            for speech in self._people.speeches
            for label in speech.speakers
        )

    def speaks_of(self, claim: Facts, value: str) -> bool:
        """Return whether a text names the person of a value."""
        owner = norms_of(value)
        if not owner:
            return False
        text = Spoken(claim.norms)
        return text.has(owner) or any(text.has([word]) for word in owner if word in self._people.known)

    def _owns(self, words: Sequence[str]) -> bool:
        if all(word in GROUPS for word in words):
            return any(
                includes_speaker(speech.facts.tokens) for speech in self._people.speeches
            ) or self._people.spoken.has(words)
        named = self._people.spoken.has(words, is_subject=True) or self._people.is_heard(
            Name(tuple(words), 0, len(words)), True
        )
        if named and not self._is_only_object(words):
            return True
        return self._undertaken(words, plural=False)

    def _is_only_object(self, words: Sequence[str]) -> bool:
        """Return whether a person is named only as the beneficiary: "I will send the report to Robert"."""
        found = False
        for speech in self._people.speeches:
            facts = speech.facts
            places = [at for at, norm in enumerate(facts.norms) if any(agree(word, norm) for word in words)]
            if not places:
                continue
            found = True
            if not undertakes(facts.text, facts.tokens):
                return False
            if any((facts.norms[at - 1] if at else "") not in BEFORE_OBJECTS for at in places if at - 1 not in places):
                return False
        return found

    def takes_part(self, value: str) -> bool:
        """Return whether a person of a value speaks of what "we" do: no owner, but no stranger to the task either."""
        words = norms_of(value)
        return bool(words) and self._undertaken(words, plural=True)

    def _undertaken(self, words: Sequence[str], *, plural: bool) -> bool:
        bare = [word for word in words if word not in ROLES] or words
        for at, speech in enumerate(self._people.speeches):
            facts = speech.facts
            if not any(is_one_of(bare, [norms_of(label)], is_subject=True) for label in speech.speakers):
                continue
            if undertakes(facts.text, facts.tokens) or (plural and includes_speaker(facts.tokens)):
                return True
            if not at or len(facts.norms) > CONSENT_WORDS:
                continue
            if not CONSENT.isdisjoint(facts.norms[:2]) or self._answers(self._people.speeches[at - 1], speech):
                return True
        return False

    @staticmethod
    def _answers(asked: Speech, answer: Speech) -> bool:
        """Return whether a question to the speaker was answered with a time: "Сделаешь до среды?" "До пятницы"."""
        facts = answer.facts
        if set(asked.speakers) & set(answer.speakers) or "?" not in asked.facts.text:
            return False
        return bool(facts.days or facts.day_words or facts.clocks or facts.numbers) and asks_listener(asked.facts.norms)

    def missing_promise(self, claim: Facts) -> Name | None:
        """Return a speaker who by a text will do something that they did not take on."""
        for name in [*names_in(claim.text, claim.tokens, known=self._people.known), *self._people.labelled(claim)]:
            following = claim.norms[name.last] if name.last < len(claim.norms) else ""
            if following in ROLES and name.last + 1 < len(claim.norms):
                following = claim.norms[name.last + 1]
            if following not in _PROMISES or self._people.spoken.has(name.words):
                continue
            if is_one_of(name.words, self._people.speakers) and not self._undertaken(name.words, plural=True):
                return name
        return None
