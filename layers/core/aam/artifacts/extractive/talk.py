"""A transcript as turns of lines: sentences with what is known of how they are said, and how they can be quoted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from aam.artifacts.extractive.sentences import pieces_of
from aam.artifacts.schemas import DraftQuote
from aam.evidence.dates import DayWord
from aam.evidence.facts import Facts
from aam.evidence.locate import MIN_WORDS
from aam.evidence.names import Name, names_in
from aam.language.clauses import Sentence, sentences_of
from aam.language.dialogue import ACCEPTS, APPROVES, LEADS, NO_OBJECTION, REFUSES, UNKNOWN
from aam.language.frames import Frame
from aam.language.modality import clause_frames
from aam.language.names import latin, same_name
from aam.language.phrases import Phrases, word_set
from aam.language.stems import is_content, stem
from aam.language.tokens import norms_of, word_count
from aam.transcription.schemas import Transcript

_TAGS = word_set("right ok okay yes yeah eh так да ок ладно хорошо добре гаразд правда згода а угу")
_ASKS = Phrases(
    """
    who | what | when | where | why | how | which | whose | does anyone | does anybody | do we | do you | do they
    did we
    did you | did the | can we | can you | can they | could you | could we | should we | shall we | will you | will we
    is it | is there | are there | are we | are you | anyone know | what about | how about | any objections
    кто | что | когда | где | куда | почему | зачем | сколько | какой | какая | какое | какие | как | чем | кому | кого
    хто | що | коли | де | куди | чому | навіщо | скільки | який | яка | яке | які | як | чим | кому | кого | чи | а чи
    """
)

_NO_REFUSAL = Phrases(
    "no problem | no worries | no doubt | no rush | no objections | не проблема | не вопрос | не питання"
)
_INDIRECT = Phrases(
    "asking | asked me | is asking | people ask | спрашивают | спрашивали | спросили | питають | питали | спитали"
)
_MEANT = word_set("давай давайте let's no нет ні yes да так")
_FIRST = 3
_ENOUGH = 2
_WHETHER = word_set("whether if ли чи")
_ASKS_WITHIN = Phrases(
    """
    does anyone know | does anybody know | anyone know | do they | do we know | should we | could we | can we
    кто-нибудь знает | кто знает | мы знаем | мы вообще знаем | знает ли | хтось знає | ми знаємо | а чи
    """
)


@dataclass(frozen=True)
class Line:
    """A sentence of an utterance; ``number`` counts lines, ``turn`` utterances, from 0."""

    number: int
    turn: int
    utterance_id: int
    speaker: str
    text: str
    asks: bool
    facts: Facts = field(repr=False, compare=False)
    parsed: Sentence = field(repr=False, compare=False)

    @cached_property
    def weight(self) -> int:
        """Return its weight: its words of content, and a number or day for one more."""
        counted = any(not number.soft for number in self.facts.numbers) or self.names_day
        return len(self.stems) + bool(counted)

    @cached_property
    def day_words(self) -> list[DayWord]:
        """Return its weekdays and days counted from today; parts of the day and seasons name none."""
        return [word for word in self.facts.day_words if word.kind in {"weekday", "relative"}]

    @property
    def names_day(self) -> bool:
        """Return whether it names a day."""
        return bool(self.facts.days or self.day_words)

    @property
    def norms(self) -> list[str]:
        """Return its tokens."""
        return self.facts.norms

    @cached_property
    def stems(self) -> frozenset[str]:
        """Return the stems of its words of content."""
        return frozenset(stem(norm) for norm in self.norms if is_content(norm))

    @cached_property
    def frames(self) -> list[frozenset[Frame]]:
        """Return how each of its clauses is meant."""
        return clause_frames(self.facts.tokens, self.parsed)

    @cached_property
    def all_frames(self) -> frozenset[Frame]:
        """Return how any of its clauses is meant."""
        return frozenset().union(*self.frames)

    def frames_at(self, at: int) -> frozenset[Frame]:
        """Return how the clause that holds a token is meant."""
        for clause, frames in zip(self.parsed.clauses, self.frames, strict=True):
            if clause.first <= at < clause.last:
                return frames
        return frozenset()

    def clause_start(self, at: int) -> int:
        """Return the first token of the clause that holds a token."""
        return next((c.first for c in self.parsed.clauses if c.first <= at < c.last), 0)

    def clause_end(self, at: int) -> int:
        """Return the token after the clause that holds a token."""
        return next((c.last for c in self.parsed.clauses if c.first <= at < c.last), len(self.norms))

    @cached_property
    def head(self) -> int:
        """Return the first token after words that only lead in."""
        at = 0
        while at < len(self.norms):
            found = next(LEADS.find(self.norms, at, min(at + 4, len(self.norms))), None)
            if found is None or found.first != at:
                break
            if self.norms[at] in APPROVES and not self._pauses_after(found.last - 1):
                break
            at = found.last
        return at if at < len(self.norms) else 0

    def _pauses_after(self, at: int) -> bool:
        """Return whether a mark parts a token from the next one, or none follows."""
        tokens = self.facts.tokens
        return at + 1 >= len(tokens) or any(c in ",.!?;:—–-…" for c in self.text[tokens[at].end : tokens[at + 1].start])

    @cached_property
    def tagged(self) -> bool:
        """Return whether it only asks for consent to what it states: "so we meet on Monday, right?"."""
        return self.asks and len(self.norms) > 2 and self.norms[-1] in _TAGS


@dataclass(frozen=True)
class Talk:
    """The lines of a meeting, also by turn."""

    lines: Sequence[Line]
    turns: Sequence[Sequence[Line]]
    people: Sequence[str]
    language: str = ""
    _names: dict[int, list[Name]] = field(default_factory=dict, repr=False, compare=False)
    _persons: dict[tuple[str, ...], str | None] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def _parts(self) -> dict[str, list[tuple[str, str]]]:
        """Return the words of the names with their names, by the first letter in Latin."""
        parts: dict[str, list[tuple[str, str]]] = {}
        for name in self.people:
            for part in norms_of(name):
                parts.setdefault(latin(part)[:1], []).append((part, name))
        return parts

    @cached_property
    def known(self) -> frozenset[str]:
        """Return the words of all names."""
        return frozenset(word for name in self.people for word in norms_of(name))

    @cached_property
    def mentions(self) -> Counter[str]:
        """Return how many lines name each word of a name."""
        return Counter(word for line in self.lines for name in self.names(line) for word in set(name.words))

    def names(self, line: Line) -> list[Name]:
        """Return the names in a line."""
        if line.number not in self._names:
            self._names[line.number] = names_in(line.text, line.facts.tokens, known=self.known)
        return self._names[line.number]

    def speaker(self, turn: int) -> str:
        """Return who speaks in a turn, or an empty text where it holds no word."""
        return self.turns[turn][0].speaker if self.turns[turn] else ""

    def replies(self, turn: int, count: int) -> list[Sequence[Line]]:
        """Return the next turns of others with words in them, at most ``count``."""
        speaker = self.speaker(turn)
        found: list[Sequence[Line]] = []
        for lines in self.turns[turn + 1 : turn + 1 + 2 * count]:
            if len(found) == count:
                break
            if lines and lines[0].speaker != speaker:
                found.append(lines)
        return found

    def person(self, norms: Sequence[str]) -> str | None:
        """Return the one participant or speaker whose name a word or two is a form of."""
        key = tuple(norms)
        if key not in self._persons:
            self._persons[key] = self._person(key)
        return self._persons[key]

    def _person(self, norms: Sequence[str]) -> str | None:
        found: set[str] | None = None
        for norm in norms:
            parts = self._parts.get(latin(norm)[:1], ()) if len(norm) > 2 else ()
            meant = {name for part, name in parts if same_name(norm, part)}
            found = meant if found is None else found & meant
        return next(iter(found)) if found and len(found) == 1 else None

    def quote(self, line: Line) -> DraftQuote:
        """Return the quote of a line, with its neighbours in the turn where it says too little alone."""
        turn = list(self.turns[line.turn])
        low = high = turn.index(line)
        if len(line.stems) < _ENOUGH:
            while word_count(_joined(turn[low : high + 1])) < MIN_WORDS and (low or high + 1 < len(turn)):
                if high + 1 < len(turn):
                    high += 1
                else:
                    low -= 1
        quoted = turn[low : high + 1]
        # Fewer words are found in the transcript only where they are a whole sentence.
        enough = word_count(_joined(quoted)) >= MIN_WORDS
        return DraftQuote(quote=_trimmed(quoted) if enough else line.text, utterance_id=line.utterance_id)


def talk_of(transcript: Transcript, people: Sequence[str]) -> Talk:
    """Return the talk of a transcript; linear in its length."""
    speakers = dict.fromkeys(utterance.speaker for utterance in transcript.utterances)
    named = [name for name in dict.fromkeys([*people, *speakers]) if not any(c.isdigit() for c in name)]
    full = [name for name in named if not any(name != other and _within(name, other) for other in named)]
    lines: list[Line] = []
    turns: list[list[Line]] = []
    for turn, utterance in enumerate(transcript.utterances):
        spoken: list[Line] = []
        for piece in pieces_of(utterance):
            facts = Facts(piece)
            for parsed in sentences_of(piece, facts.tokens):
                end = facts.tokens[parsed.last].start if parsed.last < len(facts.tokens) else len(piece)
                text = piece[facts.tokens[parsed.first].start : end].strip()
                alone = Facts(text)
                (sentence, *_) = sentences_of(text, alone.tokens)
                line = Line(
                    number=len(lines),
                    turn=turn,
                    utterance_id=utterance.id,
                    speaker=utterance.speaker,
                    text=text,
                    asks=parsed.asks,
                    facts=alone,
                    parsed=sentence,
                )
                if _INDIRECT.any(line.norms) and not _WHETHER.isdisjoint(line.norms):
                    line = replace(line, asks=True)
                if not parsed.ends and _begins_as_question(line):
                    line = replace(line, asks=True)
                lines.append(line)
                spoken.append(line)
        turns.append(spoken)
    return Talk(lines, turns, full, transcript.language)


def accepts(lines: Sequence[Line], asked: Line | None = None) -> bool:
    """Return whether an answer consents to what the asked line says."""
    # Russian «так» only leads in; in Ukrainian it is "yes".
    if lines and lines[0].norms[:1] == ["так"] and any(c in "ыэъё" for line in lines for c in line.text):
        return False
    if not lines or (lines[0].asks and not lines[0].tagged and len(lines) == 1 and not _opens(lines[0], ACCEPTS)):
        return False
    if asked is not None and NO_OBJECTION.any(asked.norms):
        return refuses(lines[:1]) or _opens(lines[0], ACCEPTS)
    return any(_opens(line, ACCEPTS) for line in lines[:2]) and not any(refuses([line]) for line in lines[:2])


def refuses(lines: Sequence[Line]) -> bool:
    """Return whether an answer refuses or doubts."""
    return any(_refuses_at_once(line) and not _NO_REFUSAL.any(line.norms[:4]) for line in lines[:2])


def leaves_open(lines: Sequence[Line]) -> bool:
    """Return whether an answer leaves a question open."""
    return any(UNKNOWN.any(line.norms) for line in lines)


def is_apart(line: Line, at: int) -> bool:
    """Return whether a comma stands before a token."""
    tokens = line.facts.tokens
    return 0 < at < len(tokens) and "," in line.text[tokens[at - 1].end : tokens[at].start]


def _opens(line: Line, phrases: Phrases) -> bool:
    """Return whether one of the phrases stands among the first words."""
    norms = line.norms
    return any(
        phrases.starts(norms, at)
        for at in range(min(max(line.head + 1, _FIRST if not line.head else 0), _FIRST, len(norms)))
    )


def _refuses_at_once(line: Line) -> bool:
    norms = line.norms
    return any(REFUSES.starts(norms, at) for at in {0, line.head, *range(min(3, line.head + 1))} if at < len(norms))


def _begins_as_question(line: Line) -> bool:
    at = line.head
    return (at < len(line.norms) and _ASKS.starts(line.norms, at)) or _ASKS_WITHIN.any(line.norms)


def _within(name: str, other: str) -> bool:
    words = norms_of(other)
    return all(word in words for word in norms_of(name))


def _joined(lines: Sequence[Line]) -> str:
    return " ".join(line.text for line in lines)


def _trimmed(lines: Sequence[Line]) -> str:
    """Return the lines without the words that lead in, as long as enough is left to be quoted."""
    text, first = _joined(lines), lines[0]
    # "Let's" and its like say how a sentence is meant: they stay.
    head = next((at for at in range(first.head) if first.norms[at] in _MEANT), first.head)
    if 0 < head < len(first.norms):
        rest = text[first.facts.tokens[head].start :]
        if word_count(rest) >= MIN_WORDS:
            return rest
    return text
