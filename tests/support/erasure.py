"""A small world for erasures: real PostgreSQL, buckets in memory, and one meeting with two people who talk."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Set
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from aam.artifacts.models import ArtifactsRow, LLMInteraction, Validation
from aam.erasure.dependencies import ErasureDeps
from aam.erasure.erasure_ledger import Ledger
from aam.erasure.replay import replay
from aam.erasure.schemas import Certificate, EraseRequest, Preview, Report, Swept
from aam.erasure.service import certificate, erase, sweep
from aam.foundation.clock import new_id
from aam.foundation.storage import ObjectStore
from aam.foundation.tables import Base
from aam.identity.models import User
from aam.meetings.models import DirectoryParticipant, Meeting, MeetingParticipant
from aam.pipeline.models import ProcessingError, ProcessingRun
from aam.pipeline.schemas import Person, RunContext, RunInput, UploadContext
from aam.redaction.schemas import SubjectKind
from aam.store.bucket import Bucket
from aam.transcription.models import SpeakerNameRow, TranscriptRow, UtteranceRow
from aam.transcription.schemas import Transcript, Utterance
from aam.uploads.models import UploadBlob
from tests.support.erased_minutes import minutes
from tests.support.memory_s3 import MemoryClient
from tests.support.retention import World

ANNA, MARK = "Anna Petrova", "Mark Stone"
ROLES = {ANNA: "Head of seaweed", MARK: "Engineer"}
TALK = (
    (ANNA, "I am Anna and the secret budget is 400."),
    (MARK, "Thanks, Anna Petrova, the launch is agreed."),
    ("Speaker 3", "Mark my words, Petrova said so."),
)
MINE, OTHERS = "the secret budget is 400", "the launch is agreed"


@dataclass
class MessageQueues:
    """Queues in memory."""

    bodies: list[str] = field(default_factory=list)

    def remove(self, words: Set[str], *, spared: Set[str] = frozenset()) -> Counter[str]:
        """Delete those that hold one of the words."""
        kept = [body for body in self.bodies if not any(word in body for word in words)]
        removed, self.bodies = len(self.bodies) - len(kept), kept
        return Counter({"dead_letters": removed})


@dataclass(frozen=True)
class Talk:
    """Ids of a meeting in which a person speaks."""

    id: UUID
    client_id: UUID
    run_id: UUID
    transcript_id: UUID
    upload_id: UUID


@dataclass
class ErasureWorld(World):
    """Everything that an erasure can see."""

    copies: MemoryClient = field(init=False)
    books: MemoryClient = field(init=False)
    message_queues: MessageQueues = field(default_factory=MessageQueues)
    revoked: list[UUID] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make a bucket of copies and the ledger's."""
        super().__post_init__()
        self.copies = MemoryClient(clock=lambda: self.now, versioned=True)
        self.books = MemoryClient(clock=lambda: self.now, versioned=True)

    @property
    def ledger(self) -> Ledger:
        """Return the ledger."""
        return Ledger(ObjectStore(self.books, "aam-ledger-test"), lambda: "s" * 64)  # type: ignore[arg-type]

    @property
    def erasing(self) -> ErasureDeps:
        """Return the dependencies of the use cases."""
        return ErasureDeps(
            bucket=self.bucket,
            backups=Bucket(ObjectStore(self.copies, "aam-copies-test")),  # type: ignore[arg-type]
            ledger=self.ledger,
            open_transaction=self.database.transaction,
            table=self.table,  # type: ignore[arg-type]
            message_queues=self.message_queues,
            clock=lambda: self.now,
            stop_execution=self.stopped.append,
            revoke=self.revoked.append,
            url_life=timedelta(minutes=75),
        )

    # ------------------------------------------------------------------ making things

    def user(self, name: str, email: str) -> UUID:
        """Return another user of the organization."""
        user_id = new_id()
        self.insert(
            User(id=user_id, organization_id=self.organization_id, email=email, full_name=name, password_hash="x")
        )
        return user_id

    def directory(self, name: str, **more: Any) -> UUID:
        """Return a participant of the directory."""
        entry_id = new_id()
        self.insert(DirectoryParticipant(id=entry_id, organization_id=self.organization_id, full_name=name, **more))
        return entry_id

    def participant(self, meeting_id: UUID, name: str, *, of: UUID | None = None) -> UUID:
        """Add a participant to a meeting, and return the id."""
        copy_id = new_id()
        self.insert(
            MeetingParticipant(
                id=copy_id,
                organization_id=self.organization_id,
                meeting_id=meeting_id,
                full_name=name,
                role_title=ROLES.get(name),
                directory_participant_id=of,
            )
        )
        return copy_id

    def talk(
        self,
        *,
        said: tuple[tuple[str, str], ...] = TALK,
        filename: str = "talk.mp3",
        people: tuple[str, ...] = (),
        known: tuple[str, ...] = (),
        status: str = "succeeded",
        client_id: UUID | None = None,
        owner_id: UUID | None = None,
        title: str = "T",
        prompt: str | None = None,
    ) -> Talk:
        """Return a meeting with these utterances, and with everything derived from them."""
        talk = Talk(new_id(), client_id or self.client(), new_id(), new_id(), new_id())
        ours: dict[str, Any] = {"organization_id": self.organization_id}
        of_meeting = ours | {"meeting_id": talk.id}
        key = f"meetings/{talk.id}/20261101T000000Z_{filename}"
        prefix = f"derived/{talk.id}/{talk.run_id}/"
        spoken, artifacts_id = "\n".join(f"{speaker}: {words}" for speaker, words in said), new_id()
        rows: list[Base] = [
            Meeting(
                id=talk.id,
                **ours,
                owner_id=owner_id or self.user_id,
                client_id=talk.client_id,
                title=title,
                language="en",
                speech={"terms": list(known)},
                consent_basis="agreement",
                consent_by="Mark Stone",
                consent_at=self.now,
                consent_note=f"Said so: {', '.join(people)}",
            ),
            UploadBlob(
                id=talk.upload_id,
                **of_meeting,
                key=key,
                filename=filename,
                content_type="audio/mpeg",
                size_bytes=10,
                status="received",
            ),
            ProcessingRun(
                id=talk.run_id,
                **of_meeting,
                upload_id=talk.upload_id,
                attempt=1,
                trigger="upload",
                status=status,
                execution_name=str(talk.run_id),
                execution_arn=f"arn:{talk.run_id}",
                correlation_id="c",
            ),
            ProcessingError(**of_meeting, run_id=talk.run_id, stage="probe", code="c", message=f"{filename} is bad"),
            TranscriptRow(
                id=talk.transcript_id,
                **of_meeting,
                run_id=talk.run_id,
                version=1,
                language="en",
                engine="deepgram",
                model="m",
                engine_version="1",
                notes=[],
                has_timing=False,
                utterance_count=len(said),
                key=f"{prefix}transcript.json",
            ),
            *(
                UtteranceRow(
                    **ours,
                    transcript_id=talk.transcript_id,
                    number=number,
                    speaker=speaker,
                    text=words,
                    words=[{"text": word, "start_ms": 0, "end_ms": 1} for word in words.split()],
                )
                for number, (speaker, words) in enumerate(said, 1)
            ),
            ArtifactsRow(
                id=artifacts_id,
                **of_meeting,
                run_id=talk.run_id,
                transcript_id=talk.transcript_id,
                version=1,
                engine="openai",
                model="m",
                prompt_version="1",
                language="en",
                supported_count=0,
                quoted_count=1,
                unsupported_count=0,
                document=minutes(said),
            ),
            Validation(**of_meeting, artifacts_id=artifacts_id, decision="accepted", comment=f"As {people} said"),
            LLMInteraction(
                **of_meeting,
                run_id=talk.run_id,
                attempt=1,
                ordinal=1,
                model="m",
                prompt_version="1",
                prompt=prompt or f"Transcript:\n{spoken}",
                response=json.dumps(minutes(said)),
                duration_ms=1,
                outcome="ok",
            ),
        ]
        self.insert(*rows)
        context = RunContext(
            run=RunInput(
                run_id=talk.run_id,
                meeting_id=talk.id,
                organization_id=self.organization_id,
                upload_id=talk.upload_id,
                correlation_id="c",
            ),
            attempt=1,
            upload=UploadContext(key=key, filename=filename, content_type="audio/mpeg", size_bytes=10),
            title=title,
            language="en",
            channels_are_speakers=None,
            client_name="C",
            scenario_key=None,
            meeting_type_key=None,
            participants=tuple(Person(full_name=name, role_title=ROLES.get(name)) for name in people),
            owner_name="U",
            held_at=self.now,
            known_terms=known,
        )
        transcript = Transcript(
            language="en",
            engine="deepgram",
            model="m",
            version="1",
            utterances=tuple(
                Utterance(id=number, speaker=speaker, text=words) for number, (speaker, words) in enumerate(said, 1)
            ),
        )
        bodies = {
            key: "sound",
            f"{prefix}audio.ogg": "sound",
            f"{prefix}context.json": context.model_dump_json(),
            f"{prefix}transcript.json": transcript.model_dump_json(),
            f"{prefix}deepgram.json": json.dumps({"words": spoken.split(), "text": spoken}),
            f"{prefix}draft.json": spoken,
            f"{prefix}artifacts.json": spoken,
            f"{prefix}interactions/1.json": spoken,
            f"temp/exports/{talk.id}/x.vtt": spoken,
        }
        for name, body in bodies.items():
            self.store.put_object(Bucket="b", Key=name, Body=body.encode())
            self.copies.put_object(Bucket="b", Key=f"objects/{name}", Body=body.encode())
        self.store.put_object(Bucket="b", Key=f"callbacks/{talk.run_id}/nonce.json", Body=spoken.encode())
        self.table.answers[f"stage#{talk.run_id}#transcription"] = "{}"
        self.answer(f"{talk.id}", title=title, people=people, id=str(talk.id))
        self.message_queues.bodies.append(json.dumps({"key": key}))
        plan = f"cleanup/plans/{talk.id.hex}"
        self.store.put_object(Bucket="b", Key=f"{plan}.json", Body=b"{}")
        self.store.put_object(Bucket="b", Key=f"{plan}.jsonl", Body=f'[3,"media","{key}","",1,"x"]'.encode())
        return talk

    def rename(self, talk: Talk, label: str, name: str) -> None:
        """Give a speaker a name."""
        self.insert(
            SpeakerNameRow(
                organization_id=self.organization_id, transcript_id=talk.transcript_id, label=label, name=name
            )
        )

    def upload_again(self, talk: Talk) -> str:
        """Upload to a meeting again; return the key of the object."""
        key, upload_id = f"meetings/{talk.id}/20261201T000000Z_again.mp3", new_id()
        self.insert(
            UploadBlob(
                id=upload_id,
                organization_id=self.organization_id,
                meeting_id=talk.id,
                key=key,
                filename="again.mp3",
                content_type="audio/mpeg",
                size_bytes=10,
                status="received",
            )
        )
        self.store.put_object(Bucket="b", Key=key, Body=b"sound")
        return key

    def answer(self, key: str, **body: Any) -> str:
        """Store an answer for an Idempotency-Key; return its key in the table."""
        pk = f"idempotency#{key}"
        self.table.answers[pk] = json.dumps({"status": 201, "body": json.dumps(body)})
        self.table.owners[pk] = str(self.organization_id)
        return pk

    # ------------------------------------------------------------------ erasing and looking

    def preview(self, kind: str, subject_id: UUID) -> Preview:
        """Return the preview of an erasure."""
        report = erase(EraseRequest(subject=SubjectKind(kind), id=subject_id), deps=self.erasing, has_time=lambda: True)
        assert report.preview is not None
        return report.preview

    def erase(
        self,
        kind: str,
        subject_id: UUID,
        *,
        deps: ErasureDeps | None = None,
        has_time: Callable[[], bool] = lambda: True,
    ) -> Report:
        """Erase a subject and return the report."""
        request = EraseRequest(subject=SubjectKind(kind), id=subject_id, dry_run=False)
        return erase(request, deps=deps or self.erasing, has_time=has_time)

    def erased(self, kind: str, subject_id: UUID) -> Certificate:
        """Erase a subject without holds, and return the certificate."""
        found = self.erase(kind, subject_id).certificate
        assert found is not None
        assert found.state == "erased", found
        return found

    def certificate(self, erasure_id: UUID) -> Certificate:
        """Return the certificate as it stands."""
        return certificate(erasure_id, deps=self.erasing)

    def sweep(self, **later: float) -> Swept:
        """Sweep as the schedule does, some time later."""
        self.now += timedelta(**later)
        return sweep(deps=self.erasing, has_time=lambda: True)

    def replay(self, deps: ErasureDeps | None = None) -> Swept:
        """Replay the ledger as a restore does."""
        return replay(deps=deps or self.erasing)

    def everything(self) -> str:
        """Return every row and every version of every object, key included, and all short-lived facts."""
        tables = [str(row[0]) for row in self.rows("select tablename from pg_tables where schemaname = 'public'")]
        rows = [str(row) for table in tables for row in self.rows(f"select row_to_json(t)::text from {table} t")]
        objects = [
            f"{key} {(kept.body or b'').decode()}"
            for store in (self.store, self.copies, self.books)
            for key, versions in store.objects.items()
            for kept in versions
        ]
        facts = [f"{pk} {value}" for pk, value in self.table.answers.items()]
        return "\n".join([*rows, *objects, *facts, *self.message_queues.bodies])

    def one(self, statement: str) -> Any:
        """Return the one value that a statement finds."""
        with self.database.transaction() as session:
            return session.execute(text(statement)).scalar_one()
