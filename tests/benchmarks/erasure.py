"""Erasing a participant of a large organization: looking for the name in every text, and taking it out where it stands.

The objects lie in memory: what is measured is the database's part.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from aam_local.ports import free_port
from tests.benchmarks.figures import Figure
from tests.support.erasure import ErasureWorld
from tests.support.postgres import fresh_database, running_server

MEETINGS, UTTERANCES = 2_000, 100
"""An utterance has some 250 characters, a prompt as many as all of its meeting: 200,000 utterances, 100 MB of text."""
OWN, MENTIONED = 20, 200
NAME, FORM = "Ольга Кравець", "Ользі Кравець"
LIMIT_S, SCANS_MOST = 30, 0.5

SAID = "Ми домовилися про терміни, бюджет і відповідальних, а решту питань перенесли на наступний тиждень: "
SEED = """
insert into meetings (id, organization_id, owner_id, client_id, title, language, status)
  select gen_random_uuid(), :organization, :user, :client, 'Нарада ' || n, 'uk', 'review'
  from generate_series(1, :meetings) n;
insert into upload_blobs
  (id, organization_id, meeting_id, key, filename, content_type, size_bytes, status, received_at)
  select gen_random_uuid(), organization_id, id, 'meetings/' || id || '/1.mp3', '1.mp3', 'audio/mpeg', 1, 'received',
  now() from meetings;
insert into processing_runs
  (id, organization_id, meeting_id, upload_id, attempt, trigger, status, stage, execution_name, correlation_id)
  select gen_random_uuid(), organization_id, meeting_id, id, 1, 'upload', 'succeeded', 'finish', id, 'c'
  from upload_blobs;
insert into transcripts
  (id, organization_id, meeting_id, run_id, version, language, engine, model, engine_version, notes, has_timing,
  utterance_count, key)
  select gen_random_uuid(), organization_id, meeting_id, id, 1, 'uk', 'deepgram', 'm', '1', '[]', true, :utterances,
  'derived/' || meeting_id || '/' || id || '/transcript.json' from processing_runs;
insert into utterances (organization_id, transcript_id, number, speaker, text, words)
  select organization_id, id, n, 'Speaker ' || mod(n, 4), repeat(cast(:said as text), 2) || md5(n || id::text), '[]'
  from transcripts, generate_series(1, :utterances) n;
insert into llm_interactions
  (id, organization_id, meeting_id, run_id, attempt, ordinal, model, prompt_version, prompt, response, duration_ms,
  outcome)
  select gen_random_uuid(), t.organization_id, t.meeting_id, t.run_id, 1, 1, 'm', '1', string_agg(u.text, ' '), '{}',
  1, 'ok' from transcripts t join utterances u on u.transcript_id = t.id group by t.id;
update utterances set text = text || ' Спитайте ' || cast(:form as text) where number = 1 and transcript_id in
  (select id from transcripts order by id limit :mentioned);
insert into meeting_participants (id, organization_id, meeting_id, full_name, directory_participant_id)
  select gen_random_uuid(), organization_id, id, cast(:name as text), cast(:person as uuid) from meetings
  order by id desc limit :own
"""
LARGE = "('utterances', 'transcripts', 'llm_interactions')"
SCANS = f"select sum(seq_scan) from pg_stat_user_tables where relname in {LARGE}"


def measure() -> Iterator[Figure]:
    """The figures."""
    with tempfile.TemporaryDirectory(prefix="aam-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "postgres").mkdir()
        with running_server(folder / "postgres", free_port()) as port, fresh_database(port, "bench") as database:
            world = ErasureWorld(database, folder)
            person = world.directory(NAME)
            seed(world, person)
            before = scans(world)
            began = time.monotonic()
            world.preview("participant", person)
            seconds = round(time.monotonic() - began, 1)
            yield Figure("erasure.preview_200000_utterances", seconds, "s", LIMIT_S, seconds <= LIMIT_S)
            began = time.monotonic()
            found = world.erased("participant", person)
            seconds = round(time.monotonic() - began, 1)
            whole = world.one(f"select count(*) from utterances where text like '%{FORM}%'") == 0
            whole = whole and found.counts["utterances"] == MENTIONED
            yield Figure("erasure.participant_200000_utterances", seconds, "s", LIMIT_S, whole and seconds <= LIMIT_S)
            scanned = round((scans(world) - before) / (OWN + MENTIONED), 2)
            yield Figure("erasure.sequential_scans_per_meeting", scanned, "", SCANS_MOST, scanned <= SCANS_MOST)


def seed(world: ErasureWorld, person: UUID) -> None:
    """The organization's meetings: many in which the person is named, and some in which they took part."""
    asked = {
        "organization": world.organization_id,
        "user": world.user_id,
        "client": world.client(),
        "person": person,
        "meetings": MEETINGS,
        "utterances": UTTERANCES,
        "own": OWN,
        "mentioned": MENTIONED,
        "said": SAID,
        "name": NAME,
        "form": FORM,
    }
    with world.database.transaction() as session:
        for statement in SEED.split(";"):
            session.execute(text(statement), asked)
    with world.database.admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum (analyze)"))


def scans(world: ErasureWorld) -> int:
    """How often the large tables were read from beginning to end."""
    with world.database.admin.begin() as connection:
        connection.execute(text("select pg_stat_force_next_flush()"))
        return int(connection.execute(text(SCANS)).scalar_one())
