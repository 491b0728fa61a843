"""From facts to what a person should do; pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import aam.artifacts.errors
import aam.media.errors
import aam.transcription.errors  # noqa: F401 - all three: an error is known by its code only once it is imported
from aam.foundation.errors import AppError, Unprocessable, leaves
from aam.operations.schemas import Advice, QueueFacts, RunFacts, UploadFacts, VendorFacts
from aam.uploads.status import UploadStatus

SWEEP_OVERDUE_S = 3600
KEY_TROUBLE = frozenset({"engine_credentials_refused", "model_credentials_refused"})
MONEY_TROUBLE = frozenset({"engine_quota_exhausted", "model_quota_exhausted"})
LETTERS_MANY = 100


def leaf_of(code: str) -> type[AppError] | None:
    """Return the class of an error by its code, of those that are imported."""
    return next((leaf for leaf in leaves() if leaf.code == code), None)


def retry_helps(code: str) -> bool:
    """Return whether another attempt can end differently: a fault of the file itself stays."""
    return code not in codes_beyond_help()


def codes_beyond_help() -> frozenset[str]:
    """Return the codes of failures that no other attempt can end differently."""
    return frozenset(leaf.code for leaf in leaves() if issubclass(leaf, Unprocessable))


def on_meeting(
    *,
    meeting_id: str,
    going: bool,
    held: bool,
    uploads: Sequence[UploadFacts],
    runs: Sequence[RunFacts],
    waits: Sequence[str],
) -> tuple[Advice, ...]:
    """Return the advice on a meeting; runs and uploads come newest first."""
    if going:
        return (
            Advice(why="It is being deleted; look whether the cleanup came to its end.", command="aam cleanup --check"),
        )
    return tuple(_on_meeting(meeting_id, held, uploads, runs, waits))


def on_gone() -> tuple[Advice, ...]:
    """Return the advice on a deleted meeting."""
    return (Advice(why="It is gone; only a backup from before may still have it.", command="aam backup --list"),)


def _on_meeting(
    meeting_id: str, held: bool, uploads: Sequence[UploadFacts], runs: Sequence[RunFacts], waits: Sequence[str]
) -> Iterator[Advice]:
    newest = runs[0] if runs else None
    retry = f"aam retry --meeting {meeting_id}"
    if newest is None:
        yield from _without_run(uploads, retry)
    elif newest.status == "failed":
        yield from _after_failure(newest, retry)
    elif newest.status == "cancelled":
        yield Advice(why="It was cancelled; go on where it stopped, if you want it after all.", command=retry)
    elif newest.waiting_reason:
        yield Advice(why="It waits for a higher budget, a new month, or other runs to end.", command="aam cost budget")
    elif newest.status in ("queued", "running") and newest.execution in ("ended", "missing"):
        yield Advice(why="Its execution is gone; the next sweep fails it, within minutes. Retry then.", command=retry)
    elif newest.status in ("queued", "running") and not waits:
        yield Advice(why="It is under way; nothing is to be done.")
    if any(upload.reach == "archived" for upload in uploads[:1]):
        yield Advice(
            why="The recording lies in the store's archive; bringing it back takes some hours.",
            command=f"{retry} --restore",
        )
    if held:
        yield Advice(why="A legal hold keeps everything of it.", command=f"aam hold end --meeting {meeting_id}")


def _without_run(uploads: Sequence[UploadFacts], retry: str) -> Iterator[Advice]:
    newest = uploads[0] if uploads else None
    if newest is None:
        yield Advice(why="Nothing was uploaded yet.")
    elif newest.status == UploadStatus.PENDING:
        yield Advice(why="The upload is not finished; it is given up by itself when its time is over.")
    elif newest.status == UploadStatus.RECEIVED:
        yield Advice(why="The upload arrived and nothing was begun.", command=retry)
    else:
        yield Advice(why="The upload was given up; the file has to be uploaded again.")


def _after_failure(run: RunFacts, retry: str) -> Iterator[Advice]:
    code = run.failure_code or ""
    if code in KEY_TROUBLE:
        yield Advice(why="The vendor refuses the key; store another one first.", command="aam keys set")
    if code in MONEY_TROUBLE:
        yield Advice(why="The account at the vendor is used up; top it up first.")
    if code == "results_gone":
        yield Advice(why="Only the whole way is left; it costs what it cost before.", command=f"{retry} --from probe")
    elif not retry_helps(code):
        yield Advice(why="Trying again changes nothing: the file itself is the trouble. Upload another one.")
    else:
        yield Advice(why=f"Go on at {run.stage}; what was made before is not paid again.", command=retry)


def on_queues(queues: Iterable[QueueFacts]) -> tuple[Advice, ...]:
    """Return the advice on queues."""
    found = []
    for queue in queues:
        if queue.dead and queue.name == "processing":
            found.append(
                Advice(
                    why=f"{queue.dead} uploads were not begun; each sweep tries again. Look at the log of why.",
                    command="aam logs StartProcessing",
                )
            )
        elif queue.dead:
            found.append(
                Advice(
                    why=f"{queue.dead} tasks of {queue.name} were given up; mend the cause, retry, delete the letters.",
                    command="aam retry --failed",
                )
            )
        if queue.waiting > LETTERS_MANY:
            found.append(
                Advice(why=f"{queue.waiting} messages wait for {queue.name}.", command="aam diagnose --services")
            )
    return tuple(found)


def on_vendors(vendors: Iterable[VendorFacts]) -> Iterator[Advice]:
    """Yield the advice on vendors."""
    for each in vendors:
        if each.state == "down":
            yield Advice(
                why=f"{each.vendor} failed {each.faults} times in a row; work waits, next try in {each.wait_s} s. Look "
                "at the vendor's own status page."
            )
        elif each.state != "open":
            yield Advice(
                why=f"{each.vendor} asked us to slow down; work waits for {each.wait_s} s and goes on by itself."
            )


def on_sweep(last: datetime | None, *, now: datetime) -> Iterator[Advice]:
    """Yield the advice on a sweep that does not come."""
    if last is None or (now - last).total_seconds() > SWEEP_OVERDUE_S:
        yield Advice(why="No sweep came to its end within the last hour.", command="aam logs Sweep")
