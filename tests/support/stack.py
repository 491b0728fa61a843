"""The tests' own embedded stack: bringing it up and wiping it, and looking at it from outside."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import psutil

from aam_cli.api_client import Answer, Api
from aam_cli.uploading import content_type, send
from aam_local import postgres, processes, reset
from aam_local.addresses import api_url
from aam_local.aws import client
from aam_local.paths import Home
from aam_local.ports import free_port
from aam_local.programs import Asked
from aam_local.secrets import load_secrets
from aam_local.state import StackState, load_state
from aam_local.up import bring_up
from aam_local.waiting import wait_until
from tests.support.built import build_folder
from tests.support.homes import SharingHome
from tests.support.observe.records import Observer

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE_S = 180
"""How long a test waits for anything; on an idle machine nothing takes a tenth of it."""

OVER = frozenset({"review", "failed", "cancelled"})


class WatchedApi(Api):
    """The command line's client, which notes how long and how large answers are."""

    def __init__(self, url: str, noted: list[tuple[str, float, int]]) -> None:
        super().__init__(url)
        self.noted = noted

    def try_call(self, verb: str, path: str, body: Answer | None = None) -> tuple[int, bytes]:
        """Send a call and return its status, noted."""
        began = time.monotonic()
        status, data = super().try_call(verb, path, body)
        self.noted.append((f"{verb} {path}", time.monotonic() - began, len(data)))
        return status, data

    def ask(self, verb: str, path: str, body: Answer | None = None) -> tuple[int, Answer]:
        """Send a call whose status is part of the test, and return the answer."""
        status, data = self.try_call(verb, path, body)
        return status, json.loads(data or b"{}")


