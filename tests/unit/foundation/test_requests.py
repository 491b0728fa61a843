"""Requests of operators: the model that an action names, or one sentence that quotes nothing."""

from __future__ import annotations

from typing import Any, Literal, Self

import pytest
from pydantic import Field, model_validator

from aam.foundation.errors import InvalidInput
from aam.foundation.requests import read_request
from aam.foundation.schemas import RequestBody


class Plain(RequestBody):
    """Without an action."""

    size: int = Field(default=1, ge=1)
    limit: int = 10

    @model_validator(mode="after")
    def fits(self) -> Self:
        """One rule about both."""
        if self.size > self.limit:
            raise ValueError("size goes up to the limit")
        return self


class Looking(RequestBody):
    """With an action."""

    action: Literal["look"]


class Bad(InvalidInput):
    """What is raised here."""

    code = "bad"
    sentence = "Bad."


def read(event: Any, *, otherwise: type[Plain] | None = Plain) -> Plain | Looking:
    models: tuple[type[Plain | Looking], ...] = (otherwise, Looking) if otherwise else (Looking,)
    return read_request(event, models=models, error=Bad, ending="nothing was done")


def test_action_chooses_the_model_and_correlation_id_is_ignored() -> None:
    assert read({"action": "look", "correlation_id": "c"}) == Looking(action="look")
    assert read({"size": 2, "correlation_id": "c"}) == Plain(size=2)
    assert read_request({}, models=(Plain,), error=Bad, ending="") == Plain()


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"action": "s3cret"}, "action must be one of look; nothing was done."),
        ({"action": ["look"]}, "action must be one of look; nothing was done."),
        ({"action": "look", "x": "s3cret"}, "x: Extra inputs are not permitted; nothing was done."),
        ({"size": "s3cret"}, "size: Input should be a valid integer; nothing was done."),
        ({"size": "1"}, "size: Input should be a valid integer; nothing was done."),
        ({"size": True}, "size: Input should be a valid integer; nothing was done."),
        ({"size": 11}, "Size goes up to the limit; nothing was done."),
    ],
)
def test_what_is_wrong_is_one_sentence_and_no_quotation(event: dict[str, Any], said: str) -> None:
    with pytest.raises(Bad) as refused:
        read(event)
    assert refused.value.detail.startswith(said)
    assert "s3cret" not in refused.value.detail


@pytest.mark.parametrize("event", [None, [], ["s3cret"], "s3cret", 7, True])
def test_a_request_that_is_no_object_is_refused_with_a_sentence(event: Any) -> None:
    with pytest.raises(Bad, match=r"^The request must be a JSON object; nothing was done\.$"):
        read(event)


def test_without_another_model_an_action_is_needed() -> None:
    with pytest.raises(Bad, match="action must be one of look"):
        read({"size": 2}, otherwise=None)
    with pytest.raises(Bad, match="action: Extra inputs"):
        read_request({"action": "look"}, models=(Plain,), error=Bad, ending="nothing was done")
