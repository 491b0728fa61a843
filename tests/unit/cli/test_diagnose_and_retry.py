"""`aam diagnose`, `retry`, `delete`: what they ask of the deployed functions, and what people read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

import aam_cli.diagnose
import aam_local.invoking
from aam_cli.main import main
from aam_local.errors import UserError
from aam_local.paths import Home

Asked = list[tuple[str, dict[str, Any]]]
HASH = "cd" * 32
M1 = "01930000-0000-7000-8000-0000000000a1"
GONE_ID = "01930000-0000-7000-8000-0000000000a9"
C1 = "01930000-0000-7000-8000-0000000000c1"
AT = "2026-11-21T12:00:00.123Z"
MEETING = {
    "meeting_id": M1,
    "client_id": C1,
    "title": "Plan\x1b[2J",
    "status": "failed",
    "language": "en",
    "created_at": AT,
    "holds": ["Case 12"],
    "kept_days": {"audio": 30, "video": None},
    "uploads": [
        {
            "created_at": AT,
            "status": "received",
            "reach": "readable",
            "filename": "a.mp3",
            "size_bytes": 1234,
            "in_parts": True,
        }
    ],
    "runs": [
        {
            "id": "r1",
            "attempt": 2,
            "created_at": AT,
            "status": "failed",
            "stage": "write_artifacts",
            "failure_code": "worker_died",
            "waiting_reason": None,
            "trigger": "retry",
            "from_stage": "write_artifacts",
            "execution": "ended",
            "correlation_id": "k1",
            "stages": [{"stage": "probe", "seconds": 0.25}, {"stage": "write_artifacts", "seconds": None}],
            "tasks": [{"stage": "write_artifacts", "state": "failed", "deaths": 3, "faults": 0, "submissions": 0}],
        }
    ],
    "errors": [
        {"occurred_at": AT, "attempt": 2, "stage": "write_artifacts", "code": "worker_died", "message": "It died."}
    ],
    "results": [
        {
            "kind": "transcript",
            "created_at": AT,
            "version": 1,
            "engine": "deepgram",
            "count": 7,
            "quoted": 0,
            "unsupported": 0,
        },
        {
            "kind": "minutes",
            "created_at": AT,
            "version": 1,
            "engine": "openai",
            "count": 7,
            "quoted": 4,
            "unsupported": 2,
        },
    ],
    "cost": {"actual": {"usd": "0.12", "complete": False}},
    "waits": [],
    "traces": {
        "erasures": [],
        "log": [{"at": AT, "level": "INFO", "operation": "hold", "result": "ended", "details": {}}],
        "letters": {"artifacts": [{"sent_at": AT, "message_id": "x", "receives": 4}]},
    },
    "advice": [{"why": "Go on.", "command": f"aam retry --meeting {M1}"}],
}
GONE = {
    "meeting_id": GONE_ID,
    "departure": {"marked_at": AT, "gone_at": AT, "by": "the erasure e1"},
    "traces": {
        "erasures": [
            {
                "id": "e1",
                "subject": "meeting",
                "state": "complete",
                "created_at": AT,
                "erased_at": AT,
                "trigger": "person",
            }
        ],
        "log": [],
        "letters": {},
    },
    "advice": [],
}
QUEUE = {
    "name": "artifacts",
    "waiting": 3,
    "in_flight": 1,
    "oldest_s": 90,
    "dead": 1,
    "letters": [{"message_id": "x", "sent_at": AT, "receives": 4, "meeting_id": M1, "run_id": "r1"}],
}
SERVICES = {
    "checks": {"database": "ok", "state_table": "error"},
    "database": {
        "version": "18.4",
        "size_bytes": 9_000_000,
        "connections": 4,
        "connections_most": 100,
        "cache_hit_ratio": 0.987,
        "revision": "0010",
        "newest_revision": "0010",
        "slow": [{"seconds": 7.0, "text": "select 1"}],
    },
    "vendors": [{"vendor": "Deepgram", "state": "down", "under_way": 0, "has_key": True}],
    "schedules": [{"name": "sweep", "last": None}],
    "advice": [],
}
OVERVIEW = {
    "meetings": {"failed": 1, "review": 20},
    "runs_alive": 2,
    "runs_waiting": 1,
    "unread_errors": {"worker_died": 1},
    "queues": [{**QUEUE, "letters": []}],
    "checks": {"database": "ok"},
    "last_sweep": AT,
    "holds": 1,
    "advice": [{"why": "1 meetings have failed.", "command": "aam retry --failed"}],
}
FAILED = {
    "meetings": [
        {"meeting_id": M1, "title": "A", "stage": "probe", "code": "step_failed", "helps": True},
        {"meeting_id": "m2", "title": "B", "stage": "probe", "code": "silent_recording", "helps": False},
    ],
    "after": None,
    "beyond_help": 1,
}
SECOND_PAGE = {"meetings": [{**FAILED["meetings"][0], "meeting_id": "m3"}], "after": None, "beyond_help": 1}  # type: ignore[dict-item, index]
PLAN = {
    "hash": HASH,
    "name": "Acme",
    "objects": 2,
    "size_bytes": 5,
    "multiparts": 0,
    "meetings": 1,
    "rows": {},
    "reasons": [],
    "largest": [],
    "kept": 0,
    "would_stop": [],
    "database_bytes": 7,
    "lines": 3,
}


def answer_to(payload: dict[str, Any]) -> dict[str, Any]:
    """What the deployed functions say."""
    if payload.get("action") == "diagnose":
        return (
            GONE
            if payload.get("meeting_id") == GONE_ID
            else MEETING
            if "meeting_id" in payload
            else SERVICES
            if "services" in payload
            else {"queues": [QUEUE], "advice": []}
            if "queue" in payload
            else OVERVIEW
        )
    if payload.get("action") == "failed":
        return SECOND_PAGE if payload.get("after") else FAILED
    if payload.get("action") == "restore":
        return {"reach": "archived"}
    if payload.get("action") == "retry":
        if payload["meeting_id"] == "gone":
            raise UserError("Retrying failed: There is no meeting.")
        stage = payload.get("from_stage", "write_artifacts")
        paid = ["deepgram"] if stage == "transcribe" else []
        return {"run_id": "r2", "from_stage": stage, "took_over": "r1", "paid_again": paid}
    if payload.get("action") == "check":
        return {"ok": True, "rows_without_object": 0, "objects_without_row": 0, "waiting": 0, "named": []}
    if payload.get("mode") == "meetings":
        return (
            {"plan": PLAN}
            if payload["dry_run"]
            else {**PLAN, "finished": True, "resumed": None, "skipped": 0, "failed": 0}
        )
    raise AssertionError(payload)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    calls: Asked = []

    def answer(_home: Home, output: str, payload: dict[str, Any], *, what: str) -> dict[str, Any]:
        calls.append((output, payload))
        return json.loads(json.dumps(answer_to(payload)))  # type: ignore[no-any-return]

    monkeypatch.setattr(aam_local.invoking, "call_function", answer)
    monkeypatch.setattr(aam_cli.diagnose, "stack_health", lambda: {"local emulator": "ok"})
    return calls


def aam(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, arguments, input=typed)


def test_a_meetings_history_fits_a_screen_and_cannot_give_orders_to_it(asked: Asked) -> None:
    done = aam("diagnose", "--meeting", M1)
    assert done.exit_code == 0, done.output
    assert asked == [("OperationsFunctionName", {"action": "diagnose", "meeting_id": M1})]
    assert "\x1b" not in done.output
    assert len(done.output.splitlines()) < 25
    for said in (
        "received, readable in the store: a.mp3, 1,234 bytes in parts",
        "failed at write_artifacts (worker_died): retry, from write_artifacts, execution ended",
        "probe 0.2 s, write_artifacts …",
        "write_artifacts: failed, 3 deaths",
        "It died.",
        "version 1, openai: 7 items: 1 supported, 4 quoted, 2 unsupported",
        "$0.12 at least",
        "held       Case 12",
        "audio 30 days",
        "log        2026-11-21 12:00:00  hold ended",
        "1 dead letters of artifacts",
        f"→ Go on.\n    aam retry --meeting {M1}",
    ):
        assert said in done.output, said


def test_twenty_attempts_fit_a_screen_too_unless_all_are_asked_for(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("runs", "errors", "uploads", "results"):
        monkeypatch.setitem(MEETING, name, MEETING[name] * 20)  # type: ignore[operator]
    done = aam("diagnose", "--meeting", M1)
    assert len(done.output.splitlines()) < 40
    assert done.output.count("attempt 2 ") == 3
    assert "earlier    17 uploads, 17 runs, 17 errors; --all shows them" in done.output
    assert aam("diagnose", "--meeting", M1, "--all").output.count("attempt 2 ") == 20
    assert aam("diagnose", "--all").exit_code == 2


def test_a_meeting_that_is_gone_says_when_and_by_what(asked: Asked) -> None:
    done = aam("diagnose", "--meeting", GONE_ID)
    assert done.exit_code == 0, done.output
    for said in (
        f"meeting {GONE_ID} is gone.",
        "by the erasure e1",
        "gone       2026-11-21",
        "of a meeting, complete, erased",
    ):
        assert said in done.output, said


def test_services_name_the_local_programs_as_well(asked: Asked) -> None:
    done = aam("diagnose", "--services")
    for said in (
        "state table    error",
        "local emulator ok",
        "4 of 100 connections",
        "cache 98.7%",
        "down, 0 under way",
    ):
        assert said in done.output, said
    assert "Nothing deserves attention" in done.output


def test_queues_and_the_overview(asked: Asked) -> None:
    assert f"meeting {M1}, run r1, received 4 times" in aam("diagnose", "--queue").output
    done = aam("diagnose")
    assert "1 failed, 20 review" in done.output
    assert "3 wait, 1 in flight, the oldest for 90 s, 1 dead letters" in done.output
    assert json.loads(aam("diagnose", "--json").output) == OVERVIEW
    assert aam("diagnose", "--queue", "--services").exit_code == 2


def test_a_retry_says_where_it_begins_and_what_it_costs_again(asked: Asked) -> None:
    done = aam("retry", "--meeting", M1)
    assert done.output == "Begun at write_artifacts, what was made before is taken over: run r2.\n"
    done = aam("retry", "--meeting", M1, "--from", "transcribe")
    assert done.output.endswith("What was paid to deepgram is paid once more.\n")
    assert asked[-1][1] == {"action": "retry", "meeting_id": M1, "from_stage": "transcribe"}
    for wrong in ([], ["--meeting", "m", "--failed"], ["--meeting", "m", "--from", "soon"], ["--failed", "--restore"]):
        assert aam("retry", *wrong).exit_code == 2


def test_all_that_failed_is_shown_and_asked_first(asked: Asked) -> None:
    refused = aam("retry", "--failed", typed="n\n")
    assert refused.exit_code == 1
    assert "× m2  B: probe, silent_recording" in refused.output
    assert "the file itself is the trouble.\n" in refused.output
    assert len(asked) == 1
    done = aam("retry", "--failed", typed="y\n")
    assert done.exit_code == 0
    assert [payload.get("meeting_id") for _, payload in asked[1:]] == [None, M1]


def test_how_many_no_retry_can_help_is_said(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FAILED, "beyond_help", 4_001)
    assert "the file itself is the trouble. So are 4,000 more." in aam("retry", "--failed", typed="n\n").output


def test_page_after_page_is_shown_and_begun(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is refused each time hides nobody behind them."""
    monkeypatch.setitem(FAILED, "after", M1)
    monkeypatch.setitem(FAILED, "meetings", [{**FAILED["meetings"][0], "meeting_id": "gone"}])  # type: ignore[dict-item, index]
    done = aam("retry", "--failed", typed="y\ny\n")
    assert done.exit_code == 1
    assert "Try 1 meetings again, and more after these?" in done.output
    assert [payload.get("after", payload.get("meeting_id")) for _, payload in asked] == [None, "gone", M1, "m3"]
    assert "1 of 2 were not begun" in done.output
    assert "Nothing more was begun" in aam("retry", "--failed", typed="y\nn\n").output


