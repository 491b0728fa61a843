"""Secrets of the stack that a person or a kept backup may set, so that neither a kill nor a redeploy loses them."""

from __future__ import annotations

from typing import Any

from aam_local import emulator
from aam_local.aws import client
from aam_local.backends import answers, reach
from aam_local.errors import UserError
from aam_local.paths import Home
from aam_local.secrets import load_secrets, save_secrets
from aam_local.state import load_state


def read_value(home: Home, output: str) -> str:
    """The text of the secret whose ARN stands in an output; raises UserError when the stack is not up."""
    manager, arn = _reach(home, output)
    return str(manager.get_secret_value(SecretId=arn)["SecretString"])


def write_value(home: Home, output: str, text: str) -> None:
    """Set it, in the stack and in what the next deploy gives to a new one; raises UserError."""
    manager, arn = _reach(home, output)
    manager.put_secret_value(SecretId=arn, SecretString=text)
    secrets = load_secrets(home.secrets)
    save_secrets(home.secrets, secrets.model_copy(update={"kept": {**secrets.kept, output: text}}))
    emulator.save(home, load_state(home).emulator)


def _reach(home: Home, output: str) -> tuple[Any, str]:
    state = load_state(home)
    running = reach(state, load_secrets(home.secrets))
    if output not in state.outputs or not answers(state, running):
        raise UserError("The stack is not up; run 'aam up' first and try again.")
    manager = client("secretsmanager", endpoint=running.endpoint, secret_access_key=running.secret_access_key)
    return manager, state.outputs[output]
