"""The AWS that the API stands on in tests: moto's, in this process, and the environment that names it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import urllib3
from moto.server import ThreadedMotoServer

from tests.support.postgres import PASSWORD, Database

BUCKET, TABLE, QUEUE = "aam-media-test", "aam-state-test", "processing"
OTHER_QUEUES = (
    "TRANSCRIPTION_QUEUE_URL",
    "ARTIFACTS_QUEUE_URL",
    "PROCESSING_DEAD_LETTERS_URL",
    "TRANSCRIPTION_DEAD_LETTERS_URL",
    "ARTIFACTS_DEAD_LETTERS_URL",
)
SIGNING_KEY = "k" * 64
WEBHOOK_SECRET = "the-webhook-secret"
ORIGIN = "https://app.example.com"
MACHINE = json.dumps({"StartAt": "Wait", "States": {"Wait": {"Type": "Pass", "End": True}}})

REAL_CLIENT = boto3.client
KEPT_CLIENTS: dict[str, Any] = {}


def kept_client(service: str, config: Any = None, **options: Any) -> Any:
    """Return `boto3.client`, made once for equal arguments: building one takes longer than most tests."""
    wanted = sorted(getattr(config, "_user_provided_options", {}).items())
    key = repr((service, wanted, sorted(options.items())))
    if key not in KEPT_CLIENTS:
        KEPT_CLIENTS[key] = REAL_CLIENT(service, config=config, **options)
    return KEPT_CLIENTS[key]


def settings_for(database: Database | None) -> dict[str, str]:
    """Return the environment of the API's function."""
    return {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "POWERTOOLS_SERVICE_NAME": "api",
        "POWERTOOLS_METRICS_NAMESPACE": "AAM",
        "STAGE": "test",
        "MEDIA_BUCKET": BUCKET,
        "STATE_TABLE": TABLE,
        "OPEN_REGISTRATION": "true",
        "CORS_ORIGINS": f"{ORIGIN}, https://other.example.com",
        "DATABASE_HOST": "127.0.0.1",
        "DATABASE_PORT": str(database.port if database else 1),
        "DATABASE_NAME": database.name if database else "none",
        "DATABASE_TLS": "off",
        "TRANSCRIPTION_ENGINE": "auto",
        "DEEPGRAM_MODEL": "nova-3",
        "ARTIFACTS_ENGINE": "auto",
        "OPENAI_MODEL": "gpt-5-mini",
    }


@contextmanager
def moto_cloud() -> Iterator[str]:
    """Serve moto over HTTP on the loopback, holding nothing yet; its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        # What moto keeps is kept for the whole process: other tests of this one may have made the same resources.
        urllib3.request("POST", f"http://{host}:{port}/moto-api/reset")
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def make_resources() -> dict[str, str]:
    """Return bucket, table, queue, secrets and state machine, and the environment that names them."""
    region = "eu-central-1"
    boto3.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": region})
    boto3.client("dynamodb").create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    secrets = boto3.client("secretsmanager")

    def secret(name: str, value: str) -> str:
        return str(secrets.create_secret(Name=name, SecretString=value)["ARN"])

    def queue(name: str) -> str:
        return str(boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"])

    machine = boto3.client("stepfunctions").create_state_machine(
        name="process", definition=MACHINE, roleArn="arn:aws:iam::123456789012:role/machine"
    )
    return {
        "DATABASE_SECRET_ARN": secret("database", json.dumps({"username": "aam_app", "password": PASSWORD})),
        "SIGNING_KEYS_SECRET_ARN": secret("keys", json.dumps({"kid": "initial", "key": SIGNING_KEY})),
        "STORAGE_EVENTS_SECRET_ARN": secret("webhook", WEBHOOK_SECRET),
        "VENDOR_KEYS_SECRET_ARN": secret("vendors", json.dumps({"deepgram": "", "openai": ""})),
        "PROCESSING_QUEUE_URL": queue(QUEUE),
        **{name: queue(name.lower()) for name in OTHER_QUEUES},
        "STATE_MACHINE_ARN": machine["stateMachineArn"],
    }
