"""The second reader: a request of its own that says whether quotes mean what quoted items claim.

Items are shown in batches, with their quotes and the utterances around them.  The reader writes nothing of the minutes;
what it answers about items that it was not asked about is left out.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import ConfigDict, Field, ValidationError

from aam.artifacts import errors
from aam.artifacts.catalogue import PromptText
from aam.artifacts.lenient_json import LooseNumber, Word, largest_object_in
from aam.artifacts.model_client import OK, ModelClient
from aam.artifacts.prompts import Prompt
from aam.artifacts.schemas import Artifacts, Item, Purpose, Quote, Support
from aam.artifacts.windows import BYTES_PER_TOKEN, between_marks, letter_of, one_line, short_name
from aam.evidence.confirmation import REASON_CHARACTERS, Reading, Readings, Verdict
from aam.evidence.schemas import SecondReader
from aam.foundation.schemas import Value
from aam.transcription.schemas import Transcript

BATCH_ITEMS, BATCH_TOKENS = 20, 5_000
MAX_ITEMS = 400
"""More items of one meeting are not paid for; the rest stays quoted."""

TOO_MANY = "too_many_items"
AROUND = 2
"""Utterances shown before and after those that are quoted."""

_TEXT_CHARACTERS, _FIELD_CHARACTERS, _QUOTE_CHARACTERS = 2_000, 200, 600
_BEFORE_QUOTE, _AFTER_QUOTE, _NEIGHBOUR_CHARACTERS = 240, 240, 240
_QUOTES = 6
"""Quotes of an item that are shown: those that windows were put together with say the same once more."""

_WORD_CHARACTERS = 40
"""How far a cut looks for the end of a word."""

_LEFT_OUT = "…"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "verdicts": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "item": {"type": "integer"},
                    "reason": {"type": "string"},
                    "verdict": {"type": "string", "enum": [verdict.value for verdict in Verdict]},
                },
                "required": ["item", "reason", "verdict"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["verdicts"],
    "additionalProperties": False,
}


class _Answer(Value):
    model_config = ConfigDict(extra="forbid", strict=True)

    item: LooseNumber
    reason: str
    verdict: Annotated[Verdict, Field(strict=False), Word]


class _Reply(Value):
    model_config = ConfigDict(extra="forbid", strict=True)

    verdicts: list[_Answer]


@dataclass(frozen=True)
class Claim:
    """A quoted item and the kind of its section."""

    kind: str
    item: Item


def read_meaning(artifacts: Artifacts, transcript: Transcript, *, prompt: PromptText, client: ModelClient) -> Readings:
    """Return what the second reader says of the quoted items.

    A batch that it refuses, or answers in no usable form, is left without verdicts.  Raises what asking raises
    otherwise, so that the work is repeated, or given up.
    """
    asked = Claims(transcript, prompt, client)
    claims = claims_of(artifacts)
    readings: list[Reading] = []
    outcome = OK if len(claims) <= MAX_ITEMS else TOO_MANY
    for batch in asked.batches(claims[:MAX_ITEMS]):
        found, met = asked.ask(batch)
        readings += found
        outcome = met if outcome == OK else outcome
    return Readings(
        second_reader=SecondReader(outcome=outcome, model=client.model, prompt_version=prompt.version),
        readings=tuple(readings),
    )


def claims_of(artifacts: Artifacts) -> list[Claim]:
    """Return the items to be asked about, in the order of time, so that neighbours share their context."""
    found = [
        Claim(section.kind, item)
        for section in artifacts.sections
        for item in section.items
        if item.support is Support.QUOTED and len(item.text) <= _TEXT_CHARACTERS
    ]
    return sorted(found, key=lambda claim: min(quote.utterance_id for quote in claim.item.quotes))


class Claims:
    """Lays claims before the reader, with what was said around their quotes, and takes in its verdicts."""

    def __init__(self, transcript: Transcript, prompt: PromptText, client: ModelClient) -> None:
        self._prompt, self._client = prompt, client
        self._utterances = transcript.utterances
        self._known: dict[int, str] = {}
        self._places = {utterance.id: place for place, utterance in enumerate(transcript.utterances)}

    def batches(self, claims: Sequence[Claim]) -> Iterator[list[Claim]]:
        """Yield claims in batches that one request may show."""
        batch: list[Claim] = []
        for claim in claims:
            if batch and (len(batch) == BATCH_ITEMS or self._size([*batch, claim]) > BATCH_TOKENS * BYTES_PER_TOKEN):
                yield batch
                batch = []
            batch.append(claim)
        if batch:
            yield batch

    def ask(self, batch: Sequence[Claim]) -> tuple[list[Reading], str]:
        """Return the verdicts about a batch and OK, or none and the code of what went wrong.

        One whose answer was cut off, or that is too long for the model, is asked about in halves.
        """
        prompt = Prompt(
            purpose=Purpose.READ,
            prompt_version=self._prompt.version,
            system=self._prompt.text,
            data=between_marks(self._lines(batch)),
            name="verdicts",
            schema=SCHEMA,
        )
        try:
            return _readings(self._client.ask(prompt, _read), batch), OK
        except (errors.ModelReplyTruncated, errors.MeetingTooLong) as error:
            if len(batch) == 1:
                return [], error.code
            half = len(batch) // 2
            (first, one), (second, other) = self.ask(batch[:half]), self.ask(batch[half:])
            return [*first, *second], one if one != OK else other
        except (errors.ModelRefused, errors.ModelContentFiltered, errors.ModelReplyMismatch) as error:
            return [], error.code

    def _size(self, batch: Sequence[Claim]) -> int:
        return sum(len(line.encode()) + 1 for line in self._lines(batch))

    def _lines(self, batch: Sequence[Claim]) -> list[str]:
        shown = self._shown(batch)
        speakers = dict.fromkeys(self._utterances[place].speaker for place in shown)
        letters = {speaker: letter_of(number) for number, speaker in enumerate(speakers)}
        head = {"speakers": {letter: short_name(speaker) for speaker, letter in letters.items()}}
        said = []
        for place, text in shown.items():
            utterance = self._utterances[place]
            said.append(f"{utterance.id}{letters[utterance.speaker]} {text}")
        return [_json(head), *said, *(_line(number, claim) for number, claim in enumerate(batch, 1))]

    def _shown(self, batch: Sequence[Claim]) -> dict[int, str]:
        """Return the places of the utterances that are shown, in order, and the shown part of each."""
        spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for claim in batch:
            for quote in claim.item.quotes[:_QUOTES]:
                first, last = self._places[quote.utterance_id], self._places[quote.last_utterance_id]
                for place in range(max(0, first - AROUND), min(len(self._utterances), last + AROUND + 1)):
                    spans[place].append(_span(self._utterances[place].id, self._text(place), quote))
        return {place: _clipped(self._text(place), spans[place]) for place in sorted(spans)}

    def _text(self, place: int) -> str:
        """Return an utterance as one line, made once: it may be a whole meeting, and stand in every batch."""
        if place not in self._known:
            self._known[place] = one_line(self._utterances[place].text)
        return self._known[place]


def _span(utterance_id: int, line: str, quote: Quote) -> tuple[int, int]:
    """Return the span of an utterance's line that a reader of the quote has to see."""
    if utterance_id < quote.utterance_id:
        return len(line) - _NEIGHBOUR_CHARACTERS, len(line)
    if utterance_id > quote.last_utterance_id:
        return 0, _NEIGHBOUR_CHARACTERS
    if quote.utterance_id == quote.last_utterance_id:
        words = one_line(quote.quote)
        at = max(line.find(words), 0)
        return at - _BEFORE_QUOTE, at + len(words) + _AFTER_QUOTE
    if utterance_id == quote.utterance_id:
        return len(line) - _QUOTE_CHARACTERS, len(line)
    return 0, _QUOTE_CHARACTERS


