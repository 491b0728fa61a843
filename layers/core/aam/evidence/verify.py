"""The check of a whole draft against the transcript that it was made from.

Nothing here asks a model: a quote stands in the transcript or it does not, and a claim stands in the quotes
or it does not.  Texts are data; nothing in them is followed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from aam.evidence.facts import Facts
from aam.evidence.locate import Index
from aam.evidence.meaning import Meaning
from aam.evidence.people import Speech
from aam.evidence.schemas import (
    CheckedArtifacts,
    DraftArtifacts,
    DraftItem,
    DraftSection,
    FieldKind,
    Item,
    ItemField,
    Limits,
    Problem,
    Quote,
    RejectedQuote,
    Section,
    Support,
)
from aam.evidence.support import Evidence
from aam.language.cleaning import clean, hidden_in
from aam.language.tokens import norms_of
from aam.transcription.schemas import Transcript

_LONGEST_FIELD = 2_000
# Fields that name who says a thing, not whose it is.
_SPOKEN_BY = frozenset({"asked_by", "given_by"})
# What models and people write when a fact is absent.
_NOT_STATED = frozenset(
    {
        "",
        "not stated",
        "none",
        "null",
        "n a",
        "na",
        "unknown",
        "unspecified",
        "not specified",
        "tbd",
        "не указано",
    }
    | {"не указан", "не указана", "неизвестно", "не вказано", "не вказаний", "невідомо", "нет", "немає"}
)


def verify(
    document: DraftArtifacts,
    *,
    transcript: Transcript,
    people: Sequence[str],
    meeting_date: date | None = None,
    limits: Limits | None = None,
) -> CheckedArtifacts:
    """Check every quote, number, date, amount and person of a draft.

    ``people`` are the meeting's participants; the transcript's speakers are added.  A field without support
    becomes None ("not stated"); an item without a standing quote, or whose text claims what its quotes do
    not, stands among ``Section.unsupported`` with its problems.  ``meeting_date`` vouches for the year of a
    date that was said without one; without it such a field keeps the words that were said.
    """
    limits = limits or Limits()
    speakers = list(dict.fromkeys(u.speaker for u in transcript.utterances))[: limits.speakers]
    named = [words for words in (norms_of(name) for name in dict.fromkeys([*people, *speakers])) if words]
    # Labels such as "Speaker 1" name nobody: they would make "speaker" a name and 1 a supported number.
    labels = [speaker for speaker in speakers if any(c.isdigit() for c in speaker)]
    persons = [words for words in named if not any(word.isdigit() for word in words)]
    known = frozenset(word for words in persons for word in words)
    checker = _Checker(Index(transcript, limits, names=known), persons, labels[:200], known, meeting_date)
    return CheckedArtifacts(
        engine=document.engine,
        model=document.model,
        prompt_version=document.prompt_version,
        label=document.label,
        language=document.language,
        sections=tuple(_section(checker, draft) for draft in document.sections),
    )


def _section(checker: _Checker, draft: DraftSection) -> Section:
    items = [checker.item(f"{draft.kind}-{number}", item, draft.kind) for number, item in enumerate(draft.items, 1)]
    return Section(
        kind=draft.kind,
        title=draft.title,
        items=tuple(item for item in items if item.support is not Support.UNSUPPORTED),
        unsupported=tuple(item for item in items if item.support is Support.UNSUPPORTED),
        left_out=draft.left_out,
    )


class _Checker:
    """Checks items one by one against one transcript."""

    def __init__(
        self,
        index: Index,
        people: Sequence[Sequence[str]],
        labels: Sequence[str],
        known: frozenset[str],
        meeting_date: date | None,
    ) -> None:
        self._index = index
        self._meaning = Meaning(index.transcript)
        self._people, self._labels, self._known, self._meeting_date = people, labels, known, meeting_date
        self._facts: dict[str, Facts] = {}

    def _facts_of(self, quote: str) -> Facts:
        """Return the facts of a quote, read once however many items have it."""
        return self._facts.setdefault(quote, Facts(quote))

    def item(self, item_id: str, draft: DraftItem, section: str) -> Item:
        limits = self._index.limits
        hidden = hidden_in(draft.text)
        draft = _cleaned(draft)
        located = [self._index.locate(quote) for quote in draft.quotes[: limits.quotes]]
        quotes = tuple(dict.fromkeys(found for found in located if isinstance(found, Quote)))
        rejected = tuple(found for found in located if isinstance(found, RejectedQuote))
        evidence = Evidence(
            speeches=[
                Speech(self._facts_of(quote.quote), tuple(quote.speaker.split(" / ")), self._index.window(quote))
                for quote in quotes
            ],
            participants=self._people,
            labels=self._labels,
            meeting_date=self._meeting_date,
            known_names=self._known,
            around=self._index.around(quotes),
            nearby=[Speech(self._facts_of(text), (speaker,)) for speaker, text in self._index.nearby(quotes)],
        )
        problems = [Problem(code=f"quote_{found.reason}", about=found.quote[:200]) for found in rejected]
        support = Support.QUOTED if quotes else Support.UNSUPPORTED
        if not draft.quotes:
            problems.append(Problem(code="no_quotes"))
        fields = []
        disowned = False
        for field in draft.fields:
            kept, problem = _checked_field(field, evidence)
            fields.append(kept)
            problems.extend([problem] if problem else [])
            # An owner that nothing supports is not stated; a text that says so as well is not supported either.
            if problem is not None and field.kind is FieldKind.PERSON:
                disowned = disowned or _is_claimed(field.value or "", draft.text, evidence)
        if len(draft.quotes) > limits.quotes:
            problems.append(Problem(code="too_many_quotes"))
        if len(draft.text) > limits.text_characters:
            support = Support.UNSUPPORTED
            problems.append(Problem(code="text_too_long"))
        elif not norms_of(draft.text):
            support = Support.UNSUPPORTED
            problems.append(Problem(code="empty_text"))
        elif hidden is not None:
            support = Support.UNSUPPORTED
            problems.append(Problem(code="hidden_characters", about=hidden[:200]))
        elif quotes and (missing := evidence.unsupported(draft.text)):
            support = Support.UNSUPPORTED
            problems.append(Problem(code=missing.code, about=missing.about[:200]))
        elif quotes and disowned:
            support = Support.UNSUPPORTED
            problems.append(Problem(code="owner_not_in_quotes"))
        elif quotes:
            meaning = self._meaning.judge(draft.text, quotes, section)
            support = meaning.support
            problems.extend(meaning.problems)
        return Item(
            id=item_id,
            text=draft.text,
            priority=draft.priority,
            fields=tuple(fields),
            quotes=quotes,
            rejected_quotes=rejected,
            support=support,
            problems=tuple(problems),
        )


def _is_claimed(owner: str, text: str, evidence: Evidence) -> bool:
    """Return whether a text gives a task to an owner who neither took it on nor is one of the "we" who did."""
    return evidence.owners.speaks_of(Facts(text), owner) and not evidence.owners.takes_part(owner)


def _cleaned(draft: DraftItem) -> DraftItem:
    """Return the draft without invisible characters."""
    fields = tuple(
        field.model_copy(update={"value": clean(field.value) if field.value is not None else None})
        for field in draft.fields
    )
    return draft.model_copy(update={"text": clean(draft.text), "fields": fields})


def _checked_field(field: ItemField, evidence: Evidence) -> tuple[ItemField, Problem | None]:
    """Return the field as it may stay, and what was wrong with it."""
    value = (field.value or "").strip()
    if " ".join(norms_of(value)) in _NOT_STATED:
        return field.model_copy(update={"value": None}), None
    code = _field_problem(field, value, evidence) if len(value) <= _LONGEST_FIELD else "field_too_long"
    if code is None:
        return field.model_copy(update={"value": value}), None
    problem = Problem(code=code, field=field.name, about=value[:200])
    kept = evidence.own_words(value) if field.kind is FieldKind.DATE else None
    return field.model_copy(update={"value": kept}), problem


def _field_problem(field: ItemField, value: str, evidence: Evidence) -> str | None:
    kind = field.kind
    if kind is FieldKind.CHOICE:
        return None
    if kind is FieldKind.PERSON:
        if field.name in _SPOKEN_BY and evidence.owners.speaks(value):
            return None
        return None if evidence.owners.owns(value) else "owner_not_in_quotes"
    missing = evidence.unsupported(value, is_field=True)
    if missing:
        return missing.code
    facts = Facts(value)
    times = facts.days or facts.day_words or facts.clocks or facts.spans
    checkable = bool(times or facts.numbers) if kind is FieldKind.DATE else bool(facts.numbers)
    # "As soon as possible" and "a few thousand" hold nothing to compare: such words must have been said as
    # they are.
    if kind is not FieldKind.TEXT and not checkable and not evidence.has_words(value):
        return "date_not_in_quotes" if kind is FieldKind.DATE else "number_not_in_quotes"
    return None
