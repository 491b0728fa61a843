"""What the sweep measures for the dashboard."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from aam.vendor_limits.limiter_state import LimiterState
from aam.vendor_limits.ports import Vendor
from aam.workflow.metrics import measure
from tests.support.budgets import NEXT_MONTH, NOW, Desk, speech, usd

CLOSED = {Vendor.OPENAI: LimiterState(closed_until=NOW.timestamp() + 60)}


def measures(out: str) -> dict[tuple[str, str], float]:
    """Every figure of the EMF lines, by its name and vendor."""
    found = {}
    for line in out.splitlines():
        said = json.loads(line)
        (name,) = (each["Name"] for each in said["_aws"]["CloudWatchMetrics"][0]["Metrics"])
        found[name, said.get("vendor", "")] = said[name][0]
    return found


def test_gauges_show_runs_ages_spending_and_vendors(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.budget("1")
    spent, waiting = desk.run(), desk.run()
    assert desk.admit(spent, speech("0.60"))
    assert not desk.admit(waiting, speech("0.90"))
    with desk.database.transaction() as session:
        session.execute(text("update processing_runs set created_at = :at"), {"at": NOW - timedelta(minutes=2)})
        session.execute(text("update cost_entries set kind = 'actual' where run_id = :id"), {"id": spent.run_id})
    capsys.readouterr()
    with desk.database.transaction() as session:
        measure(session, read_limiter=lambda vendor: CLOSED.get(vendor, LimiterState()), now=NOW)
        assert measures(capsys.readouterr().out) == {
            ("RunsAlive", ""): 2,
            ("RunsWaitingForBudget", ""): 1,
            ("OldestRunSeconds", ""): 120,
            ("SpentThisMonthUsd", "deepgram"): float(usd("0.60")),
            ("SpentThisMonthUsd", "openai"): 0,
            ("SpentThisMonthUsd", "openai_audio"): 0,
            ("VendorClosed", "deepgram"): 0,
            ("VendorClosed", "openai"): 1,
            ("VendorClosed", "openai_audio"): 0,
            ("VendorRequests", "deepgram"): 0,
            ("VendorRequests", "openai"): 0,
            ("VendorRequests", "openai_audio"): 0,
        }
        measure(session, read_limiter=lambda _: LimiterState(), now=NEXT_MONTH)
        assert measures(capsys.readouterr().out)["SpentThisMonthUsd", "deepgram"] == 0
