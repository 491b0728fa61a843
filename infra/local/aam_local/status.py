"""What runs, where, and how it feels."""

from pydantic import BaseModel, ConfigDict

from aam_local import deploy, emulator, postgres
from aam_local.addresses import api_url
from aam_local.paths import Home
from aam_local.secrets import load_secrets
from aam_local.state import load_state
from aam_local.up import reach

Health = dict[str, bool]


class Status(BaseModel):
    """The stack as `aam status --json` prints it."""

    model_config = ConfigDict(frozen=True)

    backend: str
    stack: str
    api_url: str | None
    s3_endpoint: str
    database_url: str
    outputs: dict[str, str]
    health: Health

    @property
    def is_up(self) -> bool:
        """Whether every part answers."""
        return all(self.health.values())


def read_status(home: Home) -> Status:
    """Ask every part; nothing is started or changed."""
    from botocore.exceptions import BotoCoreError, ClientError

    home.prepare()
    state, secrets = load_state(home), load_secrets(home.secrets)
    running = reach(state, secrets)
    aws = emulator.healthy(running.endpoint)
    stack = None
    if aws:
        try:
            stack = deploy.describe(running)
        except (BotoCoreError, ClientError):
            stack = None
    outputs = stack[1] if stack else state.outputs
    port, password = state.database_port or 0, running.database_password
    return Status(
        backend=state.backend,
        stack=deploy.STACK,
        api_url=api_url(running.endpoint, outputs),
        s3_endpoint=running.storage_public_endpoint,
        database_url=postgres.url(port=port, password=password),
        outputs=outputs,
        health={
            "emulator": aws,
            "database": postgres.healthy(port=port, password=password),
            "stack": stack is not None,
        },
    )
