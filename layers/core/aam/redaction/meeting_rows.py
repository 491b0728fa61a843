"""Redact one person in the rows of one meeting, in one transaction, so that a kill leaves all or nothing of it.

In a meeting of their own (``own``) what they said goes as well, and with it whatever rests on it: quotes, the items
that stand on these, and the prompts that held the transcript.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import undefer

from aam.artifacts.models import ArtifactsRow, LLMInteraction, Validation
from aam.evidence.schemas import CheckedArtifacts
from aam.foundation.sql import any_of
from aam.foundation.tables import Base, JsonObject
from aam.meetings.models import Meeting, MeetingParticipant
from aam.pipeline.models import ProcessingError
from aam.redaction.name_matching import ERASED, Person
from aam.redaction.person_records import Labels, labels_of
from aam.transcription.models import SpeakerNameRow, TranscriptRow, UtteranceRow
from aam.uploads.facts import brings_transcript
from aam.uploads.models import UploadBlob
from aam.uploads.status import UploadStatus
from aam.uploads.subject import Subject

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

TITLE_MAX = 300
BLIND = {"synchronize_session": False}
REPEATED = frozenset(
    {"utterances", "speaker_names", "transcripts", "artifacts", "llm_interactions", UploadBlob.__tablename__}
)


@dataclass
class Redaction:
    """Changes in one meeting, and whether a speaker was found to be the person.

    ``named`` are uploads whose files are known to hold the name.
    """

    meeting_id: UUID
    known: Person
    own: bool
    others: Collection[str] = ()
    named: Collection[UUID] = ()
    counts: Counter[str] = field(default_factory=Counter)
    transcripts: int = 0
    spoke: bool = False

    @cached_property
    def fields(self) -> Person:
        """Return the person as titles and other fields may name them."""
        return replace(self.known, in_any_case=self.known.known)

    @property
    def heard(self) -> bool:
        """Return whether a change affects derived objects too: words, minutes, calls, or the file itself."""
        return any(count for table, count in self.counts.items() if table in REPEATED)

    @property
    def unrecognised(self) -> bool:
        """Return whether the person took part and their words could not be told from others'."""
        return self.own and self.transcripts > 0 and not self.spoke

    def change(self, row: Base, *names: str) -> None:
        """Put the pseudonym into texts and documents of a row."""
        changed, somebody = False, self.known if row.__tablename__ in REPEATED else self.fields
        for name in names:
            before = getattr(row, name)
            after = somebody.json(before, key=name)
            if name == "title":
                after = str(after)[:TITLE_MAX]
            if after != before:
                setattr(row, name, after)
                changed = True
        self.counts[row.__tablename__] += changed

    def run(self, session: Session) -> None:
        """Change the meeting's rows."""
        self.change(
            session.get_one(Meeting, self.meeting_id), "title", "speech", "consent_by", "consent_note", "consent_basis"
        )
        for somebody in session.scalars(
            select(MeetingParticipant).where(MeetingParticipant.meeting_id == self.meeting_id)
        ):
            self.change(somebody, "role_title")
        for error in session.scalars(select(ProcessingError).where(ProcessingError.meeting_id == self.meeting_id)):
            self.change(error, "message")
        for verdict in session.scalars(select(Validation).where(Validation.meeting_id == self.meeting_id)):
            self.change(verdict, "comment")
        self.calls(session)
        for transcript in session.scalars(select(TranscriptRow).where(TranscriptRow.meeting_id == self.meeting_id)):
            self.transcript(session, transcript)
        self.uploads(session)
        session.flush()

    def calls(self, session: Session) -> None:
        """Empty the calls to language models of an own meeting: their prompts hold the transcript."""
        for call in session.scalars(select(LLMInteraction).where(LLMInteraction.meeting_id == self.meeting_id)):
            if not self.own:
                self.change(call, "prompt", "response")
            elif call.prompt != ERASED:
                call.prompt, call.response = ERASED, None
                self.counts[LLMInteraction.__tablename__] += 1

    def transcript(self, session: Session, transcript: TranscriptRow) -> None:
        """Take the person out of a transcript and of the artifacts that were made from it."""
        self.change(transcript, "notes", "label")
        labels = labels_of(session, transcript.id, self.known, self.others) if self.own else Labels()
        mine = self.silence(session, transcript.id, labels.theirs) if labels.theirs else set()
        self.transcripts += 1
        self.spoke = self.spoke or bool(mine)
        spared = self.utterances(session, transcript.id, labels)
        self.speakers(session, transcript.id, labels)
        for artifacts in session.scalars(select(ArtifactsRow).where(ArtifactsRow.transcript_id == transcript.id)):
            document = self.document(artifacts.document, mine, spared)
            if document != artifacts.document:
                artifacts.document = document
                self.counts[ArtifactsRow.__tablename__] += 1

    def silence(self, session: Session, transcript_id: UUID, labels: Collection[str]) -> set[int]:
        """Blank what is said under these labels; the numbers of the utterances."""
        of_them = (UtteranceRow.transcript_id == transcript_id, any_of(UtteranceRow.speaker, sorted(labels)))
        session.execute(
            update(UtteranceRow).where(*of_them).values(text=ERASED, words=[], confidence=None), execution_options=BLIND
        )
        numbers = set(session.scalars(select(UtteranceRow.number).where(*of_them)))
        self.counts["utterances"] += len(numbers)
        return numbers

    def utterances(self, session: Session, transcript_id: UUID, labels: Labels) -> dict[int, str]:
        """Put the pseudonym into what others said; the words of such an utterance go, for they have the name too.

        Gives the labels that stay because another bears that name, by the numbers of the utterances.
        """
        spared = {}
        for row in session.scalars(
            select(UtteranceRow).where(UtteranceRow.transcript_id == transcript_id).options(undefer(UtteranceRow.words))
        ):
            text, speaker = self.known.text(row.text), self.label(row.speaker, labels)
            if row.speaker in labels.others:
                spared[row.number] = row.speaker
            if text != row.text:
                row.text, row.words = text, []
                self.counts["utterances"] += 1
            if speaker != row.speaker:
                row.speaker = speaker
        return spared

    def label(self, label: str, labels: Labels) -> str:
        """Return a speaker's label without the name, unless it is another's of that name."""
        if label in labels.others:
            return label
        return self.known.pseudonym if self.known.is_label(label) else self.known.text(label, called=True)

    def speakers(self, session: Session, transcript_id: UUID, labels: Labels) -> None:
        """Rename the person's labels, and take the name out of what others were called and proposed."""
        rows = session.scalars(select(SpeakerNameRow).where(SpeakerNameRow.transcript_id == transcript_id)).all()
        taken = {row.label for row in rows}
        for row in rows:
            if row.label in labels.theirs:
                row.name, row.named_by, row.named_at = self.known.pseudonym, None, None
                row.proposed_name = row.quote = row.utterance_number = None
                self.counts["speaker_names"] += 1
            else:
                bare = row.label in labels.others and row.name is not None and not self.known.is_named(row.name)
                self.change(row, *(() if bare else ("name",)), "proposed_name", "quote")
            label = self.label(row.label, labels)
            if label != row.label and label in taken:
                session.delete(row)  # two labels of one person become one
            elif label != row.label:
                taken.add(label)
                session.execute(
                    update(SpeakerNameRow)
                    .where(SpeakerNameRow.transcript_id == transcript_id, SpeakerNameRow.label == row.label)
                    .values(label=label),
                    execution_options=BLIND,
                )

    def document(self, document: JsonObject, mine: set[int], spared: Mapping[int, str]) -> JsonObject:
        """Return artifacts without the person: quotes of theirs go, and the words of every item that rests on one."""
        changed: JsonObject = self.known.json(document)
        for section in changed.get("sections", ()):
            for part in ("items", "unsupported"):
                section[part] = [self.item(item, mine, spared) for item in section.get(part, ())]
        if changed != document:
            CheckedArtifacts.model_validate(changed)  # nobody could read what does not fit any more
        return changed

    def item(self, item: JsonObject, mine: set[int], spared: Mapping[int, str]) -> JsonObject:
        """Return an item; a rejected one may hold any speaker's words, so it goes in every meeting of theirs."""
        quotes = [self.quote(quote, mine, spared) for quote in item.get("quotes", ())]
        rests = any(quote["quote"] == ERASED for quote in quotes)
        rejected = item.get("rejected_quotes", ())
        if not self.own:
            return {**item, "quotes": quotes}
        fields = [{**each, "value": None} for each in item.get("fields", ())] if rests else item.get("fields", [])
        return {
            **item,
            "quotes": quotes,
            "rejected_quotes": [{**each, "quote": ERASED} for each in rejected],
            "problems": [{**each, "about": ""} for each in item.get("problems", ())],
            "fields": fields,
            "text": ERASED if rests else item.get("text", ""),
        }

    def quote(self, quote: JsonObject, mine: set[int], spared: Mapping[int, str]) -> JsonObject:
        """Return a quote; one that touches an utterance of theirs is blanked."""
        first = int(quote["utterance_id"])
        if first in spared and quote.get("speaker"):
            quote = {**quote, "speaker": spared[first]}
        cited = set(range(first, int(quote.get("last_utterance_id") or first) + 1))
        return {**quote, "quote": ERASED, "original": None} if cited & mine else quote

    def uploads(self, session: Session) -> None:
        """Give up the uploads of an own meeting, those whose file is called after the person, and texts with the name.

        A transcript that was brought would bring the name back when the meeting is processed again.
        """
        heard = self.heard
        for row in session.scalars(select(UploadBlob).where(UploadBlob.meeting_id == self.meeting_id)):
            brought = heard and row.status == UploadStatus.RECEIVED and brings_transcript(row)
            called = self.fields.text(row.filename) != row.filename
            if (self.own or called or brought or row.id in self.named) and row.filename != ERASED:
                give_up(row)
                self.counts[UploadBlob.__tablename__] += 1


def give_up(row: UploadBlob) -> None:
    """Say of an upload that its object is gone, under a name that says nothing."""
    row.filename, row.etag, row.version_id = ERASED, None, None
    row.key = Subject(row.meeting_id).uploaded(f"erased-{row.id}")
    row.status = UploadStatus.EXPIRED if row.status == UploadStatus.RECEIVED else UploadStatus.ABORTED
