"""A vendor that fails or wants us slower: work stays queued, health says so, and all continues by itself."""

from __future__ import annotations

from typing import Any

import pytest

from aam_fakes.deepgram import DeepgramFake
from aam_fakes.scripted_server import Reply
from tests.support.stack import Person, Stack
from tests.support.vendor_load import vendor_load

DOWN = Reply(503, {"err_code": "SERVICE_UNAVAILABLE", "err_msg": "no"})
BUSY = Reply(429, {"err_code": "TOO_MANY_REQUESTS", "err_msg": "no"}, {"retry-after": "5"})


@pytest.mark.parametrize(("reply", "said"), [(DOWN, "Deepgram failed"), (BUSY, "Deepgram asked us to slow down")])
def test_work_waits_for_it_and_resumes_by_itself(stack: Stack, person: Person, reply: Reply, said: str) -> None:
    with vendor_load(stack, DeepgramFake()) as load:
        load.deepgram.script = [reply]
        for _ in range(4):
            load.begin()
        health: dict[str, Any] = {}

        def warned() -> bool:
            health.update(person.api.ask("GET", "/health")[1])
            return said in health["checks"]["deepgram"]["detail"]

        stack.until(warned, "a warning of health's")
        assert health["status"] == "warning"
        assert set(load.statuses()) == {"RUNNING"}
        load.deepgram.script = []
        assert load.wait(seconds=150) == ["SUCCEEDED"] * 4
        assert load.dead_letters() == 0
        assert person.api.ask("GET", "/health")[1]["checks"]["deepgram"]["status"] == "ok"
