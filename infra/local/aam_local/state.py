"""State of a stack between two commands: `stack.json`."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from aam_local.files import write_atomically
from aam_local.paths import Home
from aam_local.processes import Started

Backend = Literal["embedded", "localstack"]


class Deployed(BaseModel):
    """Deployed version: the hash of all inputs, and the stack's time of creation by CloudFormation."""

    model_config = ConfigDict(frozen=True)

    inputs: str
    stack_id: str


class FakeVendors(BaseModel):
    """The stand-ins of the vendors: one process, two ports."""

    model_config = ConfigDict(frozen=True)

    process: Started | None
    deepgram_port: int
    openai_port: int


class StackState(BaseModel):
    """Ports, processes and outputs; a missing or foreign file reads as an empty state.

    ``settled`` is the emulator process after whose start everything was deployed and swept: another one means
    that the executions of before are gone.  ``fakes`` are there when the stack was last brought up with them.
    """

    model_config = ConfigDict(frozen=True)

    backend: Backend = "embedded"
    emulator_port: int | None = None
    database_port: int | None = None
    emulator: Started | None = None
    database: Started | None = None
    fakes: FakeVendors | None = None
    settled: Started | None = None
    deployed: Deployed | None = None
    outputs: dict[str, str] = Field(default_factory=dict)

    @property
    def endpoint(self) -> str:
        """Return the address of the AWS APIs."""
        return f"http://127.0.0.1:{self.emulator_port}"


def load_state(home: Home) -> StackState:
    """Read `stack.json`."""
    try:
        return StackState.model_validate_json(home.state.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValidationError):
        return StackState()


def save_state(home: Home, state: StackState) -> None:
    """Write `stack.json`."""
    write_atomically(home.state, state.model_dump_json(indent=2))