def test_one_that_is_refused_does_not_keep_the_others(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    both = [{**FAILED["meetings"][0], "meeting_id": name} for name in ("gone", M1)]  # type: ignore[dict-item, index]
    monkeypatch.setitem(FAILED, "meetings", both)
    done = aam("retry", "--failed", "--yes")
    assert (done.exit_code, done.output.count("Begun at")) == (1, 1)
    assert "1 of 2 were not begun" in done.output


def test_a_recording_is_asked_back(asked: Asked) -> None:
    assert "takes some hours" in aam("retry", "--meeting", M1, "--restore").output


def test_deleting_shows_asks_for_the_name_and_checks(asked: Asked) -> None:
    assert aam("delete", "client", C1, typed="acme\n").exit_code == 1
    assert [payload.get("dry_run") for _, payload in asked] == [True]
    asked.clear()
    done = aam("delete", "client", C1, "--no-backup", typed="Acme\n")
    assert done.exit_code == 0, done.output
    plan, run, _check = [payload for _, payload in asked]
    assert (plan["scope"], plan["scope_id"]) == ("client", C1)
    assert (run["confirm"], run["no_backup"], run["dry_run"]) == (HASH, True, False)
    asked.clear()
    assert aam("delete", "meeting", M1, "--dry-run").exit_code == 0
    assert len(asked) == 1


def test_a_legal_hold_refuses_the_whole(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PLAN, "kept", 1)
    done = aam("delete", "client", C1, "--yes")
    assert (done.exit_code, len(asked)) == (1, 1)
    assert "A legal hold stands on it; nothing was deleted." in done.output