def _clipped(line: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return the line without parts that are far from every span; cut between words of usual length."""
    pieces: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        start, end = max(0, start), min(len(line), end)
        if start > 0:
            start = max(start, line.find(" ", start, start + _WORD_CHARACTERS) + 1)
        if end < len(line):
            space = line.find(" ", end, end + _WORD_CHARACTERS)
            end = end if space < 0 else space
        if pieces and start <= pieces[-1][1] + 1:
            pieces[-1] = (pieces[-1][0], max(pieces[-1][1], end))
        else:
            pieces.append((start, end))
    shown = f" {_LEFT_OUT} ".join(line[start:end] for start, end in pieces)
    before = f"{_LEFT_OUT} " if pieces[0][0] > 0 else ""
    after = f" {_LEFT_OUT}" if pieces[-1][1] < len(line) else ""
    return f"{before}{shown}{after}"


def _line(number: int, claim: Claim) -> str:
    item = claim.item
    fields = {field.name: one_line(field.value[:_FIELD_CHARACTERS]) for field in item.fields if field.value}
    quotes = [
        {"utterance": q.utterance_id, "quote": one_line(q.quote[:_QUOTE_CHARACTERS])} for q in item.quotes[:_QUOTES]
    ]
    text = one_line(item.text)
    return _json({"item": number, "section": claim.kind, "text": text, "fields": fields, "quotes": quotes})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _read(content: str) -> list[_Answer]:
    try:
        return _Reply.model_validate(largest_object_in(content)).verdicts
    except ValidationError:
        raise errors.ModelReplyMismatch from None


def _readings(answers: Sequence[_Answer], batch: Sequence[Claim]) -> list[Reading]:
    """Return the verdicts by item; numbers that were never given are left out, and so is an item with two verdicts."""
    said: dict[int, list[_Answer]] = defaultdict(list)
    for answer in answers:
        said[answer.item].append(answer)
    found = []
    for number, claim in enumerate(batch, 1):
        if len({answer.verdict for answer in said[number]}) == 1:
            answer = said[number][0]
            reason = "".join(filter(str.isprintable, one_line(answer.reason)))[:REASON_CHARACTERS]
            found.append(Reading(item_id=claim.item.id, verdict=answer.verdict, reason=reason))
    return found