@dataclass
class Stack:
    """A stack that is up, and one user of it with one client."""

    home: Home
    observer: Observer
    asked: Asked
    said: list[str] = field(default_factory=list)
    api_calls: list[tuple[str, float, int]] = field(default_factory=list)
    histories: dict[str, list[Any]] = field(default_factory=dict)

    def up(self) -> StackState:
        """Bring it up, or up again."""
        for name in ("functions", "_clients"):
            self.__dict__.pop(name, None)
        state = bring_up(self.home, tell=self.said.append, asked=self.asked)
        self.watch_sql()
        return state

    @property
    def state(self) -> StackState:
        """Return the stack's state."""
        return load_state(self.home)

    @property
    def bucket(self) -> str:
        """Return the bucket of recordings."""
        return self.state.outputs["MediaBucketName"]

    @cached_property
    def _clients(self) -> dict[str, Any]:
        return {}

    def aws(self, service: str) -> Any:
        """Return a client with the rights of an administrator."""
        if service not in self._clients:
            key = load_secrets(self.home.secrets).emulator_secret_access_key
            self._clients[service] = client(service, endpoint=self.state.endpoint, secret_access_key=key)
        return self._clients[service]

    @cached_property
    def functions(self) -> dict[str, str]:
        """Return the functions' names by their names in the template."""
        resources = self.aws("cloudformation").describe_stack_resources(StackName="aam-local")["StackResources"]
        return {
            entry["LogicalResourceId"]: entry["PhysicalResourceId"]
            for entry in resources
            if entry["ResourceType"] == "AWS::Lambda::Function"
        }

    @property
    def resources(self) -> dict[str, str]:
        """Return the physical names of all resources by their names in the template; of a queue it is its URL."""
        found = self.aws("cloudformation").describe_stack_resources(StackName="aam-local")["StackResources"]
        return {entry["LogicalResourceId"]: entry["PhysicalResourceId"] for entry in found}

    def invoke(self, function: str, event: Answer) -> tuple[Any, bool]:
        """Call a function by its name in the template: its answer, and whether it failed."""
        answer = self.aws("lambda").invoke(FunctionName=self.functions[function], Payload=json.dumps(event).encode())
        return json.loads(answer["Payload"].read() or b"null"), "FunctionError" in answer

    @contextlib.contextmanager
    def changed(self, function: str, **variables: str) -> Iterator[None]:
        """Yield a function with other settings, until the end; a new configuration means new workers."""
        functions, name = self.aws("lambda"), self.functions[function]
        before = functions.get_function_configuration(FunctionName=name)["Environment"]
        after = {"Variables": {**before["Variables"], **variables}}
        functions.update_function_configuration(FunctionName=name, Environment=after)
        try:
            yield
        finally:
            functions.update_function_configuration(FunctionName=name, Environment=before)

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows that the database's superuser sees."""
        import pg8000.dbapi

        state, secrets = self.state, load_secrets(self.home.secrets)
        connection = pg8000.dbapi.connect(
            postgres.SUPERUSER,
            host="127.0.0.1",
            port=state.database_port,
            database=postgres.DATABASE,
            password=secrets.database_password,
            application_name="tests",
        )
        with contextlib.closing(connection):
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute(statement, values)
            return [tuple(row) for row in cursor.fetchall()] if cursor.description else []

    # ------------------------------------------------------------------ people

    def new_client(self) -> WatchedApi:
        """Return a client of the API that has not logged in."""
        url = api_url(self.state.endpoint, self.state.outputs)
        assert url is not None
        return WatchedApi(url, self.api_calls)

    def new_user(self) -> WatchedApi:
        """Return a new user with an organization of their own."""
        api = self.new_client()
        session = api.call(
            "POST",
            "/auth/register",
            {
                "email": f"u{time.monotonic_ns()}@example.com",
                "password": "correct horse battery staple",
                "full_name": "Ursula Tester",
                "organization_name": "Tests",
            },
        )
        api.token = session["access_token"]
        return api

    # ------------------------------------------------------------------ waiting

    def until(self, ready: Callable[[], bool], what: str, *, seconds: float = PATIENCE_S, every: float = 0.05) -> None:
        """Poll; fails with what was waited for."""
        assert wait_until(ready, seconds=seconds, every=every), f"in vain for {seconds:.0f} s: {what}"

    def queue_is_empty(self, url: str) -> bool:
        """Return whether a queue has neither waiting messages nor hidden ones."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        told = self.aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return all(told[name] == "0" for name in names)

    def quiet(self) -> None:
        """Wait until no queue holds work and no execution runs."""
        machine, arn = self.aws("stepfunctions"), self.state.outputs["StateMachineArn"]
        urls = [url for url in self.aws("sqs").list_queues()["QueueUrls"] if "DeadLetters" not in url]

        def nothing_left() -> bool:
            running = machine.list_executions(stateMachineArn=arn, statusFilter="RUNNING")["executions"]
            return not running and all(self.queue_is_empty(url) for url in urls)

        self.until(nothing_left, "empty queues and no running execution")

    # ------------------------------------------------------------------ workers

    @contextlib.contextmanager
    def holding(self, function: str, point: str) -> Iterator[Callable[[], int]]:
        """Stop the function's next worker at ``event``, ``call``, an operation of AWS, or ``reply``.

        The yielded call waits for its pid.
        Afterwards it goes on, unless it was killed.
        """
        name = f"{self.functions[function]}.{point}"
        asked = self.observer.holds / name
        held = asked.with_name(f"{name}.held")
        held.unlink(missing_ok=True)
        asked.touch()

        def wait() -> int:
            self.until(held.exists, f"{function} held at its {point}")
            return int(held.read_text())

        try:
            yield wait
        finally:
            asked.unlink(missing_ok=True)
            held.unlink(missing_ok=True)

    def kill_worker(self, pid: int) -> None:
        """End a worker the hard way; only one that runs out of this stack's own folders."""
        process = psutil.Process(pid)
        assert process.environ().get("PYTHONPATH") == str(self.observer.folder)
        os.kill(pid, signal.SIGKILL)

    def kill_emulator(self) -> None:
        """End the emulator the hard way, and wait until it is gone."""
        found = processes.find(self.state.emulator)
        assert found is not None
        os.kill(found.pid, signal.SIGKILL)
        found.wait(10)

    # ------------------------------------------------------------------ what happened

    def watch_sql(self) -> None:
        """Have PostgreSQL log every statement with who sent it; a role's password never stands in one of those."""
        for setting, value in {
            "log_statement": "all",
            "log_line_prefix": "%a|%u|",
            "log_parameter_max_length": "0",
        }.items():
            self.rows(f"ALTER SYSTEM SET {setting} = '{value}'")
        self.rows("SELECT pg_reload_conf()")

    def sql_since(self, offset: int) -> list[tuple[str, str]]:
        """Return the statements of functions behind the log's first ``offset`` bytes: function's name and text."""
        text = self.sql_log.read_bytes()[offset:].decode(errors="replace")
        found: list[tuple[str, str]] = []
        for line in text.splitlines():
            if line.startswith("\t") and found:
                found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}")
                continue
            who, _, rest = line.partition("|aam_app|")
            _, said, statement = rest.partition(": ")
            if said and ("statement:" in rest or "execute" in rest):
                found.append((who, statement.partition(": ")[2]))
        return found

    @property
    def sql_log(self) -> Path:
        """PostgreSQL's log."""
        return postgres.log_file(self.home)

    def failures_of(self, meeting_id: str) -> list[Any]:
        """Return the failures in a meeting's newest execution, for messages of failing tests."""
        ((arn,),) = self.rows(
            "SELECT execution_arn FROM processing_runs WHERE meeting_id = %s ORDER BY created_at DESC LIMIT 1",
            meeting_id,
        )
        events = self.aws("stepfunctions").get_execution_history(executionArn=arn, maxResults=1000)["events"]
        return [event for event in events if "Failed" in event["type"] or "TimedOut" in event["type"]]

    def collect_histories(self) -> None:
        """Keep what Step Functions knows of every execution; a killed emulator forgets it."""
        machine = self.aws("stepfunctions")
        arn = self.state.outputs["StateMachineArn"]
        for page in machine.get_paginator("list_executions").paginate(stateMachineArn=arn):
            for execution in page["executions"]:
                name = execution["executionArn"]
                self.histories[name] = machine.get_execution_history(executionArn=name, maxResults=1000)["events"]


