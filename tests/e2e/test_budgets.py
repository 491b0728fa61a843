"""A budget of nearly nothing: a run waits with no execution open, and goes on when there is room again."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from aam_cli.uploading import content_type
from aam_fakes.openai import completion
from aam_fakes.scripted_server import FakeServer, scripted_server
from tests.e2e.test_vendors import KEY, changed, minutes
from tests.support.stack import CHECKOUT, Person, Stack

VTT = CHECKOUT / "infra" / "sample" / "standup.vtt"


@pytest.fixture(scope="module")
def openai(stack: Stack) -> Iterator[FakeServer]:
    """A language model that is paid for, as the first step and the worker are told."""
    secrets, arn = stack.aws("secretsmanager"), stack.state.outputs["VendorKeysSecretArn"]
    before = secrets.get_secret_value(SecretId=arn)["SecretString"]
    with contextlib.ExitStack() as done:
        server = done.enter_context(scripted_server())
        server.script = [completion(minutes(), model="gpt-5-mini-2025-08-07")]
        secrets.put_secret_value(SecretId=arn, SecretString=json.dumps({"deepgram": "", "openai": KEY}))
        done.callback(secrets.put_secret_value, SecretId=arn, SecretString=before)
        done.enter_context(changed(stack, "ProbeFunction", ARTIFACTS_ENGINE="openai"))
        worker = {"OPENAI_BASE_URL": f"{server.url}/v1", "ARTIFACTS_ENGINE": "openai"}
        done.enter_context(changed(stack, "ArtifactsWorkerFunction", **worker))
        yield server


@pytest.fixture(scope="module")
def spender(stack: Stack) -> Person:
    """Somebody with an organization, and so a budget, of their own."""
    return Person.registered(stack)


def organization_of(person: Person) -> str:
    report = person.api.call("GET", "/costs")
    return str(report["budgets"][0]["organization_id"])


def waiting(person: Person, budget: str) -> str:
    """A meeting whose run waits for more than this budget."""
    person.api.call("PUT", "/budget", {"monthly_usd": budget})
    meeting_id = person.meeting("Waiting")
    person.upload(meeting_id, VTT)
    person.stack.until(lambda: bool(person.look(meeting_id)["waiting_reason"]), "the run waits")
    return meeting_id


def executions_of(stack: Stack, meeting_id: str) -> list[dict[str, Any]]:
    """All executions of the meeting's one run."""
    ((name,),) = stack.rows("SELECT execution_name FROM processing_runs WHERE meeting_id = %s", meeting_id)
    machine = stack.aws("stepfunctions")
    pages = machine.get_paginator("list_executions").paginate(stateMachineArn=stack.state.outputs["StateMachineArn"])
    found = [execution for page in pages for execution in page["executions"]]
    return [execution for execution in found if execution["name"].split("-")[0] == str(name).split("-")[0]]


def test_it_waits_with_no_execution_open_and_goes_on_when_the_budget_is_raised(
    stack: Stack, spender: Person, openai: FakeServer
) -> None:
    meeting_id = waiting(spender, "0.001")
    meeting = spender.look(meeting_id)
    assert (meeting["status"], meeting["waiting_reason"], meeting["errors"]) == ("queued", "budget_exceeded", [])
    stack.until(lambda: executions_of(stack, meeting_id)[0]["status"] == "SUCCEEDED", "its execution has ended")
    assert openai.asked == [], "nothing was paid"
    wanted = {"filename": VTT.name, "content_type": content_type(VTT), "size": VTT.stat().st_size}
    status, problem = spender.api.ask("POST", f"/meetings/{meeting_id}/uploads", wanted)
    assert (status, problem["code"]) == (409, "run_in_progress")
    shown, failed = stack.invoke("CostsFunction", {"command": "budget", "organization": organization_of(spender)})
    assert not failed
    assert (shown["budget"]["waiting_runs"], shown["resumed_runs"]) == (1, 0)

    raised = {"command": "budget", "organization": organization_of(spender), "set": True, "monthly_usd": "1"}
    answer, failed = stack.invoke("CostsFunction", raised)
    assert not failed
    assert (answer["budget"]["waiting_runs"], answer["resumed_runs"]) == (0, 1)
    meeting, _ = spender.follow(meeting_id)
    assert meeting["status"] == "review", meeting["errors"]
    assert meeting["cost"]["estimated"]["complete"]
    assert Decimal(meeting["cost"]["actual"]["usd"]) == Decimal("0.000670"), "176 fresh, 1024 cached, 300 out"
    assert len(executions_of(stack, meeting_id)) == 2

    report = spender.api.call("GET", "/costs?by=client")
    assert [(line["name"], Decimal(line["usd"])) for line in report["lines"]] == [("Client", Decimal("0.000670"))]
    everything, _ = stack.invoke("CostsFunction", {"command": "report"})
    assert {"openai gpt-5-mini"} <= {line["name"] for line in everything["lines"]}
    refused, failed = stack.invoke("CostsFunction", {"command": "budget", "organization": "nobody's"})
    assert (refused["error"], failed) == ("organization_not_found", False)


@pytest.mark.usefixtures("openai")
def test_the_sweep_begins_what_fits_meanwhile(stack: Stack, spender: Person) -> None:
    meeting_id = waiting(spender, "0.001")
    assert stack.invoke("SweepFunction", {"restarted": True})[0]["resumed_runs"] == 0
    stack.rows("UPDATE organizations SET monthly_budget_usd = 1 WHERE id = %s::uuid", organization_of(spender))
    assert stack.invoke("SweepFunction", {})[0]["resumed_runs"] == 1
    meeting, _ = spender.follow(meeting_id)
    assert meeting["status"] == "review", meeting["errors"]


@pytest.mark.usefixtures("openai")
def test_what_a_cancelled_run_has_spent_is_booked_by_the_sweep(stack: Stack, spender: Person) -> None:
    spender.api.call("PUT", "/budget", {"monthly_usd": None})
    meeting_id = spender.meeting("Cancelled after it was paid")
    with stack.holding("VerifyEvidenceFunction", "event") as held:
        spender.upload(meeting_id, VTT)
        held()
        spender.api.call("POST", f"/meetings/{meeting_id}/cancel")
    assert spender.look(meeting_id)["cost"]["actual"] is None
    stack.rows(
        "UPDATE processing_runs SET finished_at = finished_at - interval '2 hours' WHERE meeting_id = %s", meeting_id
    )
    assert stack.invoke("SweepFunction", {})[0]["settled_runs"] == 1
    assert Decimal(spender.look(meeting_id)["cost"]["actual"]["usd"]) == Decimal("0.000670")
    assert stack.invoke("SweepFunction", {})[0]["settled_runs"] == 0
