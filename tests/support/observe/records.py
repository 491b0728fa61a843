"""Read the records of the observer in the tests' stack, from outside."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

ACCOUNT, REGION = "000000000000", "us-east-1"

S3_ACTIONS = {
    "HeadObject": "s3:GetObject",
    "CopyObject": "s3:PutObject",
    "CreateMultipartUpload": "s3:PutObject",
    "UploadPart": "s3:PutObject",
    "CompleteMultipartUpload": "s3:PutObject",
    "ListParts": "s3:ListMultipartUploadParts",
    "DeleteObjects": "s3:DeleteObject",
    "ListObjectVersions": "s3:ListBucketVersions",
    "ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "ListObjectsV2": "s3:ListBucket",
    "HeadBucket": "s3:ListBucket",
    "UploadPartCopy": "s3:PutObject",
}
"""Operations that IAM knows by another name (Service Authorization Reference, Amazon S3)."""

ALSO = {"DeleteObjects": "s3:DeleteObjectVersion"}
"""What an operation needs besides: all of our deletions in bulk name versions."""

PREFIXES = {"stepfunctions": "states"}


@dataclass(frozen=True)
class AwsCall:
    """A call by a function, in IAM's words; ``function`` is its deployed name."""

    function: str
    action: str
    resource: str


@dataclass(frozen=True)
class Observer:
    """The folder that the stack's workers import from and write to."""

    folder: Path

    @classmethod
    def prepared(cls, folder: Path) -> Observer:
        """Return a fresh folder; the module is copied there so that each stack has its own records."""
        for name in ("records", "holds"):
            (folder / name).mkdir(parents=True)
        shutil.copy(Path(__file__).with_name("sitecustomize.py"), folder)
        return cls(folder)

    @property
    def holds(self) -> Path:
        """Return the file by which workers are told to stop."""
        return self.folder / "holds"

    def lines(self, what: str) -> Iterator[dict[str, Any]]:
        """Yield the records of one kind; the last line of a killed worker may be cut short."""
        for file in sorted((self.folder / "records").glob("*.jsonl")):
            for line in file.read_text(encoding="utf-8").splitlines():
                try:
                    record = json.loads(line)
                except ValueError:
                    continue
                if record["what"] == what:
                    yield record

    def calls(self) -> set[AwsCall]:
        """Return every call, once."""
        return {
            AwsCall(line["function"], action, resource)
            for line in self.lines("call")
            for action, resource in [*product(actions_of(line), resources_of(line)), *copied_from(line)]
        }


def actions_of(line: dict[str, Any]) -> list[str]:
    """Return the IAM actions of a recorded call."""
    service, operation = line["service"], line["operation"]
    if service == "lambda" and operation == "Invoke":
        return ["lambda:InvokeFunction"]
    if service == "s3" and operation in S3_ACTIONS:
        return [S3_ACTIONS[operation], *([ALSO[operation]] if operation in ALSO else [])]
    return [f"{PREFIXES.get(service, service)}:{operation}"]


def copied_from(line: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the action and the object that a copy reads."""
    source = line["params"].get("CopySource")
    if source is None:
        return []
    action = "s3:GetObjectVersion" if "VersionId" in source else "s3:GetObject"
    return [(action, f"arn:aws:s3:::{source['Bucket']}/{source['Key']}")]


def resources_of(line: dict[str, Any]) -> list[str]:
    """Return the ARNs that a recorded call acts on; ``*`` where it names none."""
    service, params = line["service"], line["params"]
    if service == "s3":
        bucket = f"arn:aws:s3:::{params['Bucket']}"
        keys = line["keys"] or ([params["Key"]] if "Key" in params else [])
        return [f"{bucket}/{key}" for key in keys] or [bucket]
    if service == "lambda":
        return [f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{params['FunctionName']}"]
    if service == "sqs":
        return [f"arn:aws:sqs:{REGION}:{ACCOUNT}:{params['QueueUrl'].rpartition('/')[2]}"]
    if service == "dynamodb":
        return [f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{params['TableName']}"]
    if service == "secretsmanager" and not params["SecretId"].startswith("arn:"):
        # The emulator's Ref of a secret is its name; IAM judges the ARN, which ends in six characters of chance.
        return [f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{params['SecretId']}-abcdef"]
    if service == "cloudformation":
        return [f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{params['StackName']}/id"]
    named = [params[name] for name in ("SecretId", "stateMachineArn", "executionArn") if name in params]
    return [str(name) for name in named] or ["*"]
