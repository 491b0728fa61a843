"""The keys of Deepgram and OpenAI in a started stack."""

import json
from typing import Any, Literal

from aam_local import emulator
from aam_local.aws import client
from aam_local.backends import Running, reach
from aam_local.errors import UserError
from aam_local.paths import Home
from aam_local.secrets import load_secrets, save_secrets
from aam_local.state import load_state

Vendor = Literal["deepgram", "openai"]
OUTPUT = "VendorKeysSecretArn"


def read_keys(home: Home) -> dict[str, str]:
    """The keys as they stand; empty ones are not set.  Raises UserError when the stack is not up."""
    running, arn = _reach(home)
    kept = json.loads(_manager(running).get_secret_value(SecretId=arn)["SecretString"])
    return {vendor: str(kept.get(vendor, "")) for vendor in ("deepgram", "openai")}


def write_key(home: Home, vendor: Vendor, key: str) -> None:
    """Store a key, or take it away with an empty one, so that neither a kill nor a redeploy loses it."""
    running, arn = _reach(home)
    text = json.dumps({**read_keys(home), vendor: key})
    _manager(running).put_secret_value(SecretId=arn, SecretString=text)
    secrets = load_secrets(home.secrets)
    save_secrets(home.secrets, secrets.model_copy(update={"kept": {**secrets.kept, OUTPUT: text}}))
    emulator.save(home, load_state(home).emulator)


def _manager(running: Running) -> Any:
    return client("secretsmanager", endpoint=running.endpoint, secret_access_key=running.secret_access_key)


def _reach(home: Home) -> tuple[Running, str]:
    state = load_state(home)
    running = reach(state, load_secrets(home.secrets))
    if OUTPUT not in state.outputs or not emulator.healthy(running.endpoint):
        raise UserError("The stack is not up; run 'aam up' first and try again.")
    return running, state.outputs[OUTPUT]
