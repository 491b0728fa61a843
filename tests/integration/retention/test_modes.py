"""Every mode on seeded data: what is due goes, what is not stays, and the plan is what happened."""

from __future__ import annotations

import pytest

from aam.retention.media_plan import EARLIER
from aam.retention.plan import Line, Section
from tests.support.retention import Made, World

RUN = {"dry_run": False, "no_backup": True, "allow": ["objects", "bytes", "meetings"]}


def due(lines: list[Line]) -> tuple[set[str], set[tuple[str, str]]]:
    """The keys and the rows that a plan names."""
    keys = {line.name for line in lines if line.section is Section.OBJECTS}
    rows = {(line.kind, line.name) for line in lines if line.section is Section.ROWS}
    return keys, rows


def filled(world: World) -> dict[str, Made]:
    """Something due and something not due for every mode."""
    old, young = world.meeting(at=world.ago(days=60)), world.meeting()
    busy = world.meeting(status="running", at=world.ago(days=2))
    pending = world.meeting(upload_status="pending", status="failed", at=world.ago(days=3))
    failed = world.meeting(status="failed", at=world.ago(days=50))
    world.run(failed, attempt=2, status="succeeded", at=world.ago(days=49))
    world.put("temp/exports/x/old.json", at=world.ago(hours=25))
    world.put("temp/exports/x/new.json", at=world.ago(hours=23))
    world.put("temp/exports/x/newest.json", at=world.ago(minutes=5))
    world.put("logs/old.txt", at=world.ago(days=31))
    world.put("logs/new.txt", at=world.ago(days=29))
    world.put("reports/1/summary.pdf", at=world.ago(days=900))
    world.put("meetings/unknown/lost.mp3", at=world.ago(hours=25))
    world.put(f"meetings/{young.id}/late.mp3", at=world.ago(hours=1))
    world.put(f"derived/{young.id}/{old.run_id}/of-another.json", at=world.ago(hours=30))
    world.token(expires_at=world.ago(days=8))
    world.token(expires_at=world.ago(days=6))
    for is_read in (True, False):
        world.error(young, at=world.ago(days=31), is_read=is_read)
        world.error(young, at=world.ago(days=29), is_read=is_read)
    world.table.items = {"gone": int(world.now.timestamp()) - 1, "living": int(world.now.timestamp()) + 60}
    for days in (0.5, 2):
        world.written_at = world.ago(days=days)
        world.store.create_multipart_upload(Bucket="b", Key=f"meetings/{pending.id}/{days}.mp3")
    world.written_at = None
    return {"old": old, "young": young, "busy": busy, "pending": pending, "failed": failed}


@pytest.mark.parametrize(
    "mode", ["temp", "logs", "media", "db", "cache", "jobs", "locks", "meetings", "full", "aggressive"]
)
def test_a_run_does_exactly_what_the_plan_says(world: World, mode: str) -> None:
    filled(world)
    keys, ids = world.found(), world.ids()
    report, lines = world.plan(mode)
    assert report.dry_run
    assert len({(line.section, line.kind, line.name, line.version) for line in lines}) == len(lines), "each once"
    assert (world.found(), world.ids()) == (keys, ids), "a dry run deletes nothing"
    done = world.clean(mode, **RUN)
    assert done.finished
    assert (done.skipped, done.failed) == (0, 0)
    planned_keys, planned_rows = due(lines)
    assert keys - world.found() == planned_keys
    assert planned_rows <= ids - world.ids()
    assert (done.objects, done.size_bytes, done.rows, done.meetings) == (
        report.objects,
        report.size_bytes,
        report.rows,
        report.meetings,
    )
    again = world.clean(mode, **RUN)
    assert (again.objects, again.rows) == (0, {}), "nothing is left to do"


def test_what_each_mode_takes(world: World) -> None:
    made = filled(world)
    young = made["young"]

    def planned(mode: str) -> set[str]:
        lines = world.plan(mode)[1]
        return {line.name for line in lines if line.section in (Section.OBJECTS, Section.STATE, Section.ABORT)}

    pending = made["pending"]
    assert planned("temp") == {"temp/exports/x/old.json", f"meetings/{pending.id}/2.mp3"}
    assert planned("logs") == {"logs/old.txt"}
    other = f"derived/{young.id}/{made['old'].run_id}/of-another.json"
    assert planned("media") == {"meetings/unknown/lost.mp3", other}
    assert planned("cache") == {"temp/exports/x/old.json", "temp/exports/x/new.json", "gone"}
    assert {line.name for line in world.plan("locks")[1]} == {"gone"}
    of_failed = {key for key in world.found() if f"/{made['failed'].run_id}/" in key}
    left = {key for key in world.found() if f"/{made['old'].run_id}/prepared.json" in key}
    assert planned("jobs") == of_failed | left
    assert planned("full") == planned("temp") | planned("logs") | planned("media") | planned("jobs")
    assert planned("aggressive") == planned("full") | planned("cache")


