"""A bare system on the same emulator: an empty function behind the gateway, and a chain of empty functions.

The chain has the hops of a transcript's journey and nothing of its work: a call, a PUT, the store's notification, a
queue, and a state machine of four functions and of one worker behind a queue. Each function logs one word, for the
emulator waits 50 ms for a log that does not come.
"""

from __future__ import annotations

import io
import json
import secrets
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from aam_cli.api_client import Api
from tests.benchmarks.running_stack import PATIENCE_S, POLL_S, Stack
from tests.support.copied_checkout import aws

CODE = """
import json, os
import boto3

KIND = os.environ["KIND"]
CLIENT = boto3.client({"receive": "sqs", "start": "stepfunctions", "work": "stepfunctions"}.get(KIND, "sqs"))

def handler(event, context):
    print(KIND)
    if KIND == "receive":
        for record in event["Records"]:
            CLIENT.send_message(QueueUrl=os.environ["QUEUE"], MessageBody=record["s3"]["object"]["key"])
    elif KIND == "start":
        for record in event["Records"]:
            CLIENT.start_execution(stateMachineArn=os.environ["MACHINE"], name=record["body"], input="{}")
    elif KIND == "work":
        for record in event["Records"]:
            CLIENT.send_task_success(taskToken=json.loads(record["body"])["task_token"], output="{}")
    return {"statusCode": 200, "body": "{}"}
"""
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": ["lambda.amazonaws.com", "states.amazonaws.com"]},
            "Action": "sts:AssumeRole",
        }
    ],
}
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
"""Bare functions act on what is made here only, and the emulator forgets them afterwards."""


@dataclass
class Bare:
    """The bare system while it stands."""

    stack: Stack
    api: Api
    bucket: str
    machine: str

    def call(self) -> None:
        """Call the empty function through the gateway."""
        self.api.call("GET", "/call")

    def chain(self) -> float:
        """Return the seconds from a call and a PUT to the end of the chain."""
        name = secrets.token_hex(8)
        states, storage = aws(self.stack.home, "stepfunctions"), aws(self.stack.home, "s3")
        execution = f"{self.machine.replace(':stateMachine:', ':execution:')}:{name}"
        began = time.perf_counter()
        self.call()
        storage.put_object(Bucket=self.bucket, Key=name, Body=b"x")
        while time.perf_counter() - began < PATIENCE_S:
            try:
                if states.describe_execution(executionArn=execution)["status"] == "SUCCEEDED":
                    return time.perf_counter() - began
            except states.exceptions.ExecutionDoesNotExist:
                pass
            time.sleep(POLL_S)
        raise RuntimeError("The bare chain did not end.")


@contextmanager
def bare_system(stack: Stack) -> Iterator[Bare]:
    """Yield the bare system on the emulator of a stack, and delete it."""
    name = f"bare-{secrets.token_hex(4)}"
    iam, lambdas, queues = aws(stack.home, "iam"), aws(stack.home, "lambda"), aws(stack.home, "sqs")
    states, storage, gateway = (
        aws(stack.home, "stepfunctions"),
        aws(stack.home, "s3"),
        aws(stack.home, "apigateway"),
    )
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=json.dumps(ALL))
    queue, work = (queues.create_queue(QueueName=f"{name}-{kind}")["QueueUrl"] for kind in ("start", "work"))
    arns: dict[str, str] = {}

    def function(kind: str, **variables: str) -> None:
        arns[kind] = lambdas.create_function(
            FunctionName=f"{name}-{kind}",
            Runtime="python3.13",
            Handler="app.handler",
            Role=role,
            Timeout=30,
            Code={"ZipFile": _code()},
            Environment={"Variables": {"KIND": kind, **variables}},
        )["FunctionArn"]
        for service in ("s3", "apigateway"):
            lambdas.add_permission(
                FunctionName=f"{name}-{kind}",
                StatementId=service,
                Action="lambda:InvokeFunction",
                Principal=f"{service}.amazonaws.com",
            )

    for kind in ("probe", "save", "verify", "finish", "call"):
        function(kind)
    function("work")
    machine = states.create_state_machine(name=name, definition=_definition(arns, work), roleArn=role)
    function("start", MACHINE=machine["stateMachineArn"])
    function("receive", QUEUE=queue)
    mappings = [
        lambdas.create_event_source_mapping(
            EventSourceArn=queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
                "QueueArn"
            ],
            FunctionName=f"{name}-{kind}",
            BatchSize=1,
        )["UUID"]
        for kind, url in (("start", queue), ("work", work))
    ]
    storage.create_bucket(Bucket=name)
    told = [{"LambdaFunctionArn": arns["receive"], "Events": ["s3:ObjectCreated:*"]}]
    storage.put_bucket_notification_configuration(
        Bucket=name, NotificationConfiguration={"LambdaFunctionConfigurations": told}
    )
    api = gateway.create_rest_api(name=name)["id"]
    try:
        yield Bare(stack, Api(_served(stack, gateway, api, arns["call"])), name, machine["stateMachineArn"])
    finally:
        gateway.delete_rest_api(restApiId=api)
        for mapping in mappings:
            lambdas.delete_event_source_mapping(UUID=mapping)
        for entry in storage.list_objects_v2(Bucket=name).get("Contents", []):
            storage.delete_object(Bucket=name, Key=entry["Key"])
        storage.delete_bucket(Bucket=name)
        states.delete_state_machine(stateMachineArn=machine["stateMachineArn"])
        for kind in arns:
            lambdas.delete_function(FunctionName=f"{name}-{kind}")
        for url in (queue, work):
            queues.delete_queue(QueueUrl=url)
        iam.delete_role_policy(RoleName=name, PolicyName="all")
        iam.delete_role(RoleName=name)


def _code() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("app.py", CODE)
    return made.getvalue()


def _definition(arns: dict[str, str], queue: str) -> str:
    """Return the machine: probe, save, a worker behind a queue, verify, finish."""
    order = ("probe", "save", "work", "verify", "finish")
    worker = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Arguments": {"QueueUrl": queue, "MessageBody": {"task_token": "{% $states.context.Task.Token %}"}},
    }
    found: dict[str, dict[str, Any]] = {}
    for kind, after in zip(order, (*order[1:], None), strict=True):
        task = worker if kind == "work" else {"Type": "Task", "Resource": arns[kind], "Arguments": {}}
        found[kind] = {**task, **({"Next": after} if after else {"End": True})}
    return json.dumps({"QueryLanguage": "JSONata", "StartAt": order[0], "States": found})


def _served(stack: Stack, gateway: Any, api: str, function: str) -> str:
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    resource = gateway.create_resource(restApiId=api, parentId=root, pathPart="call")["id"]
    gateway.put_method(restApiId=api, resourceId=resource, httpMethod="GET", authorizationType="NONE")
    gateway.put_integration(
        restApiId=api,
        resourceId=resource,
        httpMethod="GET",
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations",
    )
    gateway.create_deployment(restApiId=api, stageName="bare")
    return f"{stack.api.url.partition('/_aws/')[0]}/_aws/execute-api/{api}/bare"
