"""Permissions that the template grants: each function's role after SAM has expanded it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from tests.support.template import as_list, expanded

ACCOUNT, REGION, STACK = "000000000000", "us-east-1", "aam-local"
PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::StackName": STACK,
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::NoValue": "",
}
ARN_FORMS = {
    "AWS::SQS::Queue": "arn:aws:sqs:{region}:{account}:{name}",
    "AWS::DynamoDB::Table": "arn:aws:dynamodb:{region}:{account}:table/{name}",
    "AWS::Lambda::Function": "arn:aws:lambda:{region}:{account}:function:{name}",
    "AWS::S3::Bucket": "arn:aws:s3:::{name}",
}


@dataclass(frozen=True)
class Grant:
    """One action on one resource pattern, allowed or denied to one function (its name in the template)."""

    function: str
    effect: str
    action: str
    resource: str

    def covers(self, action: str, resource: str) -> bool:
        """Return whether IAM would match this call."""
        return fnmatchcase(action.casefold(), self.action.casefold()) and fnmatchcase(resource, self.resource)


def grants(names: dict[str, str], parameters: dict[str, str]) -> list[Grant]:
    """Return every inline statement of every function's role, with references filled in.

    ``names`` are the physical names of resources where they are known; others stand for themselves.
    """
    template = expanded()
    resources = template["Resources"]
    found = []
    for function, resource in resources.items():
        if resource["Type"] != "AWS::Lambda::Function":
            continue
        role = resources[resource["Properties"]["Role"]["Fn::GetAtt"][0]]
        for policy in role["Properties"].get("Policies", []):
            for statement in as_list(policy["PolicyDocument"]["Statement"]):
                effect = statement["Effect"]
                patterns = [
                    text
                    for entry in as_list(statement["Resource"])
                    if (text := resolved(entry, template, names, parameters))
                ]
                found += [
                    Grant(function, effect, action, pattern)
                    for action in as_list(statement["Action"])
                    for pattern in patterns
                ]
    return found


def resolved(value: Any, template: dict[str, Any], names: dict[str, str], parameters: dict[str, str]) -> str:
    """Return the text that an intrinsic function stands for on the embedded stack."""
    if isinstance(value, str):
        return value
    ((function, argument),) = value.items()
    if function == "Ref":
        if argument in PSEUDO:
            return PSEUDO[argument]
        if argument in template["Parameters"]:
            return parameters.get(argument, "")
        return names.get(argument, argument)
    if function == "Fn::GetAtt":
        logical, attribute = argument if isinstance(argument, list) else argument.split(".", 1)
        if attribute != "Arn":
            return f"{logical}.{attribute}"
        kind, name = template["Resources"][logical]["Type"], names.get(logical, logical)
        return ARN_FORMS[kind].format(region=REGION, account=ACCOUNT, name=name.rpartition("/")[2])
    if function == "Fn::Sub":
        return re.sub(
            r"\$\{([^}]+)\}",
            lambda found: resolved(
                {"Fn::GetAtt": found[1]} if "." in found[1] else {"Ref": found[1]}, template, names, parameters
            ),
            argument,
        )
    if function == "Fn::If":
        return resolved(argument[2], template, names, parameters)  # every condition of IAM's is off on this stack
    raise AssertionError(f"{function} is not expected in a role")
