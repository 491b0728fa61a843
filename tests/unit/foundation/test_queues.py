"""Messages that are not done yet stay in their queue."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aam.foundation import queues
from aam.foundation.queues import HIDDEN_MOST_S, LOOK_AGAIN_S, Delivery, attend
from aam.foundation.schemas import Value


class Message(Value):
    number: int


@pytest.fixture
def hidden(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The visibility timeouts that were set."""
    seconds: list[int] = []

    class Sqs:
        def change_message_visibility(self, **named: Any) -> None:
            seconds.append(named.pop("VisibilityTimeout"))
            assert named == {"QueueUrl": "https://queue", "ReceiptHandle": "handle"}

    monkeypatch.setattr(queues, "client", lambda _service: Sqs())
    return seconds


def event(body: str = '{"number": 1}', receives: int = 1) -> dict[str, Any]:
    attributes = {"SentTimestamp": "1800000000500", "ApproximateReceiveCount": str(receives)}
    return {"Records": [{"messageId": "m", "receiptHandle": "handle", "body": body, "attributes": attributes}]}


def attended(event: dict[str, Any], answer: float | None) -> dict[str, Any]:
    return attend(event, queue_url="https://queue", message_type=Message, work=lambda _message, _delivery: answer)


KEPT = {"batchItemFailures": [{"itemIdentifier": "m"}]}


def test_what_is_done_goes(hidden: list[int]) -> None:
    assert attended(event(), None) == {"batchItemFailures": []}
    assert hidden == []


@pytest.mark.parametrize(("wait_s", "expected"), [(0.2, 1), (17.4, 18), (-3.0, 1), (86_400.0, HIDDEN_MOST_S)])
def test_what_waits_is_hidden_and_kept(hidden: list[int], wait_s: float, expected: int) -> None:
    assert attended(event(), wait_s) == KEPT
    assert hidden == [expected]


def test_a_thousand_receives_last_longer_than_a_day(hidden: list[int]) -> None:
    for receives in range(1, 1001):
        attended(event(receives=receives), 0.0)
    assert sum(hidden) > 24 * 3600


def test_who_works_learns_when_the_message_was_sent(hidden: list[int]) -> None:
    seen: list[Delivery] = []

    def work(message: Message, delivery: Delivery) -> None:
        seen.append(delivery)

    attend(event(receives=7), queue_url="https://queue", message_type=Message, work=work)
    assert seen == [Delivery("https://queue", "handle", 1_800_000_000.5, 7)]


@pytest.mark.parametrize("body", ["not json", json.dumps({"number": "secret words"})])
def test_what_is_no_message_of_ours_is_looked_at_again_and_never_logged(
    hidden: list[int], capsys: pytest.CaptureFixture[str], body: str
) -> None:
    assert attended(event(body), None) == KEPT
    assert hidden == [LOOK_AGAIN_S]
    assert "secret words" not in capsys.readouterr().out


def test_what_breaks_the_worker_is_kept(hidden: list[int]) -> None:
    def work(_message: Message, _delivery: Delivery) -> None:
        raise ZeroDivisionError

    assert attend(event(), queue_url="https://queue", message_type=Message, work=work) == KEPT
    assert hidden == [LOOK_AGAIN_S]
