"""A request to the model departs in its slot, as its limiter says."""

from __future__ import annotations

import pytest

from aam.artifacts.errors import ModelUnavailable
from aam.artifacts.openai import ChatServer, Exchange, OpenAISettings
from aam.artifacts.prompts import Request
from aam_fakes.scripted_server import Reply, scripted_server


def test_a_request_waits_for_its_slot_once_before_it_is_sent() -> None:
    with scripted_server() as server, ChatServer(OpenAISettings("key", "model", base_url=f"{server.url}/v1")) as chat:
        server.script = [Reply(500)]
        asked: list[int] = []
        request = Request(body={"model": "model", "messages": [{"role": "user", "content": "x"}]})
        with pytest.raises(ModelUnavailable):
            chat.post(request, Exchange("model"), timeout_s=5.0, wait_for_slot=lambda: asked.append(len(server.asked)))
        assert asked == [0]
        assert len(server.asked) == 1
