"""The whole template, as written and as SAM expands it: limits, rights, queues, expiry."""

import json
import re
import subprocess
import sys
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import yaml

from aam.foundation.queues import RECEIVES_A_SECOND
from aam.store.layout import PLANS, QUARANTINE
from aam.transcription.callbacks import PREFIX as CALLBACKS
from aam.uploads.subject import OF_SUBJECT
from tests.support.template import ROOT, TEMPLATE, as_list, expanded, functions, statements, written

ENVIRONMENT_LIMIT = 4_096
MAX_LAYERS = 5
RESOURCES = written()["Resources"]
FUNCTIONS = functions()
QUEUES = {name: each["Properties"] for name, each in RESOURCES.items() if each["Type"] == "AWS::SQS::Queue"}
DEAD_LETTERS = {name for name in QUEUES if name.endswith("DeadLetters")}
MEDIA_BUCKET = "arn:${AWS::Partition}:s3:::${AWS::StackName}-media-${AWS::AccountId}-${AWS::Region}"
LEDGER_BUCKET = MEDIA_BUCKET.replace("-media-", "-ledger-")


def test_the_expanded_template_and_its_state_machine_lint(tmp_path: Path) -> None:
    """Circles (E3004) show only after expansion, and a definition only where it stands in a resource."""
    found = lint(tmp_path, expanded())
    assert found.returncode == 0, found.stdout


def test_the_lint_would_see_a_circle_and_a_dangling_state(tmp_path: Path) -> None:
    broken = json.loads(json.dumps(expanded(), default=str))
    machine = broken["Resources"]["ProcessRecording"]
    machine["Properties"]["Definition"]["States"]["NoteFailure"]["Type"] = "Tusk"
    broken["Resources"]["ProcessingDeadLetters"]["DependsOn"] = "ProcessingQueue"
    said = lint(tmp_path, broken).stdout
    assert "E3004" in said
    assert "Tusk" in said


