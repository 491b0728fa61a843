"""Set the parts of a template that the emulator leaves out, from that very template.

Bucket lifecycles, bucket encryption, Object Lock, the time to live of DynamoDB tables and the gateway's own answers are
accepted by MiniStack's CloudFormation and then forgotten; its S3, DynamoDB and API Gateway APIs know them.
"""

import json
from typing import Any

from aam_local.aws import client
from aam_local.backends import Running

Json = Any
"""A template is JSON that only CloudFormation describes."""


def apply_gaps(running: Running, stack: str) -> int:
    """Set what was left out; how many settings were made."""
    cloudformation = client("cloudformation", endpoint=running.endpoint, secret_access_key=running.secret_access_key)
    template = cloudformation.get_template(StackName=stack, TemplateStage="Processed")["TemplateBody"]
    if isinstance(template, str):
        template = json.loads(template)
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    values = {item["ParameterKey"]: item["ParameterValue"] for item in described.get("Parameters", [])}
    resources = cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
    names = {item["LogicalResourceId"]: item["PhysicalResourceId"] for item in resources}
    made = 0
    for logical_id, resource in template["Resources"].items():
        name = names.get(logical_id)
        if name is None:
            continue
        properties = resolve(resource.get("Properties", {}), values)
        if resource["Type"] == "AWS::S3::Bucket":
            made += _bucket(running, name, properties)
        elif resource["Type"] == "AWS::DynamoDB::Table":
            made += _table(running, name, properties)
        elif resource["Type"] == "AWS::ApiGateway::RestApi":
            made += _api(running, name, properties)
    return made


def resolve(value: Json, parameters: dict[str, str]) -> Json:
    """Return the value with references to parameters filled in; other functions stay as they are."""
    if isinstance(value, dict):
        if set(value) == {"Ref"} and value["Ref"] in parameters:
            return parameters[value["Ref"]]
        return {key: resolve(item, parameters) for key, item in value.items()}
    if isinstance(value, list):
        return [resolve(item, parameters) for item in value]
    return value


def lifecycle_rule(rule: Json) -> Json:
    """CloudFormation's words for a lifecycle rule in the S3 API's words."""
    made: dict[str, Json] = {"ID": rule.get("Id", "rule"), "Status": rule["Status"], "Filter": _filter(rule)}
    if "ExpirationInDays" in rule:
        made["Expiration"] = {"Days": int(rule["ExpirationInDays"])}
    elif str(rule.get("ExpiredObjectDeleteMarker", "")).lower() == "true":
        made["Expiration"] = {"ExpiredObjectDeleteMarker": True}
    if "NoncurrentVersionExpiration" in rule:
        days = rule["NoncurrentVersionExpiration"]["NoncurrentDays"]
        made["NoncurrentVersionExpiration"] = {"NoncurrentDays": int(days)}
    if "AbortIncompleteMultipartUpload" in rule:
        days = rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]
        made["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": int(days)}
    if "Transitions" in rule:
        made["Transitions"] = [
            {"Days": int(step["TransitionInDays"]), "StorageClass": step["StorageClass"]}
            for step in rule["Transitions"]
        ]
    return made


def _filter(rule: Json) -> Json:
    tags = [{"Key": tag["Key"], "Value": tag["Value"]} for tag in rule.get("TagFilters", [])]
    prefix = rule.get("Prefix")
    if not tags:
        return {"Prefix": prefix or ""}
    if len(tags) == 1 and prefix is None:
        return {"Tag": tags[0]}
    return {"And": {**({"Prefix": prefix} if prefix is not None else {}), "Tags": tags}}


def _bucket(running: Running, name: str, properties: Json) -> int:
    storage = client("s3", endpoint=running.endpoint, secret_access_key=running.secret_access_key)
    made = 0
    if "LifecycleConfiguration" in properties:
        rules = [lifecycle_rule(rule) for rule in properties["LifecycleConfiguration"]["Rules"]]
        storage.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})
        made += 1
    if "BucketEncryption" in properties:
        rules = [
            {
                "ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"],
                "BucketKeyEnabled": str(rule.get("BucketKeyEnabled", False)).lower() == "true",
            }
            for rule in properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        ]
        storage.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})
        made += 1
    if "ObjectLockConfiguration" in properties:
        retention = properties["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
        storage.put_object_lock_configuration(
            Bucket=name,
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": retention["Mode"], "Days": int(retention["Days"])}},
            },
        )
        made += 1
    return made


def _table(running: Running, name: str, properties: Json) -> int:
    wanted = properties.get("TimeToLiveSpecification")
    if not wanted:
        return 0
    database = client("dynamodb", endpoint=running.endpoint, secret_access_key=running.secret_access_key)
    current = database.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    enabled = str(wanted.get("Enabled", True)).lower() == "true"
    if (current["TimeToLiveStatus"] in ("ENABLED", "ENABLING")) == enabled:
        return 0
    database.update_time_to_live(
        TableName=name,
        TimeToLiveSpecification={"AttributeName": wanted["AttributeName"], "Enabled": enabled},
    )
    return 1


def _api(running: Running, name: str, properties: Json) -> int:
    """Set the gateway's own answers, which its stages show from their next deployment on."""
    wanted = properties.get("Body", {}).get("x-amazon-apigateway-gateway-responses", {})
    gateway = client("apigateway", endpoint=running.endpoint, secret_access_key=running.secret_access_key)
    for kind, answer in wanted.items():
        gateway.put_gateway_response(
            restApiId=name,
            responseType=kind,
            statusCode=str(answer["statusCode"]),
            responseParameters=answer.get("responseParameters", {}),
            responseTemplates=answer.get("responseTemplates", {}),
        )
    for stage in gateway.get_stages(restApiId=name)["item"] if wanted else ():
        gateway.create_deployment(restApiId=name, stageName=stage["stageName"])
    return len(wanted)
