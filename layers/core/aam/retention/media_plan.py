"""Plan for recordings and derived objects: unreferenced, past their age, or left behind by runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from aam.artifacts.models import ArtifactsRow, LLMInteraction
from aam.deletion.legal_holds import Holds
from aam.meetings.models import Meeting
from aam.pipeline.models import ALIVE, ProcessingRun, RunStatus
from aam.retention import references
from aam.retention.ages import Ages
from aam.retention.models import DataClass
from aam.retention.plan import TIERS, Line, Section
from aam.retention.policy import Policy
from aam.retention.references import KnownRun, KnownUpload
from aam.retention.schemas import CleanupRequest, ScopeKind
from aam.store.bucket import BATCH, Bucket, Stored, batched
from aam.transcription.models import TranscriptRow
from aam.uploads.models import UploadBlob
from aam.uploads.status import UploadStatus
from aam.uploads.subject import DERIVED, UPLOADED, Place, place_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Passing = Callable[[str, Iterator[Stored]], Iterator[Stored]]

UNREFERENCED = "nothing refers to it"
EARLIER = "an earlier version"
HELD = "legal hold"


@dataclass(frozen=True)
class MediaPlan:
    """One look at all recordings; ``media`` and ``jobs`` say which reasons count."""

    session: Session
    bucket: Bucket
    policy: Policy
    now: datetime
    holds: Holds
    ages: Ages
    media: bool
    jobs: bool

    def lines(self, request: CleanupRequest, passing: Passing) -> Iterator[Line]:
        """Yield every line for a scope; whole prefixes pass through ``passing``."""
        for prefix, judge in ((UPLOADED, self.uploaded), (DERIVED, self.derived)):
            if request.scope is ScopeKind.ALL:
                yield from self._judged(passing(prefix, self.bucket.versions(prefix)), judge)
            else:
                for meeting in references.meetings_in(self.session, request.scope, request.scope_id):
                    yield from self._judged(self.bucket.versions(f"{prefix}{meeting.id}/"), judge)
        if self.jobs:
            yield from self.superseded_rows(request)
        if self.media and self.ages.anything_ends:
            yield from self.aged_uploads(request)
            yield from self.aged_rows(request)
            yield from self.tagged(request)

    def _judged(self, found: Iterator[Stored], judge: Callable[[list[Stored]], Iterator[Line]]) -> Iterator[Line]:
        for batch in batched(found, BATCH):
            lines = list(judge(batch))
            yield from lines
            if self.media and self.bucket.has_versions:
                named = {(line.name, line.version) for line in lines}
                yield from self.earlier([each for each in batch if (each.key, each.version) not in named])

    def earlier(self, batch: list[Stored]) -> Iterator[Line]:
        """Yield replaced versions of objects that stay; one that only a marker hides may be wanted."""
        useless = [each for each in batch if self.policy.is_outdated(each.useless_since, self.now) and not each.hidden]
        of = {each.key: place_of(each.key).meeting_id for each in useless}
        meetings = references.meetings(self.session, {meeting_id for meeting_id in of.values() if meeting_id})
        for each in useless:
            meeting_id = of[each.key]
            meeting = meetings.get(meeting_id) if meeting_id else None
            yield from self.doomed(each, EARLIER, held=bool(meeting and self.is_held(meeting)))

    def uploaded(self, batch: list[Stored]) -> Iterator[Line]:
        """Yield the lines of uploaded files."""
        known = references.uploads(self.session, {each.key for each in batch})
        orphans = {each.key: place_of(each.key) for each in batch if each.key not in known}
        meetings = references.meetings(
            self.session, {place.meeting_id for place in orphans.values() if place.meeting_id}
        )
        for each in batch:
            upload = known.get(each.key)
            if upload is None:
                meeting_id = orphans[each.key].meeting_id
                meeting = meetings.get(meeting_id) if meeting_id else None
                yield from self.unreferenced(each, held=bool(meeting and self.is_held(meeting)))
            else:
                yield from self.of_upload(each, upload)

    def of_upload(self, each: Stored, upload: KnownUpload) -> Iterator[Line]:
        """Yield an object that a row refers to: it stays unless it was given up or is past its age."""
        held = self.is_held(upload.meeting)
        if upload.status == UploadStatus.PENDING or not self.media:
            return  # on its way: its notification decides
        if upload.status in (UploadStatus.ABORTED, UploadStatus.EXPIRED):
            yield from self.unreferenced(each, held=held)
            return
        data_class = self.policy.class_of_upload(upload.content_type)
        days = self.ages.over(upload.meeting.subject, data_class, upload.since, self.now)
        if days is not None and not upload.busy:
            yield from self.doomed(each, f"{data_class}, kept {days} days", held=held)

    def derived(self, batch: list[Stored]) -> Iterator[Line]:
        """Yield the lines of derived objects."""
        places = {each.key: place_of(each.key) for each in batch}
        known = references.runs(self.session, {place.run_id for place in places.values() if place.run_id})
        strangers = {place.meeting_id for place in places.values() if place.meeting_id and place.run_id not in known}
        meetings = references.meetings(self.session, strangers)
        for each in batch:
            place = places[each.key]
            run = known.get(place.run_id) if place.run_id else None
            if run is None or run.meeting.id != place.meeting_id:
                meeting = run.meeting if run else meetings.get(place.meeting_id) if place.meeting_id else None
                yield from self.unreferenced(each, held=bool(meeting and self.is_held(meeting)))
            else:
                yield from self.of_run(each, place, run)

    def of_run(self, each: Stored, place: Place, run: KnownRun) -> Iterator[Line]:
        """Yield a derived object whose run is known; while the run lives everything of it stays."""
        if run.status in ALIVE:
            return
        held = self.is_held(run.meeting)
        ages = self.policy.rows
        ended = run.finished_at or run.since
        if self.jobs and self.is_superseded(run):
            yield from self.doomed(each, "of a run that a later one replaced", held=held)
            return
        if (
            self.jobs
            and run.status == RunStatus.SUCCEEDED
            and self.policy.is_leftover(place.name)
            and ended < self.now - timedelta(days=ages.finished_runs)
        ):
            yield from self.doomed(each, f"left by a run that finished over {ages.finished_runs} days ago", held=held)
            return
        if self.media:
            data_class = self.policy.class_of_derived(place.name)
            days = self.ages.over(run.meeting.subject, data_class, run.since, self.now)
            if days is not None:
                yield from self.doomed(each, f"{data_class}, kept {days} days", held=held)

    def is_superseded(self, run: KnownRun) -> bool:
        """Return whether a failed or cancelled run is old, replaced, and left no transcript."""
        return (
            run.superseded
            and run.status in (RunStatus.FAILED, RunStatus.CANCELLED)
            and (run.finished_at or run.since) < self.now - timedelta(days=self.policy.rows.superseded_runs)
        )

    def superseded_rows(self, request: CleanupRequest) -> Iterator[Line]:
        """Yield the rows of such runs."""
        before = self.now - timedelta(days=self.policy.rows.superseded_runs)
        wanted: references.Anything = (
            select(ProcessingRun.id)
            .join(Meeting, Meeting.id == ProcessingRun.meeting_id)
            .where(ProcessingRun.status.in_((RunStatus.FAILED, RunStatus.CANCELLED)), ProcessingRun.created_at < before)
        )
        wanted = references.within(wanted, request.scope, request.scope_id)
        ids = (found for (found,) in references.paged(self.session, wanted))
        for page in batched(ids, BATCH):
            for run in sorted(references.runs(self.session, page).values(), key=lambda run: run.id):
                if self.is_superseded(run) and not self.is_held(run.meeting):
                    yield Line(Section.ROWS, "processing_runs", str(run.id), "a later run replaced it")

    def aged_uploads(self, request: CleanupRequest) -> Iterator[Line]:
        """Yield received uploads past their age, whether the object is still there or the bucket has expired it."""
        wanted: references.Anything = (
            select(
                UploadBlob.id,
                UploadBlob.content_type,
                func.coalesce(UploadBlob.received_at, UploadBlob.created_at),
                Meeting.id,
                Meeting.organization_id,
                Meeting.client_id,
                Meeting.meeting_type_id,
            )
            .join(Meeting, Meeting.id == UploadBlob.meeting_id)
            .where(UploadBlob.status == UploadStatus.RECEIVED, ~references.is_busy())
        )
        for row in references.paged(self.session, references.within(wanted, request.scope, request.scope_id)):
            data_class = self.policy.class_of_upload(row[1])
            days = self.ages.over((row[4], row[5], row[6]), data_class, row[2], self.now)
            if days is not None and not self.holds.cover(row[3], row[5]):
                yield Line(Section.MARK, "upload", str(row[0]), f"{data_class}, kept {days} days")

    def tagged(self, request: CleanupRequest) -> Iterator[Line]:
        """Yield meetings whose objects may carry the tag of an age that the bucket keeps as well."""
        for meeting in references.meetings_in(self.session, request.scope, request.scope_id):
            if self.ages.concern(meeting.subject):
                yield Line(Section.LAST, TIERS, str(meeting.id), "the bucket keeps its ages as well")

    def aged_rows(self, request: CleanupRequest) -> Iterator[Line]:
        """Yield transcripts, minutes and calls of models that are past their age."""
        for table, model, data_class in (
            ("artifacts", ArtifactsRow, DataClass.ARTIFACTS),
            ("llm_interactions", LLMInteraction, DataClass.ARTIFACTS),
            ("transcripts", TranscriptRow, DataClass.TRANSCRIPT),
        ):
            wanted: references.Anything = (
                select(
                    model.id,
                    ProcessingRun.created_at,
                    Meeting.id,
                    Meeting.organization_id,
                    Meeting.client_id,
                    Meeting.meeting_type_id,
                )
                .join(ProcessingRun, ProcessingRun.id == model.run_id)
                .join(Meeting, Meeting.id == model.meeting_id)
                .where(ProcessingRun.status.not_in(ALIVE))
            )
            wanted = references.within(wanted, request.scope, request.scope_id)
            for row in references.paged(self.session, wanted):
                days = self.ages.over((row[3], row[4], row[5]), data_class, row[1], self.now)
                if days is not None and not self.holds.cover(row[2], row[4]):
                    yield Line(Section.ROWS, table, str(row[0]), f"{data_class}, kept {days} days")

    def unreferenced(self, each: Stored, *, held: bool) -> Iterator[Line]:
        """Yield an object without a row, once it is too old to be on its way."""
        if self.media and each.modified < self.now - self.policy.grace:
            yield from self.doomed(each, UNREFERENCED, held=held)

    def doomed(self, each: Stored, why: str, *, held: bool) -> Iterator[Line]:
        """Yield the object's line: it goes, unless it is held."""
        section, said = (Section.KEPT, f"{why}, but kept by a {HELD}") if held else (Section.OBJECTS, why)
        yield Line(section, "object", each.key, said, each.size, each.version)

    def is_held(self, meeting: references.KnownMeeting) -> bool:
        """Return whether a hold stands on the meeting or its client."""
        return self.holds.cover(meeting.id, meeting.client_id)
