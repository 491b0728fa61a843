"""Costs over HTTP: estimates with uploads, a month's report, budgets that are the owner's alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import boto3
import pytest

from aam.costs.ledger import Account, book
from aam.costs.models import CostKind
from aam.costs.prices import Charge
from aam.vendor_limits.ports import Vendor
from tests.integration.api.test_processing import add_run, received_upload
from tests.support.api import Api, Person, reset_caches

NOW = datetime.now(UTC)
MONTH = f"{NOW:%Y-%m}"
VIDEO = {"filename": "a.mp4", "content_type": "video/mp4", "size": 112_500_000}


def spend(api: Api, by: Person, *charges: Charge, kind: CostKind = CostKind.ACTUAL, now: datetime = NOW) -> str:
    """A meeting with a run that cost something; the meeting's id."""
    meeting = api.meeting(by)
    run_id = add_run(api, by, meeting["id"], received_upload(api, by, meeting["id"]))
    account = Account(organization_id=UUID(by.organization_id), meeting_id=UUID(meeting["id"]), run_id=run_id)
    with api.database.transaction() as session:
        book(session, charges, to=account, kind=kind, now=now)
    return str(meeting["id"])


def heard(amount: str | None) -> Charge:
    return Charge(vendor=Vendor.DEEPGRAM, model="nova-3", usd=None if amount is None else Decimal(amount))


def written(amount: str | None, *, partial: bool = False) -> Charge:
    usd = None if amount is None else Decimal(amount)
    return Charge(vendor=Vendor.OPENAI, model="gpt-5-mini", usd=usd, partial=partial)


@pytest.fixture
def keys(api: Api) -> None:
    """Keys of both vendors are stored."""
    import os

    value = json.dumps({"deepgram": "key", "openai": "key"})
    boto3.client("secretsmanager").put_secret_value(SecretId=os.environ["VENDOR_KEYS_SECRET_ARN"], SecretString=value)
    reset_caches()


def test_without_keys_an_upload_costs_nothing(api: Api) -> None:
    anna = api.person()
    begun = api.call("POST", f"/meetings/{api.meeting(anna)['id']}/uploads", VIDEO, by=anna).json
    assert begun["estimated_cost"] == {"usd": "0", "complete": True, "charges": []}


@pytest.mark.usefixtures("keys")
def test_an_upload_says_what_it_will_cost_at_most_whenever_it_is_looked_at(api: Api) -> None:
    anna = api.person()
    meeting = api.meeting(anna)
    path = f"/meetings/{meeting['id']}/uploads"
    headers = {"Idempotency-Key": "once"}
    begun = api.call("POST", path, VIDEO, by=anna, headers=headers)
    cost = begun.json["estimated_cost"]
    assert [(charge["vendor"], charge["model"]) for charge in cost["charges"]] == [
        ("deepgram", "nova-3"),
        ("openai", "gpt-5-mini"),
    ]
    assert cost["complete"] is True
    assert Decimal("0.60") < Decimal(cost["usd"]) < Decimal("0.90"), "an hour of maybe two speakers"
    again = api.call("POST", path, VIDEO, by=anna, headers=headers)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json["estimated_cost"] == cost
    assert api.call("GET", f"/uploads/{begun.json['id']}", by=anna).json["estimated_cost"] == cost
    vtt = {"filename": "a.vtt", "content_type": "text/vtt", "size": 100_000}
    (charge,) = api.call("POST", path, vtt, by=anna).json["estimated_cost"]["charges"]
    assert charge["vendor"] == "openai"


@pytest.mark.usefixtures("keys")
def test_two_speakers_on_two_channels_cost_twice_the_recognition(api: Api) -> None:
    anna = api.person()
    costs = []
    for speakers in (False, True, None):
        meeting = api.meeting(anna, channels_are_speakers=speakers)
        begun = api.call("POST", f"/meetings/{meeting['id']}/uploads", VIDEO, by=anna).json
        costs.append(Decimal(begun["estimated_cost"]["charges"][0]["usd"]))
    assert costs[1:] == [2 * costs[0]] * 2, "nobody knows before it was looked at"


@pytest.mark.usefixtures("keys")
def test_the_estimate_of_an_upload_knows_what_is_asked_of_speech(api: Api) -> None:
    anna = api.person()
    charges = []
    for speech in ({}, {"redact": ["pii"]}, {"model": "nova-2"}):
        meeting = api.meeting(anna, channels_are_speakers=False, speech=speech)
        begun = api.call("POST", f"/meetings/{meeting['id']}/uploads", VIDEO, by=anna).json
        charge = begun["estimated_cost"]["charges"][0]
        charges.append((charge["model"], Decimal(charge["usd"])))
    hour = Decimal(60)
    assert charges == [
        ("nova-3", hour * Decimal("0.0056")),
        ("nova-3", hour * Decimal("0.0076")),
        ("nova-2", hour * Decimal("0.0043")),
    ]


def test_a_meeting_says_what_was_estimated_and_what_it_cost(api: Api) -> None:
    anna = api.person()
    meeting_id = spend(api, anna, heard("0.30"), written("0.02", partial=True))
    read = api.call("GET", f"/meetings/{meeting_id}", by=anna).json
    assert read["cost"]["estimated"] is None
    assert read["cost"]["actual"] == {
        "usd": "0.320000",
        "complete": False,
        "charges": [
            {"vendor": "deepgram", "model": "nova-3", "usd": "0.300000", "complete": True},
            {"vendor": "openai", "model": "gpt-5-mini", "usd": "0.020000", "complete": False},
        ],
    }
    assert read["waiting_reason"] is None
    assert api.call("GET", f"/meetings/{api.meeting(anna)['id']}", by=anna).json["cost"] == {
        "estimated": None,
        "actual": None,
    }
    unknown = api.call("GET", f"/meetings/{spend(api, anna, heard(None))}", by=anna).json["cost"]["actual"]
    assert (unknown["usd"], unknown["complete"], unknown["charges"][0]["usd"]) == ("0", False, None)


