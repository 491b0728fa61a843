"""Check the people of a claim against the names in the quotes and their speakers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from aam.evidence.facts import Facts
from aam.evidence.names import Name, Spoken, is_one_of, is_plain, is_subject, names_in, openers_in
from aam.evidence.swaps import swapped
from aam.language.common_words import is_common
from aam.language.first_person import asks_listener
from aam.language.lexicon import GIVEN_NAMES, ROLES, TITLES
from aam.language.people_words import BEFORE_OBJECTS, CONSENT, OFFICES
from aam.language.tokens import is_capitalised, norms_of, starts_sentence
from aam.language.word_forms import Vocabulary, alike

CONSENT_WORDS = 8
_ABBREVIATION = 5
_LONG = 8


@dataclass(frozen=True)
class Speech:
    """A quote's facts, its speakers' labels, and what stands around it in the same utterances."""

    facts: Facts
    speakers: tuple[str, ...] = ()
    window: str = ""


class People:
    """The people of the quotes: those they name, and those who said them.

    ``participants`` are the names of all who took part as comparable words.
    """

    def __init__(
        self,
        speeches: Sequence[Speech],
        *,
        participants: Sequence[Sequence[str]] = (),
        known: frozenset[str] = frozenset(),
        around: Vocabulary,
        nearby: Sequence[Speech] = (),
    ) -> None:
        self.speeches, self._participants, self.known, self._around = speeches, participants, known, around
        self._nearby = nearby
        self._left_out: dict[str, bool] = {}

    @cached_property
    def spoken(self) -> Spoken:
        """Return the words of all quotes."""
        norms: list[str] = []
        subjects: set[int] = set()
        for speech in self.speeches:
            facts = speech.facts
            subjects.update(
                len(norms) + at for at in range(len(facts.tokens)) if is_subject(facts.text, facts.tokens, at)
            )
            norms += [*facts.norms, ""]  # the empty word keeps names from spanning two quotes
        return Spoken(norms, frozenset(subjects))

    @cached_property
    def _heard(self) -> Spoken:
        """Return the words around the quotes in their own utterances: there "he" of a quote may have his name."""
        return Spoken([norm for speech in self.speeches for norm in (*norms_of(speech.window), "")])

    @cached_property
    def speakers(self) -> list[list[str]]:
        """Return the names of the quotes' speakers, the full one of a participant where the transcript has a part."""
        labels = [norms_of(label) for speech in self.speeches for label in speech.speakers]
        found = [words for words in labels if words]
        for words in list(found):
            full = [each for each in self._participants if len(each) > len(words) and is_one_of(words, [each])]
            found += [list(full[0])] if len(full) == 1 else []
        return found

    def missing(self, claim: Facts, *, near: bool = False) -> Name | None:
        """Return the first name of a text that no quote has and none of their speakers bears.

        With ``near`` a name may stand near the quotes as well.
        """
        named = [*self._names_in(claim), *self.labelled(claim)]
        for name in named:
            if not self._is_there(name, claim) and not (near and self._is_near(name, claim)):
                return name
        for name in openers_in(claim.text, claim.tokens):
            if self._is_there(name, claim) or self._is_word(name.words[0]) or (near and self._is_near(name, claim)):
                continue
            return name
        return self._missing_role(claim)

    def _names_in(self, claim: Facts) -> list[Name]:
        """Return the names of a text without titles, codes, and plain words that open a sentence before a name."""
        found = []
        for name in names_in(claim.text, claim.tokens, known=self.known):
            opens = len(name.words) > 1 and starts_sentence(claim.text, claim.tokens, name.first)
            first, following = name.words[0], name.words[-1] if len(name.words) == 1 else name.words[1]
            if opens and first not in self.known and (is_plain(first, following) or self._is_word(first)):
                name = Name(name.words[1:], name.first + 1, name.last)
            # A title names no person, and words with figures are looked up letter by letter.
            if all(word in TITLES or any(c.isdigit() for c in word) for word in name.words):
                continue
            found.append(name)
        return found

    def _is_near(self, name: Name, claim: Facts) -> bool:
        """Return whether a name was named near the quotes, or belongs to a speaker there as an object."""
        words = [word for word in name.words if word not in ROLES and word not in TITLES] or list(name.words)
        subject = is_subject(claim.text, claim.tokens, name.first)
        if is_one_of(words, self._participants):
            if any(is_one_of(words, [label]) for label in self._consenting):
                return True
            spoke = any(is_one_of(words, [label]) for label in self._near_speakers) or self._near_words.has(words)
            return spoke and self._is_object(name, claim)
        if not self._is_object(name, claim) and self._leaves_out_a_name(claim):
            return False
        return self._near_words.has(words, is_subject=subject)

    def _leaves_out_a_name(self, claim: Facts) -> bool:
        """Return whether the quotes name a person that a text leaves out, perhaps in favour of another."""
        if claim.text not in self._left_out:
            text = Spoken(claim.norms)
            self._left_out[claim.text] = any(not text.has([word]) for word in self._first_names)
        return self._left_out[claim.text]

    @cached_property
    def _first_names(self) -> frozenset[str]:
        """Return the first words of the names in the quotes."""
        return frozenset(
            name.words[0]
            for speech in self.speeches
            for name in names_in(speech.facts.text, speech.facts.tokens, known=self.known)
        )

    @cached_property
    def _near_speakers(self) -> list[list[str]]:
        return [norms_of(label) for label in {label for speech in self._nearby for label in speech.speakers}]

    @cached_property
    def _consenting(self) -> list[list[str]]:
        """Return the speakers who agree near the quotes to what a quote asks its listener."""
        if not any(asks_listener(speech.facts.norms) for speech in self.speeches):
            return []
        return [
            norms_of(label)
            for speech in self._nearby
            for label in speech.speakers
            if (len(speech.facts.norms) <= CONSENT_WORDS and not CONSENT.isdisjoint(speech.facts.norms[:2]))
        ]

    @staticmethod
    def _is_object(name: Name, claim: Facts) -> bool:
        return bool(name.first) and claim.norms[name.first - 1] in BEFORE_OBJECTS

    @cached_property
    def _near_words(self) -> Spoken:
        return Spoken([norm for speech in self._nearby for norm in (*speech.facts.norms, "")])

    def _is_there(self, name: Name, claim: Facts) -> bool:
        subject = is_subject(claim.text, claim.tokens, name.first)
        words = [word for word in name.words if word not in ROLES and word not in TITLES] or list(name.words)
        return (
            self.spoken.has(words, is_subject=subject)
            or self._heard.has(words, is_subject=subject)
            or self._is_abbreviation(words)
            or is_one_of(words, self.speakers, is_subject=subject)
            or any(_is_label(words, label) for label in self.speakers)
            or self.is_heard(name, subject)
            or all(self._is_single(word, subject) for word in name.words)
        )

    def _is_abbreviation(self, words: Sequence[str]) -> bool:
        """Return whether capitals are the initials of words of the quotes: VR of "voice recognition"."""
        if len(words) != 1 or not 1 < len(words[0]) <= _ABBREVIATION or not words[0].isalpha():
            return False
        if not self._words.shares_alphabet(words[0]):
            return self.spoken.has_letters  # a translation has other letters
        return any(words[0] in initials for initials in self._initials)

    @cached_property
    def _initials(self) -> list[str]:
        return ["".join(norm[0] for norm in speech.facts.norms) for speech in self.speeches]

    def _is_single(self, word: str, subject: bool) -> bool:
        """Return whether a word of a run of names is a common word of the quotes, or a speaker's name."""
        if self._is_word(word) or (self.spoken.has([word], is_subject=subject) and not self._is_part(word)):
            return True
        return any(len(words) == 1 and is_one_of([word], [words], is_subject=subject) for words in self.speakers)

    def _is_part(self, word: str) -> bool:
        """Return whether a word is only a part of a participant's name."""
        return any(len(words) > 1 and is_one_of([word], [words]) for words in self._participants)

    def is_heard(self, name: Name, subject: bool) -> bool:
        """Return whether each word of a name is in the quotes or in the name of a speaker or of a named participant."""
        if len(name.words) == 1 or not any(self.spoken.has([word], is_subject=subject) for word in name.words):
            return False
        if is_one_of(name.words, self._participants, is_subject=subject):
            return True
        return all(
            self.spoken.has([word], is_subject=subject) or is_one_of([word], self.speakers) or self._is_word(word)
            for word in name.words
        ) and not is_one_of(name.words[:1], self._participants)

    @cached_property
    def _words(self) -> Vocabulary:
        return Vocabulary(norm for speech in self.speeches for norm in speech.facts.norms)

    @cached_property
    def _small(self) -> Vocabulary:
        """Return the words that the quotes and what is near them write with a small letter: these are no names."""
        return Vocabulary(
            token.norm for facts in self._all_facts for token in facts.tokens if not is_capitalised(facts.text, token)
        )

    @cached_property
    def _openers(self) -> Vocabulary:
        """Return the long words that open sentences there, whose capitals say nothing."""
        return Vocabulary(
            token.norm
            for facts in self._all_facts
            for at, token in enumerate(facts.tokens)
            if len(token.norm) >= _LONG
            and starts_sentence(facts.text, facts.tokens, at)
            and token.norm not in self.known
        )

    @property
    def _all_facts(self) -> list[Facts]:
        return [speech.facts for speech in (*self.speeches, *self._nearby)]

    def _is_word(self, word: str) -> bool:
        if word in GIVEN_NAMES or word in self.known:
            return False
        return self._small.has(word) or self._words.has_kin(word) or (len(word) >= _LONG and self._openers.has(word))

    def labelled(self, claim: Facts) -> list[Name]:
        """Return names of participants of two words and more, whatever their letters' case: "the project manager"."""
        several = {tuple(words) for words in self._participants if len(words) > 1}
        firsts: dict[str, list[tuple[str, ...]]] = {}
        for words in several:
            firsts.setdefault(words[0], []).append(words)
        return [
            Name(words, at, at + len(words))
            for at, norm in enumerate(claim.norms)
            for words in firsts.get(norm, ())
            if tuple(claim.norms[at : at + len(words)]) == words
        ]

    def _missing_role(self, claim: Facts) -> Name | None:
        """Return a person by office, such as a lawyer, without a quote; of a translation nothing is known."""
        for at, norm in enumerate(claim.norms):
            if norm not in OFFICES or is_one_of([norm], self.speakers) or self._around.has(norm):
                continue
            if self._words.shares_alphabet(norm):
                return Name((norm,), at, at + 1)
        return None

    def swapped(self, claim: Facts) -> tuple[int, int] | None:
        """Return the range of two names that a quote has around the same verb the other way round."""
        names = names_in(claim.text, claim.tokens, known=self.known)
        return swapped(claim, names, [speech.facts for speech in self.speeches])


def _is_label(words: Sequence[str], label: Sequence[str]) -> bool:
    """Return whether words are a label in another form: "Industrial Design" of the Industrial Designer."""
    return len(words) == len(label) > 1 and all(
        is_common(part) and alike(word, part) for word, part in zip(words, label, strict=True)
    )