def lint(folder: Path, template: Any) -> subprocess.CompletedProcess[str]:
    file = folder / "template.json"
    # Its schema of state machines knows no expression where a number may be computed.
    text = json.dumps(template, default=str, indent=1).replace('"{% ${RecognitionConcurrency} %}"', "8")
    file.write_text(text, encoding="utf-8")
    return subprocess.run(
        [
            *(Path(sys.executable).with_name("cfn-lint"), "--regions", "eu-central-1"),
            *("--ignore-checks", "W1030"),  # it tries the empty DatabaseSecretArn where CreateDatabase is off
            *("--", file),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_stays_within_lambdas_limits(name: str) -> None:
    function = FUNCTIONS[name]
    assert len(function["Layers"]) <= MAX_LAYERS
    assert len(set(map(str, function["Layers"]))) == len(function["Layers"])
    made = expanded()["Resources"][name]["Properties"]
    variables = made["Environment"]["Variables"]
    size = sum(len(key) + longest(value) for key, value in variables.items())
    assert size <= ENVIRONMENT_LIMIT
    assert 128 <= function["MemorySize"] <= 3_008  # what a new account may have
    assert function["Timeout"] <= 900


def longest(value: Any) -> int:
    """How many characters a variable can have: of a choice its longest, of a number its digits.

    Any other reference becomes an ARN or an address: 150 characters are more than any of ours has.
    """
    if isinstance(value, str):
        return len(value)
    parameter = written()["Parameters"].get(value.get("Ref"), {}) if isinstance(value, dict) else {}
    if "AllowedValues" in parameter:
        return max(len(str(allowed)) for allowed in parameter["AllowedValues"])
    return 20 if parameter.get("Type") == "Number" else 150


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_functions_handler_stands_where_the_template_says(name: str) -> None:
    folder = ROOT / FUNCTIONS[name]["CodeUri"]
    module, attribute = FUNCTIONS[name]["Handler"].split(".")
    code = (folder / f"{module}.py").read_text(encoding="utf-8")
    assert re.search(rf"^({attribute} = |def {attribute}\()", code, re.MULTILINE)


def test_every_folder_of_functions_is_deployed() -> None:
    folders = {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}
    assert folders == {Path(function["CodeUri"]).name for function in FUNCTIONS.values()}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_a_test_that_names_it(name: str) -> None:
    here = Path(__file__).parent
    tests = [path for path in (ROOT / "tests").rglob("test_*.py") if path.parent != here]
    named = re.compile(rf"\b({name}|{name.removesuffix('Function')}|{Path(FUNCTIONS[name]['CodeUri']).name})\b")
    assert any(named.search(path.read_text(encoding="utf-8")) for path in tests)


def test_the_api_gives_up_before_the_gateway_does() -> None:
    assert FUNCTIONS["ApiFunction"]["Timeout"] <= 29


# ---------------------------------------------------------------- queues


@pytest.mark.parametrize("name", sorted(set(QUEUES) - DEAD_LETTERS))
def test_a_queue_has_dead_letters_with_an_alarm_and_lets_its_worker_finish(name: str) -> None:
    queue = QUEUES[name]
    target = queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
    assert target in DEAD_LETTERS
    assert QUEUES[target]["MessageRetentionPeriod"] == 14 * 24 * 3600
    alarms = [
        each["Properties"]
        for each in RESOURCES.values()
        if each["Type"] == "AWS::CloudWatch::Alarm" and each["Properties"]["Namespace"] == "AWS/SQS"
    ]
    assert [target] in [[d["Value"]["Fn::GetAtt"][0] for d in alarm["Dimensions"]] for alarm in alarms]
    (mapping,) = [
        each["Properties"]
        for each in expanded()["Resources"].values()
        if each["Type"] == "AWS::Lambda::EventSourceMapping"
        and each["Properties"]["EventSourceArn"] == {"Fn::GetAtt": [name, "Arn"]}
    ]
    called = mapping["FunctionName"]
    worker = called["Fn::If"][2]["Ref"] if "Fn::If" in called else called["Ref"]
    assert queue["VisibilityTimeout"] >= 6 * FUNCTIONS[worker]["Timeout"]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["ScalingConfig"]["MaximumConcurrency"] >= 2


@pytest.mark.parametrize("name", ["TranscriptionQueue", "ArtifactsQueue"])
def test_waiting_for_a_vendor_drives_no_message_into_the_dead_letters(name: str) -> None:
    """A message that waits is received again and again, ever less often; all receives together last over a day."""
    longest = written()["Parameters"]["VendorWaitingLimit"]["MaxValue"]
    receives = QUEUES[name]["RedrivePolicy"]["maxReceiveCount"]
    assert sum(number / RECEIVES_A_SECOND for number in range(1, receives + 1)) > longest
    assert QUEUES[name]["MessageRetentionPeriod"] >= 2 * longest


def test_every_dead_letter_queue_serves_some_queue() -> None:
    served = {
        queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for queue in QUEUES.values()
        if "RedrivePolicy" in queue
    }
    assert served == DEAD_LETTERS


def test_what_s3_could_not_deliver_is_kept() -> None:
    kept = FUNCTIONS["OnUploadFunction"]["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]
    assert kept["Destination"]["Fn::GetAtt"][0] in DEAD_LETTERS


# ---------------------------------------------------------------- the store


def test_objects_move_and_expire_as_the_requirements_say() -> None:
    written_rules = RESOURCES["MediaBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    rules = {rule["Id"]: rule for rule in written_rules}
    assert {rule["Status"] for rule in written_rules} == {"Enabled"}
    assert rules["incomplete-uploads"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert rules["earlier-versions"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    assert rules["earlier-versions"]["ExpiredObjectDeleteMarker"] is True
    by_prefix = {rule["Prefix"]: rule for rule in written_rules if "Prefix" in rule}
    assert by_prefix["temp/"]["ExpirationInDays"] == by_prefix["callbacks/"]["ExpirationInDays"] == 1
    assert by_prefix["media/raw/"]["Transitions"] == [
        {"StorageClass": "STANDARD_IA", "TransitionInDays": 30},
        {"StorageClass": "GLACIER", "TransitionInDays": 90},
    ]
    assert by_prefix["reports/"]["Transitions"] == [{"StorageClass": "GLACIER", "TransitionInDays": 365}]
    assert not [prefix for prefix in by_prefix if prefix.startswith(("meetings/", "derived/"))]


@pytest.mark.parametrize("name", ["MediaBucket", "BackupBucket"])
def test_bucket_has_no_public_access(name: str) -> None:
    bucket = RESOURCES[name]["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    (tls,) = RESOURCES[f"{name}Policy"]["Properties"]["PolicyDocument"]["Statement"]
    assert (tls["Effect"], tls["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_functions_woken_by_the_store_cannot_write_to_the_same_prefix() -> None:
    """Otherwise one upload could wake it for ever; the denial outlives whatever somebody allows later."""
    woken = RESOURCES["MediaBucket"]["Properties"]["NotificationConfiguration"]["LambdaConfigurations"]
    for entry in woken:
        (prefix,) = [rule["Value"] for rule in entry["Filter"]["S3Key"]["Rules"] if rule["Name"] == "prefix"]
        function = entry["Function"]["Fn::GetAtt"][0]
        denied = {"OnUploadFunction": ("meetings/", "*"), "OnVendorReplyFunction": ("callbacks/", "callbacks/*")}
        assert denied[function][0] == prefix
        assert any(
            each["Effect"] == "Deny"
            and each["Action"] == "s3:Put*"
            and each["Resource"] == {"Fn::Sub": f"{MEDIA_BUCKET}/{denied[function][1]}"}
            for each in statements(f"{function}Role")
        )
        allowed = [each for each in statements(f"{function}Role") if each["Effect"] == "Allow"]
        writes = [each for each in allowed for action in as_list(each["Action"]) if action == "s3:PutObject"]
        written_to = [resource["Fn::Sub"] for each in writes for resource in as_list(each["Resource"])]
        assert written_to == ([] if function == "OnUploadFunction" else [f"{MEDIA_BUCKET}/derived/*"])


def test_steps_write_derived_objects_only() -> None:
    """Who puts objects under a prefix that wakes somebody only signs: the API, and for replies the worker."""
    for name in FUNCTIONS:
        for each in statements(f"{name}Role"):
            if each["Effect"] == "Allow" and "s3:PutObject" in as_list(each["Action"]) and name != "ApiFunction":
                places = {str(resource["Fn::Sub"]).removeprefix(MEDIA_BUCKET) for resource in as_list(each["Resource"])}
                signed = name == "TranscriptionWorkerFunction" and places == {"/callbacks/*"}
                own = places == {
                    "CleanupFunction": {"/cleanup/*", "/system/*"},
                    "ErasureFunction": {f"{LEDGER_BUCKET}/erasures/*"},
                    "ExportFunction": {"/temp/exports/*"},
                }.get(name)
                elsewhere = name in ("BackupFunction", "RestoreFunction")  # the next test looks at them
                assert signed or own or elsewhere or places == {"/derived/*"}


def test_backups_never_write_where_recordings_are_and_restores_only_what_they_bring_back_or_move() -> None:
    writes = {
        name: {
            str(resource["Fn::Sub"]).removeprefix(MEDIA_BUCKET)
            for each in statements(f"{name}Role")
            for resource in as_list(each["Resource"])
            if isinstance(resource, dict)
            and "Fn::Sub" in resource
            and any(action.startswith(("s3:Put", "s3:Delete")) for action in as_list(each["Action"]))
            and str(resource["Fn::Sub"]).startswith(MEDIA_BUCKET)
        }
        for name in ("BackupFunction", "RestoreFunction")
    }
    assert writes == {
        "BackupFunction": set(),
        "RestoreFunction": {"/meetings/*", "/derived/*", "/quarantine/*", "/system/*"},
    }


@pytest.mark.parametrize("name", ["MediaBucket", "BackupBucket"])
def test_a_bucket_outlives_its_stack(name: str) -> None:
    assert (RESOURCES[name]["DeletionPolicy"], RESOURCES[name]["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_the_database_that_we_make_can_be_had_back_as_it_was() -> None:
    """To any moment of the last days, and as a snapshot of its last one when it is deleted with its stack."""
    database = RESOURCES["Database"]
    assert database["DeletionPolicy"] == database["UpdateReplacePolicy"] == "Snapshot"
    assert database["Properties"]["BackupRetentionPeriod"] >= 7
    assert database["Properties"]["DeletionProtection"] is True


def test_erasures_delete_only_where_they_look() -> None:
    """Whose bucket it is, and what a restore has noted, lie there as well."""
    places = {
        str(resource["Fn::Sub"]).removeprefix(MEDIA_BUCKET)
        for each in statements("ErasureFunctionRole")
        for resource in as_list(each["Resource"])
        if any(action.startswith("s3:Delete") for action in as_list(each["Action"])) and MEDIA_BUCKET in str(resource)
    }
    assert places == {f"/{prefix}*" for prefix in (*OF_SUBJECT, QUARANTINE, CALLBACKS, PLANS)}


def test_no_function_may_delete_entries_of_the_ledger() -> None:
    """Neither by deleting or unlocking entries, nor by losing bucket or secret with the stack."""
    bucket, secret = RESOURCES["LedgerBucket"], RESOURCES["ErasureLedgerSecret"]
    for resource in (bucket, secret):
        assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"
    properties = bucket["Properties"]
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert properties["ObjectLockEnabled"] is True
    rule = properties["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert rule == {"Mode": "GOVERNANCE", "Days": {"Ref": "LedgerRetentionDays"}}
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    for name in FUNCTIONS:
        for each in statements(f"{name}Role"):
            of_ledger = [each for resource in as_list(each["Resource"]) if LEDGER_BUCKET in str(resource)]
            actions = {action for found in of_ledger for action in as_list(found["Action"])}
            assert actions <= (
                {"s3:GetObject", "s3:PutObject", "s3:ListBucket"} if name == "ErasureFunction" else set()
            )


# ---------------------------------------------------------------- rights


def nodes(node: yaml.Node) -> list[yaml.MappingNode]:
    """Every mapping below a node of the template's text."""
    if isinstance(node, yaml.MappingNode):
        return [node, *(found for _, value in node.value for found in nodes(value))]
    if isinstance(node, yaml.SequenceNode):
        return [found for value in node.value for found in nodes(value)]
    return []


def own_lines(text: str, node: yaml.Node) -> list[str]:
    """A node's lines; a block's end mark stands only at the next token."""
    first, *rest = text.splitlines()[node.start_mark.line : node.end_mark.line + 1]
    deeper = takewhile(lambda line: line.startswith(" " * node.start_mark.column), rest)
    return [first, *deeper]


def written_statements() -> list[tuple[dict[str, Any], str]]:
    """Every policy statement that allows something, with its lines of text."""
    text = TEMPLATE.read_text(encoding="utf-8")
    root = yaml.compose(text)
    assert root is not None
    found = []
    for node in nodes(root):
        keys = {key.value: value for key, value in node.value}
        if keys.get("Effect") is not None and keys["Effect"].value == "Allow" and "Action" in keys:
            lines = own_lines(text, node)
            actions = keys["Action"]
            named = [each.value for each in actions.value] if isinstance(actions.value, list) else [actions.value]
            resources = keys.get("Resource")
            targets: list[str] = []
            if resources is not None:
                of_list = resources.value if isinstance(resources.value, list) else [resources]
                targets = [str(each.value) for each in of_list]
            found.append(({"actions": named, "resources": targets}, "\n".join(lines)))
    return found


def test_there_are_statements_to_look_at() -> None:
    assert len(written_statements()) > 30


@pytest.mark.parametrize(("statement", "text"), written_statements())
def test_every_wildcard_resource_has_a_reason(statement: dict[str, Any], text: str) -> None:
    assert not [action for action in statement["actions"] if "*" in action], text
    if "*" in statement["resources"]:
        assert re.search(r"# .{20,}", text), f"a reason is missing: {text}"
    for resource in statement["resources"]:
        assert resource == "*" or "*" not in resource or "${AWS::StackName}" in resource, text


def test_no_secret_stands_in_an_environment_or_output() -> None:
    for name, function in FUNCTIONS.items():
        variables = expanded()["Resources"][name]["Properties"]["Environment"]["Variables"]
        assert "resolve:secretsmanager" not in json.dumps(variables)
        for key in variables:
            assert not re.search(r"PASSWORD|TOKEN|API_KEY|(?<!ARN)_SECRET$", key), (name, key, function["CodeUri"])
    assert "resolve:" not in json.dumps(written()["Outputs"])


def test_what_a_function_logs_goes_after_the_days_of_the_maintenance_log() -> None:
    days = {
        each["Properties"]["LogGroupName"]["Fn::Sub"]: each["Properties"]["RetentionInDays"]
        for each in RESOURCES.values()
        if each["Type"] == "AWS::Logs::LogGroup"
    }
    kept = yaml.safe_load((ROOT / "infra" / "retention.yaml").read_text())["rows"]["maintenance_log"]
    assert days == {f"/aws/lambda/${{{name}}}": kept for name in FUNCTIONS}


def test_what_the_gateway_answers_by_itself_has_the_form_of_our_problems() -> None:
    from aam.foundation.errors import leaves
    from aam.foundation.http import PROBLEM_TYPE, Problem
    from tests.support.api import load_app

    load_app()
    codes = {leaf.code for leaf in leaves()} | {"internal_error"}
    (api,) = (one for one in expanded()["Resources"].values() if one["Type"] == "AWS::ApiGateway::RestApi")
    answers = api["Properties"]["Body"]["x-amazon-apigateway-gateway-responses"]
    assert {"MISSING_AUTHENTICATION_TOKEN", "DEFAULT_4XX", "DEFAULT_5XX"} <= set(answers)
    for answer in answers.values():
        problem = Problem.model_validate_json(answer["responseTemplates"]["application/json"])
        assert problem.status == int(answer["statusCode"])
        assert problem.code in codes
        assert problem.type == f"urn:aam:error:{problem.code}"
        assert answer["responseParameters"]["gatewayresponse.header.Content-Type"] == f"'{PROBLEM_TYPE}'"