def test_a_month_is_reported_by_model_client_and_user(api: Api) -> None:
    anna, stranger = api.person(), api.person()
    first = spend(api, anna, heard("0.30"), written("0.02"))
    spend(api, anna, heard("0.50"), written(None))
    spend(api, anna, heard("9"), kind=CostKind.ESTIMATE)
    spend(api, anna, heard("7"), now=datetime(2026, 1, 31, 23, 59, tzinfo=UTC))
    spend(api, stranger, heard("100"))
    report = api.call("GET", "/costs", by=anna).json
    assert (report["month"], report["total_usd"], report["unknown"]) == (MONTH, "0.820000", 1)
    assert [(line["name"], line["usd"], line["unknown"]) for line in report["lines"]] == [
        ("deepgram nova-3", "0.800000", 0),
        ("openai gpt-5-mini", "0.020000", 1),
    ]
    (line,) = api.call("GET", "/costs?month=2026-01&by=user", by=anna).json["lines"]
    assert (line["id"], line["name"], line["usd"]) == (anna.user_id, "Person 1", "7.000000")
    clients = api.call("GET", "/costs?by=client", by=anna).json["lines"]
    assert [(line["name"], line["usd"]) for line in clients] == [("Client", "0.500000"), ("Client", "0.320000")]
    assert api.call("DELETE", f"/meetings/{first}", by=anna).status == 204
    after = api.call("GET", "/costs", by=anna).json
    assert after["total_usd"] == "0.820000", "money spent stays spent"


def test_a_meeting_that_is_deleted_while_a_vendor_works_leaves_what_it_may_cost(api: Api) -> None:
    anna = api.person()
    meeting_id = spend(api, anna, heard("0.30"), written("0.02"), kind=CostKind.ESTIMATE)
    with api.database.admin.begin() as connection:
        connection.exec_driver_sql("""update processing_runs set stage_started = '{"transcribe": "now"}'""")
    assert api.call("DELETE", f"/meetings/{meeting_id}", by=anna).status == 204
    report = api.call("GET", "/costs", by=anna).json
    assert [(line["name"], line["usd"], line["unknown"]) for line in report["lines"]] == [
        ("deepgram nova-3", "0.300000", 1)
    ]


def test_a_budget_is_set_shown_and_taken_away(api: Api) -> None:
    anna = api.person()
    spend(api, anna, heard("8"))
    set_to = api.call("PUT", "/budget", {"monthly_usd": "10"}, by=anna)
    assert set_to.status == 200
    assert set_to.json == {
        "organization_id": anna.organization_id,
        "organization": "O",
        "monthly_usd": "10.000000",
        "spent_usd": "8.000000",
        "reserved_usd": "0",
        "warning": True,
        "waiting_runs": 0,
    }
    assert api.call("GET", "/costs", by=anna).json["budgets"] == [set_to.json]
    assert api.call("PUT", "/budget", {"monthly_usd": None}, by=anna).json["monthly_usd"] is None


@pytest.mark.parametrize("bad", [{}, {"monthly_usd": "-1"}, {"monthly_usd": "much"}, {"monthly_usd": "1", "x": 1}])
def test_a_budget_that_is_none_is_refused(api: Api, bad: object) -> None:
    assert api.call("PUT", "/budget", bad, by=api.person()).status == 422


@pytest.mark.parametrize("query", ["month=2026-13", "month=november", "by=mood", "page=1"])
def test_a_report_that_there_is_not_is_refused(api: Api, query: str) -> None:
    assert api.call("GET", f"/costs?{query}", by=api.person()).status == 422


def test_only_the_owner_sees_costs_and_sets_the_budget(api: Api) -> None:
    anna = api.person()
    colleague = api.colleague(anna)
    assert api.call("GET", "/costs", by=colleague).code == "organization_owner_only"
    assert api.call("PUT", "/budget", {"monthly_usd": "0"}, by=colleague).code == "organization_owner_only"
    assert api.database.rows("select monthly_budget_usd from organizations") == [(None,)]


def test_a_raised_budget_begins_what_waits_at_once(api: Api) -> None:
    anna = api.person()
    meeting_id = spend(api, anna, heard("5"), kind=CostKind.ESTIMATE)
    with api.database.admin.begin() as connection:
        connection.exec_driver_sql("update processing_runs set waiting_reason = 'budget_exceeded'")
    api.call("PUT", "/budget", {"monthly_usd": "4"}, by=anna)
    path = f"/meetings/{meeting_id}"
    read = api.call("GET", path, by=anna).json
    assert (read["status"], read["waiting_reason"], read["cost"]["estimated"]["usd"]) == (
        read["status"],
        "budget_exceeded",
        "5.000000",
    )
    assert api.call("POST", f"{path}/uploads", VIDEO, by=anna).code == "run_in_progress"
    assert api.call("PUT", "/budget", {"monthly_usd": "6"}, by=anna).json["waiting_runs"] == 0
    assert api.call("GET", path, by=anna).json["waiting_reason"] is None
    machine = boto3.client("stepfunctions")
    arn = machine.list_state_machines()["stateMachines"][0]["stateMachineArn"]
    (execution,) = machine.list_executions(stateMachineArn=arn)["executions"]
    assert execution["name"].endswith("-1")
