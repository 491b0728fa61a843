"""`sam deploy` to a started backend, and what is needed before it."""

import json
import re
from pathlib import Path
from typing import Any

from aam_local.aws import client
from aam_local.backends import Running
from aam_local.emulator import ACCOUNT, REGION
from aam_local.errors import UserError
from aam_local.paths import Home
from aam_local.tools import run_sam

STACK = "aam-local"
ARTIFACTS_BUCKET = f"aam-artifacts-{ACCOUNT}"
DATABASE_SECRET = "aam/database-admin"  # noqa: S105 - a name
EMPTY = '""'
"""How the SAM CLI takes an empty value; without one it keeps the value of the deploy before."""
USABLE = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}


def prepare(running: Running) -> dict[str, str]:
    """Make the bucket and the secret that stand outside the stack; the parameters to deploy with."""
    _ensure_bucket(running)
    manager = _client(running, "secretsmanager")
    database = _ensure_secret(manager, DATABASE_SECRET, json.dumps(running.database_admin))
    return parameters(running, database_secret_arn=database)


def parameters(running: Running, *, database_secret_arn: str) -> dict[str, str]:
    """Return every parameter the local stage sets; SAM leaves out those that the template does not declare."""
    return {
        "Stage": "local",
        "OpenRegistration": "true",
        "DatabaseSecretArn": database_secret_arn,
        "DatabaseHost": running.database_host,
        "DatabasePort": str(running.database_port),
        "DatabaseName": str(running.database_admin["dbname"]),
        "DatabaseTls": "off",
        "StorageEndpoint": running.storage_endpoint,
        "StoragePublicEndpoint": running.storage_public_endpoint,
    }


def deploy(home: Home, sam: Path, running: Running, values: dict[str, str]) -> None:
    """Deploy the built template; a stack that failed to come up before is removed first."""
    _remove_failed(running)
    config = home.root / "samconfig.toml"
    command = [
        *(str(sam), "deploy", "--template-file", str(home.build / "template.yaml"), "--stack-name", STACK),
        *("--region", REGION, "--s3-bucket", ARTIFACTS_BUCKET, "--capabilities", "CAPABILITY_IAM"),
        *("--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar"),
        *(("--config-file", str(config), "--config-env", "local") if config.exists() else ()),
        *("--parameter-overrides", *(f"{name}={value or EMPTY}" for name, value in values.items())),
    ]
    try:
        run_sam(home, command, environment=running.environment, what="Deploying")
    except UserError as error:
        reason = _first_failure(running)
        raise (
            UserError(f"Deploying failed: {reason} (all of it: {home.logs / 'sam-deploying.log'}).")
            if reason
            else error
        ) from None


def describe(running: Running) -> tuple[str, dict[str, str]] | None:
    """Return the stack's id and outputs; None when there is no usable stack."""
    stack = _stack(running)
    if stack is None or stack["StackStatus"] not in USABLE:
        return None
    return stack["StackId"], {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", [])}


def promised(template: Path) -> set[str]:
    """Return the outputs that the built template names; none of them has a condition, so every stack has them all."""
    section = re.search(r"^Outputs:\n((?:[ #].*\n|\n)*)", template.read_text(encoding="utf-8"), re.MULTILINE)
    return set(re.findall(r"^  (\w+):", section[1], re.MULTILINE)) if section else set()


def _client(running: Running, service: str) -> Any:
    return client(service, endpoint=running.endpoint, secret_access_key=running.secret_access_key)


def _stack(running: Running) -> dict[str, Any] | None:
    from botocore.exceptions import ClientError

    try:
        stacks: list[dict[str, Any]] = _client(running, "cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return next((stack for stack in stacks if not stack["StackStatus"].startswith("DELETE")), None)


def _remove_failed(running: Running) -> None:
    stack = _stack(running)
    if stack is not None and stack["StackStatus"] not in USABLE:
        cloudformation = _client(running, "cloudformation")
        cloudformation.delete_stack(StackName=STACK)
        cloudformation.get_waiter("stack_delete_complete").wait(
            StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )


def _first_failure(running: Running) -> str | None:
    """Return why CloudFormation gave up, by the first resource that failed; the others only follow."""
    from botocore.exceptions import ClientError

    try:
        events = _client(running, "cloudformation").describe_stack_events(StackName=STACK)["StackEvents"]
    except ClientError:
        return None
    failed = [
        f"{event['LogicalResourceId']}: {event['ResourceStatusReason']}"
        for event in events
        if event["ResourceStatus"].endswith("_FAILED") and event.get("ResourceStatusReason")
    ]
    return failed[-1].rstrip(".") if failed else None


def _ensure_bucket(running: Running) -> None:
    from botocore.exceptions import ClientError

    storage = _client(running, "s3")
    try:
        storage.head_bucket(Bucket=ARTIFACTS_BUCKET)
    except ClientError:
        storage.create_bucket(Bucket=ARTIFACTS_BUCKET)


def _ensure_secret(manager: Any, name: str, value: str) -> str:
    try:
        current = manager.get_secret_value(SecretId=name)
    except manager.exceptions.ResourceNotFoundException:
        return str(manager.create_secret(Name=name, SecretString=value)["ARN"])
    if current["SecretString"] != value:
        manager.put_secret_value(SecretId=name, SecretString=value)
    return str(current["ARN"])
