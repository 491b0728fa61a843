"""The envelope of operator functions, and that each request has its use case."""

from __future__ import annotations

from typing import Any

import pytest

from aam.backups import backup_handlers, restore_handlers
from aam.backups.schemas import BACKUP_MODELS, RESTORE_MODELS
from aam.erasure import handlers as erasure_handlers
from aam.erasure.schemas import MODELS as ERASURE_MODELS
from aam.foundation.errors import Conflict, InvalidInput, Transient
from aam.foundation.lambda_handler import Unforeseen
from aam.foundation.operator import operator_function
from aam.foundation.requests import read_request
from aam.foundation.schemas import RequestBody, Value
from aam.operations import handlers as operations_handlers
from aam.operations.requests import MODELS as OPERATIONS_MODELS
from aam.retention import handlers as retention_handlers
from aam.retention.schemas import MODELS as RETENTION_MODELS
from aam.retention.schemas import HealthRequest
from tests.support.apps import app_of


class Ask(RequestBody):
    """A request."""

    size: int = 1


class Said(Value):
    """An answer."""

    size: int


class Bad(InvalidInput):
    """What is wrong with a request."""

    code = "bad"


def parse(event: Any) -> Ask:
    return read_request(event, models=(Ask,), error=Bad, ending="nothing was done")


def failing(error: Exception, *, unattended: bool = False) -> Any:
    @operator_function(parse, unattended=lambda _request: unattended)
    def handler(_request: Ask, _context: Any) -> Said:
        raise error

    return handler


def test_an_answer_is_json() -> None:
    handler = operator_function(parse)(lambda request, _context: Said(size=request.size))
    assert handler({"size": 3, "correlation_id": "c"}, None) == {"size": 3}
    assert handler({"warm": True}, None) == {"warm": True}


def test_a_refusal_is_answered() -> None:
    told = failing(Conflict())({}, None)
    assert told == {"error": "conflict", "detail": Conflict.sentence, "finished": True}


def test_transient_errors_and_the_refusals_of_unattended_requests_are_raised() -> None:
    with pytest.raises(Transient):
        failing(Transient())({}, None)
    with pytest.raises(Conflict):
        failing(Conflict(), unattended=True)({}, None)
    with pytest.raises(Unforeseen):
        failing(ValueError("what was sent"))({}, None)


@pytest.mark.parametrize("event", [None, [], "text", 3])
@pytest.mark.parametrize(
    "function", ["backup", "cleanup", "costs", "erasure", "export", "migrate", "operations", "restore"]
)
def test_a_payload_that_is_no_object_is_refused_with_a_sentence(function: str, event: Any) -> None:
    told = app_of(function).handler(event, None)
    assert told["detail"].startswith("The request must be a JSON object; nothing was ")
    assert told["finished"] is True


def test_every_request_has_its_use_case() -> None:
    assert set(backup_handlers.HANDLERS) == set(BACKUP_MODELS)
    assert set(restore_handlers.HANDLERS) == set(RESTORE_MODELS)
    assert set(erasure_handlers.handlers()) == set(ERASURE_MODELS)
    assert set(operations_handlers.HANDLERS) == set(OPERATIONS_MODELS)
    assert {*retention_handlers.HANDLERS, HealthRequest} == set(RETENTION_MODELS)
