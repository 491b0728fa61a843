"""The stack that a command acts on: the one on this machine, or one on AWS by its name.

Both have the same functions, buckets and secrets, which commands name by the template's outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from aam_local.errors import UserError
from aam_local.paths import Home

PATIENCE_S = 120


class Target(Protocol):
    """A deployed stack; methods raise UserError."""

    @property
    def home(self) -> Home | None:
        """Return the folders of a stack on this machine, None for one on AWS."""

    @property
    def log_prefix(self) -> str:
        """Return how the names of its functions' log groups begin."""

    @property
    def silence(self) -> str:
        """Return the sentence for a stack that does not answer: what happened, what to do."""

    def output(self, name: str) -> str:
        """Return the value of one of the template's outputs."""

    def client(self, service: str, *, read_timeout: int = PATIENCE_S) -> Any:
        """Return a boto3 client that waits so many seconds for an answer and never repeats a request."""

    def remember_secret(self, output: str, text: str) -> None:
        """Note a secret's new value where the stack's next deploy would look for it."""

    def exclusive(self, tell: Callable[[str], None]) -> AbstractContextManager[None]:
        """Hold what keeps other commands from changing the same stack meanwhile."""


@dataclass(frozen=True)
class LocalTarget:
    """The stack of this checkout, embedded or in LocalStack."""

    home: Home

    log_prefix = "/aws/lambda/"
    silence = "The stack does not answer; run 'aam up' and try again."

    def output(self, name: str) -> str:
        """Return it as the last deploy noted it."""
        from aam_local.state import load_state

        value = load_state(self.home).outputs.get(name)
        if value is None:
            raise UserError("There is no deployed stack here; run 'aam up' first.")
        return value

    def client(self, service: str, *, read_timeout: int = PATIENCE_S) -> Any:
        """Return a client for this stack only, whatever the operator's own AWS settings are."""
        from aam_local.aws import client
        from aam_local.backends import is_ours, reach
        from aam_local.secrets import load_secrets
        from aam_local.state import load_state

        state = load_state(self.home)
        if not is_ours(state):
            raise UserError(self.silence)
        running = reach(state, load_secrets(self.home.secrets))
        return client(
            service,
            endpoint=running.endpoint,
            secret_access_key=running.secret_access_key,
            read_timeout=read_timeout,
        )

    def remember_secret(self, output: str, text: str) -> None:
        """Keep it in `secrets.json`: the emulator forgets what it held when it is killed."""
        from aam_local import emulator
        from aam_local.secrets import load_secrets, save_secrets
        from aam_local.state import load_state

        secrets = load_secrets(self.home.secrets)
        save_secrets(self.home.secrets, secrets.model_copy(update={"kept": {**secrets.kept, output: text}}))
        emulator.save(self.home, load_state(self.home).emulator)

    def exclusive(self, tell: Callable[[str], None]) -> AbstractContextManager[None]:
        """Hold the lock that `aam up` and `aam down` hold."""
        from aam_local.lock import exclusive

        return exclusive(self.home, tell)


@dataclass(frozen=True)
class AwsTarget:
    """A stack on AWS; account and region are those of the person's own AWS settings."""

    stack: str

    home = None

    @property
    def log_prefix(self) -> str:
        """Return the beginning that CloudFormation gives to the names of a stack's functions."""
        return f"/aws/lambda/{self.stack}-"

    @property
    def silence(self) -> str:
        """Return the sentence that names the settings to look at."""
        return f"The stack {self.stack} does not answer; see AWS_PROFILE, AWS_REGION and your permissions."

    @cached_property
    def outputs(self) -> dict[str, str]:
        """Return the outputs as CloudFormation has them, asked once a command."""
        from botocore.exceptions import BotoCoreError, ClientError

        formation = self.client("cloudformation")
        try:
            described = formation.describe_stacks(StackName=self.stack)["Stacks"][0]
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "no reason given")
            if code == "ValidationError":
                region = formation.meta.region_name
                raise UserError(
                    f"There is no stack {self.stack} in {region}; name another with --stack, or set AWS_REGION."
                ) from None
            raise UserError(f"AWS refused to describe the stack {self.stack} ({code}); see AWS_PROFILE.") from None
        except BotoCoreError as error:
            raise UserError(
                f"AWS cannot be reached ({type(error).__name__}); see AWS_PROFILE and AWS_REGION."
            ) from None
        return {each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", ())}

    def output(self, name: str) -> str:
        """Return it as CloudFormation has it."""
        if name not in self.outputs:
            raise UserError(f"The stack {self.stack} has no output {name}; deploy this version of the template first.")
        return self.outputs[name]

    def client(self, service: str, *, read_timeout: int = PATIENCE_S) -> Any:
        """Return one with the person's own AWS settings."""
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError

        config = Config(
            retries={"total_max_attempts": 1},
            connect_timeout=10,
            read_timeout=read_timeout,
            tcp_keepalive=True,  # a function may work for 15 minutes before it answers
        )
        try:
            return boto3.session.Session().client(service, config=config)
        except BotoCoreError as error:
            raise UserError(f"Your AWS settings do not do ({error}); see AWS_PROFILE and AWS_REGION.") from None

    def remember_secret(self, output: str, text: str) -> None:
        """Do nothing: a deploy leaves a secret's value alone."""

    def exclusive(self, tell: Callable[[str], None]) -> AbstractContextManager[None]:  # noqa: ARG002 - the protocol's
        """Hold nothing: no other command starts or stops a stack on AWS."""
        return nullcontext()


@contextmanager
def answering(target: Target) -> Iterator[None]:
    """Raise UserError with the target's own sentence where AWS, the emulator or the network refuses."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        raise UserError(f"{target.silence} ({code})" if target.home is None else target.silence) from None
    except BotoCoreError:
        raise UserError(target.silence) from None