def test_old_meetings_go_and_their_clients_and_young_meetings_stay(world: World) -> None:
    old, young = world.meeting(at=world.ago(days=60)), world.meeting(at=world.ago(days=29))
    held = world.meeting(at=world.ago(days=60))
    world.place_hold(meeting_id=held.id)
    clients = world.rows("select count(*) from clients")
    asked = {"older_than_hours": 30 * 24}
    marked = {line.name for line in world.plan("meetings", **asked)[1] if line.section is Section.MARK}
    assert marked == {str(old.id)}
    assert world.clean("meetings", **RUN, **asked).meetings == 1
    assert {row[0] for row in world.rows("select id from meetings")} == {young.id, held.id}
    assert young.key in world.found()
    assert old.key not in world.found()
    assert world.rows("select count(*) from clients") == clients


def test_earlier_versions_go_a_day_after_they_were_replaced(world: World) -> None:
    """As the bucket's own rule says; what a reader gets stays, and what a hold stands on keeps all of its versions."""
    world.store.versioned = True
    made, held = world.meeting(at=world.ago(days=9)), world.meeting(at=world.ago(days=9))
    for key in (made.key, held.key, "reports/1/summary.pdf", "logs/a", "temp/a"):
        world.put(key, at=world.ago(days=9))
        world.put(key, size=11, at=world.ago(hours=25))
        world.put(key, size=12, at=world.ago(hours=23))
    marked = world.put("media/raw/1/metadata.json", at=world.ago(days=9))
    world.written_at = world.ago(hours=25)
    world.store.delete_object(Bucket="b", Key=marked)
    world.store.delete_object(Bucket="b", Key="reports/2/never-there.pdf")
    world.written_at = None
    world.place_hold(meeting_id=held.id)
    kept = {key: len(versions) for key, versions in world.store.objects.items() if str(held.id) in key}
    report, lines = world.plan("full")
    assert len({(line.section, line.kind, line.name, line.version) for line in lines}) == len(lines), "each once"
    earlier = [line.name for line in lines if line.why == EARLIER]
    assert sorted(earlier) == sorted(
        [made.key, made.key, "reports/1/summary.pdf", "logs/a", marked, "reports/2/never-there.pdf"]
    )
    done = world.clean("full", **RUN)
    assert (done.objects, done.skipped) == (report.objects, 0)
    left = {key: [len(each.body or b"") for each in versions] for key, versions in world.store.objects.items()}
    assert {key: left.get(key) for key in (made.key, "reports/1/summary.pdf", "logs/a", "temp/a")} == {
        made.key: [11, 12],
        "reports/1/summary.pdf": [11, 12],
        "logs/a": [11, 12],
        "temp/a": [12],
    }
    assert {key: len(versions) for key, versions in world.store.objects.items() if str(held.id) in key} == kept
    assert left[marked] == [0], "its marker goes when it hides nothing any more"
    assert "reports/2/never-there.pdf" not in left
    world.clean("full", **RUN)
    assert marked not in world.store.objects


def test_what_only_a_marker_hides_stays_while_something_refers_to_it(world: World) -> None:
    world.store.versioned = True
    made = world.meeting(at=world.ago(days=9))
    world.written_at = world.ago(days=5)
    world.store.delete_object(Bucket="b", Key=made.key)
    world.written_at = None
    world.clean("full", **RUN)
    assert [each.body is None for each in world.store.objects[made.key]] == [False, True]


def test_a_full_cleanup_leaves_a_consistent_system(world: World) -> None:
    filled(world)
    world.clean("full", **RUN)
    assert world.orphans() == {key for key in world.found() if key.endswith("late.mp3")}


def test_everything_goes_and_the_kept_tables_stay(world: World) -> None:
    filled(world)
    world.clean("meetings", **RUN)
    assert {table for table, _ in world.ids()} == {"organizations", "users", "refresh_tokens"}
    assert not {key for key in world.found() if key.startswith(("derived/",))} - {
        key for key in world.found() if key.endswith("of-another.json")
    }
    assert world.stopped, "the living run's execution was stopped"


def test_names_that_need_quoting_are_told_apart(world: World) -> None:
    """Keys go to the database in an array, whose text has quotes, commas, braces and NULL of its own."""
    made = world.meeting()
    odd = ['a"b', "a,b", "a{b}", "a\\b", "NULL", "a b", "a'b", "\u0444\u044b", "%", "a:b"]
    for number, name in enumerate(odd):
        key = world.put(f"meetings/{made.id}/{name}", at=world.ago(days=9))
        if number % 2:
            world.insert_multipart(made, f"upload-{number}", key=key)
    lines = world.plan("media")[1]
    assert {line.name for line in lines} == {f"meetings/{made.id}/{name}" for name in odd[::2]}
    world.clean("media", **RUN)
    assert {f"meetings/{made.id}/{name}" for name in odd[1::2]} <= world.found()
