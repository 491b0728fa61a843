"""Calling the stack's functions by hand, as operators and the steps after a deploy do."""

import json
from typing import Any

from aam_local.errors import UserError
from aam_local.target import Target, answering

Answer = dict[str, Any]


def invoke(functions: Any, name: str, payload: Answer, *, what: str) -> Answer:
    """Call a function through a Lambda client and wait for its answer.

    Raises UserError with the function's own sentence when it fails, or when it answers ``{"error": …, "detail": …}``.
    """
    answer = functions.invoke(FunctionName=name, Payload=json.dumps(payload).encode())
    try:
        told = json.loads(answer["Payload"].read() or b"{}")
    except ValueError:
        told = {}
    said: Answer = told if isinstance(told, dict) else {}
    if "FunctionError" in answer:
        reason = str(said.get("errorMessage") or "it gave no reason")
        raise UserError(f"{what} failed: {reason.rstrip('.')}; 'aam logs {name}' shows more.")
    if "error" in said and "detail" in said:
        raise UserError(f"{what} failed: {said['detail']}")
    return said


def call_function(target: Target, output: str, payload: Answer, *, what: str, seconds: int = 120) -> Answer:
    """Call the function whose name stands in this output of a stack, and wait so long for its answer.

    Raises UserError.
    """
    name = target.output(output)
    functions = target.client("lambda", read_timeout=seconds)
    with answering(target):
        return invoke(functions, name, payload, what=what)
