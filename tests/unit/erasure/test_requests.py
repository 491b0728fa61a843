"""What an event may ask of the erasure function, every sample among it; what it says of nonsense."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from aam.erasure.errors import BadErasureRequest, DeadLettersBusy
from aam.erasure.handlers import ErasureSettings
from aam.erasure.places.queue_messages import QueueMessages
from aam.erasure.schemas import EraseRequest, SweepRequest, parse
from tests.support.memory_sqs import MemorySqs
from tests.support.template import ROOT

ID = "01930000-0000-7000-8000-0000000000c1"
SAMPLES = sorted((ROOT / "events" / "erasure").glob("*.json"))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_a_sample_is_read(sample: Any) -> None:
    request = parse(json.loads(sample.read_text("utf-8")))
    if isinstance(request, EraseRequest):
        assert request.dry_run is sample.stem.endswith("dry-run")


def test_without_a_word_nothing_is_erased() -> None:
    asked = parse({"subject": "client", "id": ID, "correlation_id": "c"})
    assert isinstance(asked, EraseRequest)
    assert asked.dry_run
    assert isinstance(parse({"action": "sweep"}), SweepRequest)


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"action": "explode"},
        {"action": 1},
        {"subject": "everybody", "id": ID},
        {"subject": "client", "id": "x"},
        {"subject": "client", "id": ID, "force": True},
        {"action": "sweep", "id": ID},
        {"subject": "client", "id": ID, "seconds": -1},
    ],
)
def test_nonsense_is_told_in_one_sentence(event: dict[str, Any]) -> None:
    with pytest.raises(BadErasureRequest, match=r"nothing was erased\.$") as caught:
        parse(event)
    assert "\n" not in caught.value.detail


@pytest.mark.parametrize(("callback_s", "minutes"), [(60, 30), (3600, 75)])
def test_urls_are_waited_for_as_long_as_they_live(callback_s: int, minutes: int) -> None:
    settings = ErasureSettings.model_validate(
        {
            "LEDGER_BUCKET": "ledger",
            "LEDGER_SECRET_ARN": "arn",
            "DEEPGRAM_CALLBACK_S": str(callback_s),
        }
    )
    assert settings.url_life == timedelta(minutes=minutes)


def ids(*numbers: int) -> set[str]:
    return {str(UUID(int=number)) for number in numbers}


class Scattered(MemorySqs):
    """SQS whose quick answers come from one server that has nothing, and whose hidden messages come back at once."""

    def receive_message(self, *, WaitTimeSeconds: int, **more: Any) -> dict[str, Any]:  # noqa: N803
        if not WaitTimeSeconds:
            return {}
        found = super().receive_message(WaitTimeSeconds=WaitTimeSeconds, **more)
        if len(self.hidden) == 25:
            self.show()
        return found


def test_only_their_dead_letters_go() -> None:
    queues = Scattered()
    for url in ("one", "two"):
        for number in range(25):
            queues.send_message(QueueUrl=url, MessageBody=f"meetings/{UUID(int=number)}/")
    assert QueueMessages(queues, dead=["one", "none"]).remove(ids(7, 24)) == {
        "dead_letters": 2,
        "queued_messages": 0,
    }
    assert len(queues.bodies()) == 48
    assert f"meetings/{UUID(int=7)}/" not in queues.messages["one"].values()
    assert list(queues.messages["two"]) == [f"m{number}" for number in range(26, 51)]


def test_dead_letters_held_by_another_process_are_waited_for() -> None:
    queues = MemorySqs()
    for number in range(3):
        queues.send_message(QueueUrl="one", MessageBody=f"meetings/{UUID(int=number)}/")
    letters = QueueMessages(queues, dead=["one"], wait_s=0)
    queues.hidden = {"m2"}
    with pytest.raises(DeadLettersBusy):
        letters.remove(ids(1))
    assert len(queues.bodies()) == 3, "nobody can tell of the one that was not seen"
    queues.hidden = {"m2"}
    asked: list[str] = []

    def give_back(operation: str) -> None:
        asked.append(operation)
        if asked.count("receive_message") == 3:
            queues.show()

    queues.before = give_back
    assert letters.remove(ids(1))["dead_letters"] == 1
    assert queues.bodies() == [f"meetings/{UUID(int=0)}/", f"meetings/{UUID(int=2)}/"]


def test_a_letter_that_comes_meanwhile_is_no_hidden_one() -> None:
    queues = MemorySqs()
    queues.send_message(QueueUrl="one", MessageBody=f"meetings/{UUID(int=0)}/")

    def add(operation: str) -> None:
        if operation == "receive_message":
            queues.before = lambda _operation: None
            queues.send_message(QueueUrl="one", MessageBody=f"meetings/{UUID(int=1)}/")

    queues.before = add
    assert QueueMessages(queues, dead=["one"], wait_s=0).remove(ids(1))["dead_letters"] == 1


def test_an_upload_that_waits_to_be_begun_goes_whatever_workers_hold() -> None:
    queues = MemorySqs()
    for number in range(3):
        queues.send_message(QueueUrl="work", MessageBody=f"meetings/{UUID(int=number)}/")
    queues.hidden = {"m1"}
    letters = QueueMessages(queues, dead=["dead"], work=["work"], wait_s=0)
    assert letters.remove(ids(1)) == {"queued_messages": 1, "dead_letters": 0}
    assert queues.bodies() == [f"meetings/{UUID(int=0)}/", f"meetings/{UUID(int=2)}/"]
    queues.show()
    queues.send_message(QueueUrl="dead", MessageBody=f"meetings/{UUID(int=2)}/")
    removed = letters.remove(ids(0, 2), spared=ids(2))
    assert removed == {"queued_messages": 1, "dead_letters": 1}
    assert queues.bodies() == [f"meetings/{UUID(int=2)}/"], "somebody has uploaded it anew"
