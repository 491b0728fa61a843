"""The narrower cleanups: one organization, one client, one meeting, only the database, only old work.

What a scope takes is what the same mode would take of everybody, and of that only what is of the scope.
"""

from __future__ import annotations

import json

import pytest

from aam.foundation.clock import new_id
from aam.identity.models import Organization, User
from aam.retention.plan import Line, Section
from tests.support.retention import Made, World

RUN = {"dry_run": False, "no_backup": True, "allow": ["objects", "bytes", "meetings"]}


@pytest.fixture
def made(world: World) -> list[Made]:
    """Two meetings of one client, one of another, one of another organization's; each with something for every mode."""
    client = world.client()
    found = [world.meeting(client, at=world.ago(days=60)) for _ in range(2)]
    found.append(world.meeting(at=world.ago(days=60)))
    dress(world, found)
    world.organization_id, world.user_id = new_id(), new_id()
    world.insert(
        Organization(id=world.organization_id, name="Other"),
        User(
            id=world.user_id,
            organization_id=world.organization_id,
            email="other@example.com",
            full_name="U",
            password_hash="x",
        ),
    )
    stranger = world.meeting(at=world.ago(days=60))
    dress(world, [stranger])
    world.table.items = {"gone": int(world.now.timestamp()) - 1}
    return [*found, stranger]


def dress(world: World, meetings: list[Made]) -> None:
    """Something that is due in each mode."""
    world.token(expires_at=world.ago(days=30))
    for each in meetings:
        world.put(f"meetings/{each.id}/lost.mp3", at=world.ago(days=9))
        world.put(f"temp/exports/{each.id}/minutes.md", at=world.ago(days=2))
        world.error(each, at=world.ago(days=40), is_read=True)
        world.sqs.send_message(
            QueueUrl=world.sqs.queues().urls[0], MessageBody=json.dumps({"meeting_id": str(each.id)})
        )


def objects(lines: list[Line], meetings: list[Made]) -> set[str]:
    """The keys of these meetings that a plan deletes."""
    ids = {str(each.id) for each in meetings}
    return {line.name for line in lines if line.section is Section.OBJECTS and ids & set(line.name.split("/"))}


def rows_of(world: World, meetings: list[Made]) -> set[tuple[object, ...]]:
    """What the database knows of these meetings and their clients."""
    ids = ", ".join(f"'{each.id}'" for each in meetings)
    clients = ", ".join(f"'{each.client_id}'" for each in meetings)
    tables = ("upload_blobs", "processing_runs", "processing_errors", "transcripts", "artifacts", "llm_interactions")
    every = [f"select '{table}', id::text from {table} where meeting_id in ({ids})" for table in tables]
    every.append(f"select 'meetings', id::text from meetings where id in ({ids})")
    every.append(f"select 'clients', id::text from clients where id in ({clients})")
    return set(world.rows(" union all ".join(every)))


@pytest.mark.parametrize(("scope", "of_it"), [("meeting", 1), ("client", 2), ("organization", 3)])
def test_a_scope_takes_its_own_and_nothing_else(world: World, made: list[Made], scope: str, of_it: int) -> None:
    inside, outside = made[:of_it], made[of_it:]
    ((organization,),) = world.rows(f"select organization_id from meetings where id = '{made[0].id}'")
    asked = {
        "scope": scope,
        "scope_id": str({"meeting": made[0].id, "client": made[0].client_id, "organization": organization}[scope]),
    }
    others, messages, tokens = rows_of(world, outside), len(world.sqs.bodies()), 2
    for mode in ("temp", "media", "jobs", "db", "full", "meetings"):
        everybodys = world.plan(mode)[1]
        report, lines = world.plan(mode, **asked)
        before, known = world.found(), rows_of(world, inside)
        done = world.clean(mode, **asked, **RUN)
        assert (done.objects, done.rows, done.meetings) == (report.objects, report.rows, report.meetings), mode
        gone = before - world.found()
        assert gone == objects(lines, inside) == objects(everybodys, inside), mode
        assert gone or mode in ("db", "full"), mode
        if mode == "db":
            assert (gone, {table for table, _ in known - rows_of(world, inside)}) == (set(), {"processing_errors"})
            tokens -= scope == "organization"
        assert world.rows("select count(*) from refresh_tokens") == [(tokens,)]
    assert {table for table, _ in rows_of(world, inside)} <= ({"clients"} if scope == "meeting" else set())
    assert rows_of(world, outside) == others
    assert len(world.sqs.bodies()) == messages, "the queues are everybody's"
    assert world.table.items, "and so are the locks"
    assert {line.name for line in world.plan("meetings")[1] if line.section is Section.MARK} == {
        str(each.id) for each in outside
    }
