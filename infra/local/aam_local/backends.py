"""Addresses and keys of the embedded stack and of LocalStack, once either has started."""

import os
import platform
from dataclasses import dataclass

from aam_local import emulator, ports
from aam_local.emulator import ACCOUNT, REGION
from aam_local.errors import UserError
from aam_local.ports import LOOPBACK
from aam_local.postgres import DATABASE, SUPERUSER
from aam_local.secrets import Secrets
from aam_local.state import StackState

LOCALSTACK_PORT = 4566
LOCALSTACK_NAME = "localhost.localstack.cloud"
"""LocalStack's own name: 127.0.0.1 on the host, LocalStack inside its Lambda containers."""


@dataclass(frozen=True)
class Running:
    """A started backend.

    ``endpoint`` is where this machine reaches the AWS APIs, ``storage_*`` where functions and browsers reach
    S3, ``database_host`` and ``database_port`` where functions reach PostgreSQL, ``layer_target`` for whom
    layers are built.
    """

    endpoint: str
    secret_access_key: str
    storage_endpoint: str
    storage_public_endpoint: str
    database_host: str
    database_port: int
    database_password: str
    layer_target: str

    @property
    def environment(self) -> dict[str, str]:
        """Return what the SAM CLI needs to speak to this backend and to nothing else."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    @property
    def database_admin(self) -> dict[str, str | int]:
        """Return the content of the secret ``aam/database-admin``, in the shape that RDS uses."""
        return {
            "engine": "postgres",
            "host": self.database_host,
            "port": self.database_port,
            "dbname": DATABASE,
            "username": SUPERUSER,
            "password": self.database_password,
        }


def embedded(*, emulator_port: int, database_port: int, secrets: Secrets) -> Running:
    """Return MiniStack and PostgreSQL on this machine's loopback."""
    endpoint = f"http://{LOOPBACK}:{emulator_port}"
    return Running(
        endpoint=endpoint,
        secret_access_key=secrets.emulator_secret_access_key,
        storage_endpoint=endpoint,
        storage_public_endpoint=endpoint,
        database_host=LOOPBACK,
        database_port=database_port,
        database_password=secrets.database_password,
        layer_target="host",
    )


def localstack() -> Running:
    """Return the services of `localstack-compose.yml`; the password is that of ``AAM_DATABASE_PASSWORD``."""
    password = os.environ.get("AAM_DATABASE_PASSWORD")
    if not password:
        raise UserError(
            "AAM_DATABASE_PASSWORD is not set; export the password you gave to "
            "'docker compose -f localstack-compose.yml up -d' and try again."
        )
    return Running(
        endpoint=f"http://{LOOPBACK}:{LOCALSTACK_PORT}",
        secret_access_key="test",  # noqa: S106 - LocalStack's fixed key, no secret
        storage_endpoint=f"http://{LOCALSTACK_NAME}:{LOCALSTACK_PORT}",
        storage_public_endpoint=f"http://{LOCALSTACK_NAME}:{LOCALSTACK_PORT}",
        database_host="postgres",
        database_port=5432,
        database_password=password,
        layer_target="aws-arm64" if platform.machine() in ("arm64", "aarch64") else "aws-x86_64",
    )


def is_ours(state: StackState) -> bool:
    """Return whether the stack's own emulator listens on its port: another stack may have the port by now."""
    return state.backend == "localstack" or ports.held_by(state.emulator_port, state.emulator)


def answers(state: StackState, running: Running) -> bool:
    """Return whether the stack's own emulator runs and is healthy."""
    return is_ours(state) and emulator.healthy(running.endpoint)


def reach(state: StackState, secrets: Secrets) -> Running:
    """Return the addresses and keys of a started stack."""
    if state.backend == "localstack":
        return localstack()
    return embedded(emulator_port=state.emulator_port or 0, database_port=state.database_port or 0, secrets=secrets)
