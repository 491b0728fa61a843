"""The steps after every deploy and restart, in order; a step whose output is missing is skipped."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from aam_local.aws import client
from aam_local.backends import Running
from aam_local.deploy import STACK
from aam_local.invoking import invoke
from aam_local.paths import Home
from aam_local.secrets import Secrets, save_secrets
from aam_local.template_gaps import apply_gaps

KEPT_OUTPUTS = (
    "SigningKeysSecretArn",
    "AppDatabaseSecretArn",
    "StorageEventsSecretArn",
    "VendorKeysSecretArn",
    "ErasureLedgerSecretArn",
)
"""Outputs that name secrets of the stack whose values must outlive it."""


@dataclass(frozen=True)
class Deployment:
    """Dependencies of a step.

    ``changed``: something was deployed just now.  ``reborn``: the stack is another one than last time, so its
    secrets are new.  ``restarted``: the emulator was started just now, so executions that ran before are
    gone.
    """

    home: Home
    running: Running
    secrets: Secrets
    outputs: dict[str, str]
    changed: bool
    reborn: bool
    restarted: bool

    def client(self, service: str) -> Any:
        """Return a client for the stack's backend."""
        return client(service, endpoint=self.running.endpoint, secret_access_key=self.running.secret_access_key)


def fill_gaps(deployment: Deployment) -> str | None:
    """Set what the emulator left out of the template."""
    if not deployment.changed:
        return None
    made = apply_gaps(deployment.running, STACK)
    return f"applied {made} bucket and table settings from the template" if made else None


def keep_secrets(deployment: Deployment) -> str | None:
    """Give a new stack the keys of the old one; otherwise note the present ones, which may be rotated."""
    manager = deployment.client("secretsmanager")
    kept = dict(deployment.secrets.kept)
    restored = 0
    for name in KEPT_OUTPUTS:
        arn = deployment.outputs.get(name)
        if arn is None:
            continue
        if deployment.reborn and name in kept:
            manager.put_secret_value(SecretId=arn, SecretString=kept[name])
            restored += 1
        else:
            kept[name] = manager.get_secret_value(SecretId=arn)["SecretString"]
    if kept != deployment.secrets.kept:
        save_secrets(deployment.home.secrets, deployment.secrets.model_copy(update={"kept": kept}))
    return f"restored {restored} kept secrets" if restored else None


def migrate(deployment: Deployment) -> str | None:
    """Bring the database's schema up to date."""
    name = deployment.outputs.get("MigrateFunctionName")
    if name is None:
        return None
    invoke(deployment.client("lambda"), name, {"command": "up"}, what="Migrating the database")
    return "migrated the database"


def sweep(deployment: Deployment) -> str | None:
    """Fail the runs whose execution went with the emulator, and begin the uploads whose notification did."""
    name = deployment.outputs.get("SweepFunctionName")
    if name is None or not deployment.restarted:
        return None
    invoke(deployment.client("lambda"), name, {"restarted": True}, what="Looking for interrupted runs")
    return "looked for interrupted runs"


def warm(deployment: Deployment) -> str | None:
    """Start a worker of each function that the output ``WarmFunctionNames`` lists (separated by commas)."""
    names = [name for name in deployment.outputs.get("WarmFunctionNames", "").split(",") if name]
    if not names or not (deployment.changed or deployment.restarted):
        return None
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda name: invoke(deployment.client("lambda"), name, {"warm": True}, what="Warming up"), names))
    return f"warmed {len(names)} functions"


SETTLING: tuple[Callable[[Deployment], str | None], ...] = (fill_gaps, keep_secrets)
WORKING: tuple[Callable[[Deployment], str | None], ...] = (migrate, sweep)


def run_all(deployment: Deployment, tell: Callable[[str], None]) -> None:
    """Run the steps and tell what they did; warming up needs the stack's secrets only, and runs beside the rest."""
    for step in SETTLING:
        _tell(step(deployment), tell)
    with ThreadPoolExecutor(max_workers=1) as pool:
        warming = pool.submit(warm, deployment)
        for step in WORKING:
            _tell(step(deployment), tell)
        _tell(warming.result(), tell)


def _tell(said: str | None, tell: Callable[[str], None]) -> None:
    if said is not None:
        tell(said)
