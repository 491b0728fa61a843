"""What leaves a function when it breaks: nothing that anybody said."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import pytest

from aam.foundation.lambda_handler import Unforeseen, lambda_handler
from aam.foundation.storage import StorageUnavailable
from aam.pipeline.schemas import RunInput
from tests.support.api import listen_to_logs

SAID = "we fire Helen on Monday"


def foreign(_event: Any, _context: Any) -> Any:
    return RunInput.model_validate({"run_id": SAID})


def ours(_event: Any, _context: Any) -> Any:
    try:
        int(SAID)
    except ValueError as error:
        raise StorageUnavailable from error


def within(_event: Any, _context: Any) -> Any:
    try:
        int(SAID)
    except ValueError:
        raise StorageUnavailable  # noqa: B904 - the context is the point


@pytest.mark.parametrize(
    ("handle", "raised", "message"),
    [
        (foreign, Unforeseen, "ValidationError"),
        (ours, StorageUnavailable, StorageUnavailable.sentence),
        (within, StorageUnavailable, StorageUnavailable.sentence),
    ],
)
def test_runtime_output_quotes_no_words_of_a_meeting(
    handle: Callable[..., Any], raised: type[Exception], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(raised, match=message) as caught:
        lambda_handler(handle)({}, None)
    printed = "".join(traceback.format_exception(caught.value)) + "".join(capsys.readouterr())
    assert SAID not in printed


def test_the_log_has_type_and_place_of_what_broke() -> None:
    said = listen_to_logs()
    with pytest.raises(Unforeseen):
        lambda_handler(foreign)({"correlation_id": "c-1"}, None)
    logged = said.getvalue()
    assert SAID not in logged
    assert all(word in logged for word in ("function broke", "ValidationError", "test_lambda_handler.py:", "c-1"))


def test_what_is_no_error_passes() -> None:
    assert lambda_handler(lambda event, _context: event)({"a": 1}, None) == {"a": 1}
    assert lambda_handler(foreign)({"warm": True}, None) == {"warm": True}


@pytest.mark.parametrize("event", [None, [], "text", 7])
def test_what_is_no_object_reaches_the_function_that_says_so(event: Any) -> None:
    assert lambda_handler(lambda asked, _context: {"asked": asked})(event, None) == {"asked": event}
