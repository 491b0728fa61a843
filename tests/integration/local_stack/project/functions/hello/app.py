"""Says what it sees."""

import os

import pydantic


def handler(event, context):
    print("hello was called")  # noqa: T201 - its log is read
    return {"statusCode": 200, "body": f"{os.environ['STAGE']} {pydantic.__file__}"}
