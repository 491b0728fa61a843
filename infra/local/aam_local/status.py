"""Status of the programs and services of a stack."""

import json
from http import HTTPStatus

from pydantic import BaseModel, ConfigDict

from aam_local import deploy, fake_vendors, postgres
from aam_local.addresses import api_url
from aam_local.backends import answers, reach
from aam_local.http_get import http_get
from aam_local.paths import Home
from aam_local.secrets import load_secrets
from aam_local.state import load_state

Health = dict[str, bool]


class Status(BaseModel):
    """The stack as `aam status --json` prints it; ``troubles`` is what the API's own look at its parts has found."""

    model_config = ConfigDict(frozen=True)

    backend: str
    stack: str
    api_url: str | None
    s3_endpoint: str
    database_url: str
    outputs: dict[str, str]
    health: Health
    troubles: tuple[str, ...] = ()

    @property
    def is_up(self) -> bool:
        """Return whether every part answers."""
        return all(self.health.values())


def read_status(home: Home) -> Status:
    """Ask every part; nothing is started or changed."""
    from botocore.exceptions import BotoCoreError, ClientError

    home.prepare()
    state, secrets = load_state(home), load_secrets(home.secrets)
    running = reach(state, secrets)
    aws = answers(state, running)
    stack = None
    if aws:
        try:
            stack = deploy.describe(running)
        except (BotoCoreError, ClientError):
            stack = None
    outputs = stack[1] if stack else state.outputs
    port, password = state.database_port or 0, running.database_password
    url = api_url(running.endpoint, outputs)
    answered, troubles = ask_health(url) if stack and url else (False, ())
    return Status(
        backend=state.backend,
        stack=deploy.STACK,
        api_url=url,
        s3_endpoint=running.storage_public_endpoint,
        database_url=postgres.url(port=port, password=password),
        outputs={**outputs, **({"ApiUrl": url} if url else {})},
        troubles=troubles,
        health={
            "emulator": aws,
            "database": postgres.healthy(port=port, password=password),
            "stack": stack is not None,
            **({"api": answered} if url else {}),
            **({"fake vendors": fake_vendors.healthy(state.fakes)} if state.fakes else {}),
        },
    )


def ask_health(url: str) -> tuple[bool, tuple[str, ...]]:
    """Return whether the API answers without an error of a part, and its sentences about problems."""
    answer = http_get(f"{url}/health", seconds=30)
    if answer is None:
        return False, ()
    status, body = answer
    try:
        health = json.loads(body)
    except ValueError:
        return False, ()
    return status == HTTPStatus.OK, tuple(health.get("errors", ()))
