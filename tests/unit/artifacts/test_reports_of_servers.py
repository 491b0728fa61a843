"""What a server reports beside its answer is taken where it can be, and costs nobody the answer where it cannot."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aam.artifacts.catalogue import load_catalogue
from aam.artifacts.errors import ModelUnavailable
from aam.artifacts.openai import Exchange
from aam.artifacts.reply_schema import read_reply


def read(reply: dict[str, Any]) -> Exchange:
    whole = {"model": "m", "choices": [{"finish_reason": "stop", "message": {"content": "said"}}], **reply}
    exchange = Exchange(model="asked")
    exchange.read(json.dumps(whole))
    return exchange


@pytest.mark.parametrize("tokens", [-5, 10**15, 1.5, "many", None, [1]])
def test_a_count_that_cannot_be_is_none(tokens: object) -> None:
    exchange = read({"usage": {"prompt_tokens": tokens, "completion_tokens": 7}})
    assert exchange.usage == {"input_tokens": None, "cached_tokens": None, "output_tokens": 7}
    assert exchange.content() == "said"


@pytest.mark.parametrize("usage", ["none", [], {"prompt_tokens_details": "all"}])
def test_usage_of_another_form_is_no_usage(usage: object) -> None:
    assert set(read({"usage": usage}).usage.values()) == {None}


def test_names_and_bodies_are_made_fit_for_a_table() -> None:
    assert read({"model": "a\0b" + "c" * 500}).model == "a\ufffdb" + "c" * 197
    exchange = Exchange(model="asked")
    with pytest.raises(ModelUnavailable):
        exchange.read("abc\0def")
    assert exchange.response == "abc\ufffddef"


def test_a_nul_in_an_item_is_replaced() -> None:
    section = next(iter(load_catalogue().scenarios.values())).sections[0]
    fields = "".join(f', "{field.name}": null' for field in section.fields)
    content = f'{{"{section.kind}": [{{"text": "a\\u0000b", "priority": "low", "quotes": []{fields}}}]}}'
    (found,) = read_reply(content, sections=[section], language="en", utterance_ids=[1])
    assert found.items[0].text == "a\ufffdb"