@contextlib.contextmanager
def running_stack(folder: Path) -> Iterator[Stack]:
    """Yield a stack on free ports in a folder of its own; whatever happens, all of it is ended and deleted."""
    home = SharingHome(CHECKOUT, folder / "home")
    stack = Stack(
        home, Observer.prepared(folder / "observer"), Asked(emulator_port=free_port(), database_port=free_port())
    )
    stack.asked = Asked(stack.asked.emulator_port, stack.asked.database_port, observer=stack.observer.folder)
    try:
        build_folder()  # whoever needs the build at the same time waits for it instead of making it as well
        stack.up()
        yield stack
    finally:
        with contextlib.suppress(AssertionError):
            stack.kill_emulator()  # it would write down first what is deleted next
        reset.wipe_data(home)
        shutil.rmtree(home.folder)


# ---------------------------------------------------------------------- one person's meetings


@dataclass
class Person:
    """A user with a client, who makes meetings and uploads to them."""

    stack: Stack
    api: WatchedApi
    client_id: str

    @classmethod
    def registered(cls, stack: Stack) -> Person:
        """Return a new user with a client."""
        api = stack.new_user()
        return cls(stack, api, str(api.call("POST", "/clients", {"name": "Client"})["id"]))

    def meeting(self, title: str = "Meeting", *, language: str = "en", people: tuple[str, ...] = ()) -> str:
        """Return a new meeting's id."""
        made = self.api.call(
            "POST",
            "/meetings",
            {
                "client_id": self.client_id,
                "title": title,
                "language": language,
                "meeting_type": "stand-up",
                "participants": [{"full_name": name} for name in people],
            },
        )
        return str(made["id"])

    def begin(self, meeting_id: str, file: Path, **more: Any) -> Answer:
        """Begin an upload."""
        wanted = {"filename": file.name, "content_type": content_type(file), "size": file.stat().st_size, **more}
        return self.api.call("POST", f"/meetings/{meeting_id}/uploads", wanted)

    def upload(self, meeting_id: str, file: Path) -> str:
        """Upload a file by one presigned PUT; the upload's id."""
        begun = self.begin(meeting_id, file)
        send(self.api, begun["put"], file.read_bytes())
        return str(begun["id"])

    def look(self, meeting_id: str) -> Answer:
        """Return the meeting as it is now."""
        return self.api.call("GET", f"/meetings/{meeting_id}")

    def follow(self, meeting_id: str, *, attempt: int = 1, seconds: float = PATIENCE_S) -> tuple[Answer, list[str]]:
        """Wait until the run of this attempt is over: the meeting, and the statuses that were seen on the way."""
        seen: list[str] = []
        last: Answer = {}

        def over() -> bool:
            last.clear()
            last.update(self.look(meeting_id))
            if last["status"] not in seen[-1:]:
                seen.append(last["status"])
            return last.get("attempt") == attempt and last["status"] in OVER

        assert wait_until(over, seconds=seconds, every=0.1), f"not over after {seconds:.0f} s: {last}"
        return last, seen

    def process(self, file: Path, *, language: str = "en", people: tuple[str, ...] = ()) -> tuple[Answer, list[str]]:
        """Process a file in a new meeting, and return the meeting."""
        meeting_id = self.meeting(file.stem, language=language, people=people)
        self.upload(meeting_id, file)
        return self.follow(meeting_id)
