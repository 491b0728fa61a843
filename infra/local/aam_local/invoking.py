"""Calling the stack's functions by hand, as operators and the steps after a deploy do."""

import json
from typing import Any

from aam_local.errors import UserError
from aam_local.paths import Home
from aam_local.secrets import load_secrets
from aam_local.state import load_state

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


def call_function(home: Home, output: str, payload: Answer, *, what: str, seconds: int = 120) -> Answer:
    """Call the function whose name stands in this output of the running stack, and wait so long for its answer.

    Raises UserError.
    """
    from botocore.exceptions import BotoCoreError

    from aam_local.aws import client
    from aam_local.backends import is_ours, reach

    state = load_state(home)
    name = state.outputs.get(output)
    if name is None:
        raise UserError("There is no deployed stack here; run 'aam up' first.")
    if not is_ours(state):
        raise UserError("The stack does not answer; run 'aam up' and try again.")
    running = reach(state, load_secrets(home.secrets))
    functions = client(
        "lambda", endpoint=running.endpoint, secret_access_key=running.secret_access_key, read_timeout=seconds
    )
    try:
        return invoke(functions, name, payload, what=what)
    except (BotoCoreError, functions.exceptions.ResourceNotFoundException):
        raise UserError("The stack does not answer; run 'aam up' and try again.") from None
