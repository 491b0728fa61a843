"""`aam --stack NAME`: the same commands on a stack on AWS, here moto's CloudFormation."""

import io
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from click.testing import CliRunner, Result
from moto import mock_aws

from aam_cli.main import main
from aam_local.target import AwsTarget

REGION = "eu-central-1"
TEMPLATE = {
    "Resources": {
        "Bucket": {"Type": "AWS::S3::Bucket"},
    },
    "Outputs": {
        "MigrateFunctionName": {"Value": "aam-prod-MigrateFunction-1"},
        "CostsFunctionName": {"Value": "aam-prod-CostsFunction-1"},
        "VendorKeysSecretArn": {"Value": "aam-prod/vendor-keys"},
        "BackupBucketName": {"Value": {"Ref": "Bucket"}},
    },
}


@pytest.fixture
def _stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A stack `aam-prod` in the account that the environment opens."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AAM_STACK"):
        monkeypatch.delenv(name, raising=False)
    for name, value in (("ACCESS_KEY_ID", "a"), ("SECRET_ACCESS_KEY", "b"), ("DEFAULT_REGION", REGION)):
        monkeypatch.setenv(f"AWS_{name}", value)
    with mock_aws():
        kept = '{"deepgram": "", "openai": ""}'
        boto3.client("secretsmanager").create_secret(Name="aam-prod/vendor-keys", SecretString=kept)
        boto3.client("cloudformation").create_stack(StackName="aam-prod", TemplateBody=json.dumps(TEMPLATE))
        yield


@pytest.fixture
def called(_stack: None, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """What Lambda is asked; moto itself would want Docker to run a function."""
    seen: list[tuple[str, Any]] = []
    real = AwsTarget.client

    class Functions:
        def invoke(self, **asked: Any) -> dict[str, Any]:
            seen.append((asked["FunctionName"], json.loads(asked["Payload"])))
            return {"Payload": io.BytesIO(b'{"output": "", "revision": "0042"}')}

    def client(target: AwsTarget, service: str, **options: Any) -> Any:
        return Functions() if service == "lambda" else real(target, service, **options)

    monkeypatch.setattr(AwsTarget, "client", client)
    return seen


def aam(*arguments: str, **options: Any) -> Result:
    """The command line."""
    return CliRunner().invoke(main, arguments, **options)


def test_a_command_calls_the_function_that_the_stack_names(called: list[tuple[str, Any]]) -> None:
    done = aam("--stack", "aam-prod", "migrate", "up")
    assert called == [("aam-prod-MigrateFunction-1", {"command": "up", "revision": "head"})]
    assert done.stdout == "The database stands at 0042.\n"
    assert done.stderr == "On AWS: the stack aam-prod.\n"


def test_the_environment_may_name_the_stack(called: list[tuple[str, Any]]) -> None:
    done = aam("migrate", "current", env={"AAM_STACK": "aam-prod"})
    assert (done.exit_code, [name for name, _ in called]) == (0, ["aam-prod-MigrateFunction-1"])


@pytest.mark.usefixtures("_stack")
@pytest.mark.parametrize(
    ("stack", "words", "sentence"),
    [
        ("aam-none", "cost", f"There is no stack aam-none in {REGION}; name another with --stack, or set AWS_REGION."),
        ("aam-prod", "erase list", "has no output ErasureFunctionName; deploy this version of the template first."),
        ("aam-prod", "migrate new x", "compares with this machine's database; leave out --stack."),
        ("aam-prod", "cost", "The stack aam-prod does not answer; see AWS_PROFILE, AWS_REGION and your permissions."),
    ],
)
def test_what_is_not_there_is_one_sentence(stack: str, words: str, sentence: str) -> None:
    done = aam("--stack", stack, *words.split())
    assert (done.exit_code, sentence in done.stderr, "Traceback" in done.output) == (1, True, False)


@pytest.mark.usefixtures("_stack")
def test_without_a_region_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    done = aam("--stack", "aam-prod", "cost")
    assert (done.exit_code, "see AWS_PROFILE and AWS_REGION." in done.stderr) == (1, True)


@pytest.mark.parametrize("verb", ["demo", "up", "down", "status", "reset"])
def test_verbs_of_this_machine_refuse_a_stack(verb: str) -> None:
    done = aam("--stack", "aam-prod", verb)
    assert (done.exit_code, "is about this machine only" in done.stderr) == (2, True)


@pytest.mark.usefixtures("_stack")
def test_keys_are_set_in_the_stack_s_own_secret() -> None:
    aam("--stack", "aam-prod", "keys", "set", "openai", input="sk-typed\n", env={"OPENAI_API_KEY": ""})
    arn = AwsTarget("aam-prod").output("VendorKeysSecretArn")
    kept = boto3.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
    assert json.loads(kept) == {"deepgram": "", "openai": "sk-typed", "openai_audio": ""}


@pytest.mark.usefixtures("_stack")
def test_logs_are_those_of_the_stack_s_functions_only() -> None:
    logs = boto3.client("logs")
    for group in ("/aws/lambda/aam-prod-ApiFunction-1", "/aws/lambda/another-ApiFunction-1"):
        logs.create_log_group(logGroupName=group)
    assert aam("--stack", "aam-prod", "logs").stdout == "aam-prod-ApiFunction-1\n"
