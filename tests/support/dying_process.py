"""A process of its own that cleans up, and is killed by the kernel at a numbered point; `Dying` is its other side.

It imports once and forks for each cleanup.  Points are every request to AWS, before it is sent and after it was
answered, and the beginning, the end and the commit of every transaction.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from aam.foundation.state_table import StateTable
from aam.foundation.storage import ObjectStore
from aam.retention.dependencies import CleanupDeps
from aam.retention.policy import load_policy
from aam.retention.queues import Queues
from aam.retention.schemas import CleanupRequest
from aam.retention.service import clean_up
from aam.store.bucket import Bucket
from aam_local.aws import client
from tests.support.postgres import Database, application_engine

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Place:
    """Addresses of the store, the table, the queue and the database."""

    endpoint: str
    secret_access_key: str
    bucket: str
    table: str
    queue_url: str
    database_port: int
    database: str
    folder: str

    def aws(self, service: str) -> Any:
        """Return a client."""
        return client(service, endpoint=self.endpoint, secret_access_key=self.secret_access_key)


@dataclass
class Points:
    """Counts, and ends the process at one of them; nothing in it hears of that."""

    die_at: int = 0
    seen: int = 0

    def __call__(self, *_said: Any, **_more: Any) -> None:
        """Count one place to die at."""
        self.seen += 1
        if self.seen == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)


def tools_at(place: Place, *, folder: Path, point: Points, clock: Callable[[], datetime]) -> CleanupDeps:
    """Return the dependencies of a cleanup; every step of it is a point.  No connection is opened yet."""
    engine = application_engine(place.database_port, place.database)
    made = {service: place.aws(service) for service in ("s3", "dynamodb", "sqs")}
    for service, each in made.items():
        each.meta.events.register(f"before-send.{service}", point)
        each.meta.events.register(f"after-call.{service}", point)

    @contextmanager
    def transaction() -> Iterator[Session]:
        point()
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session
            point()
        point()

    @contextmanager
    def statements() -> Iterator[Session]:
        with Session(engine.execution_options(isolation_level="AUTOCOMMIT")) as session:
            yield session

    folders = iter(range(1_000))

    def new_folder() -> Path:
        made = folder / f"{os.getpid()}-{next(folders)}"
        made.mkdir()
        return made

    return CleanupDeps(
        bucket=Bucket(ObjectStore(made["s3"], place.bucket)),
        backups=ObjectStore(made["s3"], place.bucket),
        open_transaction=transaction,
        open_statements=statements,
        table=StateTable(made["dynamodb"], place.table),
        queues=Queues(made["sqs"], (place.queue_url,), wait_s=0),
        policy=load_policy(),
        clock=clock,
        stop_execution=point,
        folder=new_folder,
    )


def main() -> None:
    """Read one line, fork a child, print one line."""
    place, point, asked = Place(**json.loads(sys.argv[1])), Points(), {}
    deps = tools_at(
        place, folder=Path(place.folder), point=point, clock=lambda: datetime.fromisoformat(str(asked["now"]))
    )
    for line in sys.stdin:
        asked.update(json.loads(line))
        reads, writes = os.pipe()
        child = os.fork()
        if child == 0:
            point.die_at = asked["die_at"]
            report = clean_up(CleanupRequest.model_validate(asked["request"]), deps=deps, has_time=lambda: True)
            os.write(writes, json.dumps({"points": point.seen, "report": report.model_dump(mode="json")}).encode())
            os._exit(0)
        os.close(writes)
        with os.fdopen(reads, "rb") as pipe:
            said = pipe.read()
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        answer = {"killed": killed, "exit": status, **json.loads(said or b"{}")}
        sys.__stdout__.write(f"ANSWER {json.dumps(answer)}\n")  # type: ignore[union-attr]
        sys.__stdout__.flush()  # type: ignore[union-attr]


@dataclass
class Dying:
    """The other side: asks for cleanups, each in a process of its own."""

    process: subprocess.Popen[str]

    def clean(self, request: dict[str, Any], *, now: datetime, die_at: int = 0) -> dict[str, Any]:
        """Clean up, or die at a point: ``killed``, else ``points`` and ``report``."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"request": request, "now": now.isoformat(), "die_at": die_at}) + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:  # between them stand log lines
            if line.startswith("ANSWER "):
                answer: dict[str, Any] = json.loads(line.removeprefix("ANSWER "))
                assert answer["killed"] or answer["exit"] == 0, answer
                return answer
        raise AssertionError("the process has ended")


@contextmanager
def dying_process(place: Place) -> Iterator[Dying]:
    """Yield the process, ended afterwards."""
    command = [sys.executable, "-m", "tests.support.dying_process", json.dumps(place.__dict__)]
    folders = [ROOT, *(ROOT / each for each in ("layers/core", "infra/cli", "infra/fakes", "infra/local"))]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(str(each) for each in folders)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    ) as process:
        yield Dying(process)
        assert process.stdin
        process.stdin.close()


def database_of(database: Database) -> dict[str, Any]:
    """Return a database as a Place names it."""
    return {"database_port": database.port, "database": database.name}


if __name__ == "__main__":
    main()
