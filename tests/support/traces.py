"""Find words on the whole stack: in everything that it holds, read as text."""

from __future__ import annotations

import json
import os
import subprocess
import zlib
from collections.abc import Callable

from aam_local import postgres, postgres_place
from aam_local.secrets import load_secrets
from tests.support.stack import Stack


def dumped(stack: Stack) -> str:
    """Return the whole database as text."""
    state = stack.state
    done = subprocess.run(
        [
            str(postgres_place.place(stack.home).binaries / "pg_dump"),
            *("--host", "127.0.0.1", "--port", str(state.database_port), "--username", postgres.SUPERUSER),
            postgres.DATABASE,
        ],
        env={"PGPASSWORD": load_secrets(stack.home.secrets).database_password, "PATH": os.environ["PATH"]},
        capture_output=True,
        check=True,
        timeout=60,
    )
    return done.stdout.decode()


def objects(stack: Stack) -> str:
    """Return every version of every object in the stack's own buckets, unpacked where it is packed.

    Dumps of the database expire, and are no matter of an erasure but of the ledger.
    """
    storage, found = stack.aws("s3"), []
    for name, prefix in (("MediaBucketName", ""), ("LedgerBucketName", ""), ("BackupBucketName", "objects/")):
        bucket = stack.state.outputs[name]
        for page in storage.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
            found += [marker["Key"] for marker in page.get("DeleteMarkers", ())]
            for each in page.get("Versions", ()):
                if each["StorageClass"] == "GLACIER":  # another test's, and not to be read
                    found.append(each["Key"])
                    continue
                answer = storage.get_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])
                found.append(f"{each['Key']} {unpacked(answer['Body'].read())}")
        uploads = storage.list_multipart_uploads(Bucket=bucket).get("Uploads", ())
        found += [upload["Key"] for upload in uploads]
    return "\n".join(found)


def unpacked(body: bytes) -> str:
    """Return a body as text."""
    packed = body[:2] == b"\x1f\x8b"
    return (zlib.decompress(body, wbits=31) if packed else body).decode(errors="replace")


def facts(stack: Stack) -> str:
    """Return every item of the state table."""
    pages = stack.aws("dynamodb").get_paginator("scan").paginate(TableName=stack.state.outputs["StateTableName"])
    return json.dumps([page["Items"] for page in pages], default=str, ensure_ascii=False)


def messages(stack: Stack) -> str:
    """Return every visible message of every queue, put back at once; hidden ones are not among them."""
    queues, found = stack.aws("sqs"), []
    for url in queues.list_queues()["QueueUrls"]:
        seen = []
        while batch := queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=30).get(
            "Messages"
        ):
            seen += batch
        for message in seen:
            queues.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
        found += [message["Body"] for message in seen]
    return "\n".join(found)


def histories(stack: Stack) -> str:
    """Return the input, output and events of every execution."""
    machine = stack.aws("stepfunctions")
    arns = [
        *(stack.state.outputs[name] for name in ("StateMachineArn", "CleanupMachineArn")),
        stack.resources["BackUp"],
    ]
    pages = [page for arn in arns for page in machine.get_paginator("list_executions").paginate(stateMachineArn=arn)]
    found = [
        machine.get_execution_history(executionArn=execution["executionArn"], maxResults=1000)["events"]
        for page in pages
        for execution in page["executions"]
    ]
    return json.dumps(found, default=str, ensure_ascii=False)


def logs(stack: Stack) -> str:
    """Return every line of every function's log."""
    client = stack.aws("logs")
    found = []
    for group in client.describe_log_groups()["logGroups"]:
        pages = client.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
        found += [event["message"] for page in pages for event in page["events"]]
    return "\n".join(found)


PLACES: dict[str, Callable[[Stack], str]] = {
    "the database": dumped,
    "objects": objects,
    "the state table": facts,
    "queues": messages,
    "executions": histories,
    "logs": logs,
}


def traces(stack: Stack, *words: str) -> dict[str, list[str]]:
    """Return the places of the words that were found."""
    found = {}
    for place, read in PLACES.items():
        text = read(stack).casefold()
        seen = [word for word in words if word.casefold() in text]
        if seen:
            found[place] = seen
    return found
