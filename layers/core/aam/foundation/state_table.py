"""Short-lived facts in DynamoDB: counters and claims that expire by themselves.

The table has one string key ``pk`` and its time to live in ``expires_at`` (epoch seconds).  DynamoDB deletes expired
items late (up to two days), so every condition here looks at the time as well:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import Field

from aam.foundation.aws import client
from aam.foundation.errors import Transient
from aam.foundation.settings import Environment, load

EVERYBODYS = ("gate#", "unwanted#")
"""Items that are about a vendor, or say that a run is not to be paid for: they hold ids only."""

CONFLICTS = 200
CONFLICT_PAUSE_S = 0.02
"""A change that others outran this often gives up; each pause is a random share of this, and grows a little."""


class StateUnavailable(Transient):
    """The table did not answer."""

    code = "state_unavailable"
    sentence = "A service we need did not answer; try again in a moment."


class StateSettings(Environment):
    """Name of the table of short-lived facts."""

    state_table: str = Field(alias="STATE_TABLE", min_length=3)


class StateTable:
    """Claims and counters; every method raises StateUnavailable when the table does not answer."""

    def __init__(self, dynamodb: Any, name: str) -> None:
        self.dynamodb = dynamodb
        self.name = name

    def claim(self, pk: str, facts: Mapping[str, str], *, expires_at: int, now: int) -> dict[str, str] | None:
        """Write an item unless a living one stands; returns None when it was written, else what stands."""
        from botocore.exceptions import ClientError

        try:
            with translated():
                self.dynamodb.put_item(
                    TableName=self.name,
                    Item=_item(pk, facts, expires_at),
                    ConditionExpression="attribute_not_exists(pk) OR expires_at <= :now",
                    ExpressionAttributeValues={":now": {"N": str(now)}},
                )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return self.read(pk)
        return None

    def read(self, pk: str) -> dict[str, str]:
        """Return the text attributes of an item; empty when there is none."""
        with translated():
            answer = self.dynamodb.get_item(TableName=self.name, Key={"pk": {"S": pk}}, ConsistentRead=True)
        return {name: value["S"] for name, value in answer.get("Item", {}).items() if "S" in value}

    def write(self, pk: str, facts: Mapping[str, str], *, expires_at: int) -> None:
        """Write an item, replacing what stood there."""
        with translated():
            self.dynamodb.put_item(TableName=self.name, Item=_item(pk, facts, expires_at))

    def delete(self, pk: str) -> None:
        """Delete an item; nothing happens when there is none."""
        with translated():
            self.dynamodb.delete_item(TableName=self.name, Key={"pk": {"S": pk}})

    def count(self, pk: str, *, by: int = 1, expires_at: int) -> int:
        """Add to a counter in one atomic step; returns its new value."""
        with translated():
            answer = self.dynamodb.update_item(
                TableName=self.name,
                Key={"pk": {"S": pk}},
                UpdateExpression="ADD seen :by SET expires_at = :at",
                ExpressionAttributeValues={":by": {"N": str(by)}, ":at": {"N": str(expires_at)}},
                ReturnValues="UPDATED_NEW",
            )
        return int(answer["Attributes"]["seen"]["N"])

    def expired(self, now: int) -> Iterator[str]:
        """Yield the keys of items whose time is over, which DynamoDB itself deletes late, and some emulators never."""
        pages = self.dynamodb.get_paginator("scan").paginate(
            TableName=self.name,
            ProjectionExpression="pk",
            FilterExpression="expires_at <= :now",
            ExpressionAttributeValues={":now": {"N": str(now)}},
        )
        with translated():
            for page in pages:
                for item in page["Items"]:
                    yield item["pk"]["S"]

    def texts(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield the keys of items with their texts; items shared by all organizations are left out."""
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.name)
        with translated():
            for page in pages:
                for item in page["Items"]:
                    pk = item["pk"]["S"]
                    if not pk.startswith(EVERYBODYS):
                        yield pk, {name: value["S"] for name, value in item.items() if "S" in value and name != "pk"}

    def delete_expired(self, pk: str, now: int) -> None:
        """Delete an item unless it was given more time meanwhile."""
        from botocore.exceptions import ClientError

        try:
            with translated():
                self.dynamodb.delete_item(
                    TableName=self.name,
                    Key={"pk": {"S": pk}},
                    ConditionExpression="expires_at <= :now",
                    ExpressionAttributeValues={":now": {"N": str(now)}},
                )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise

    def change(
        self,
        pk: str,
        how: Callable[[str], str | None],
        *,
        expires_at: int,
        sleep: Callable[[float], None] = time.sleep,
    ) -> str:
        """Change the document of an item atomically: read, compute, write unless it changed meanwhile.

        ``how`` gets the document as it stands (empty when there is none) and gives the new one, or None to leave it.
        It is called again whenever somebody else was faster.  Returns the document as it stands afterwards.
        """
        for conflicts in range(CONFLICTS):
            facts = self.read(pk)
            stands, version = facts.get("document", ""), facts.get("version", "")
            wanted = how(stands)
            if wanted is None:
                return stands
            if self._swap(pk, wanted, version=version, expires_at=expires_at):
                return wanted
            sleep(random.uniform(0, CONFLICT_PAUSE_S * min(conflicts + 1, 5)))  # noqa: S311 - jitter
        raise StateUnavailable

    def _swap(self, pk: str, document: str, *, version: str, expires_at: int) -> bool:
        """Write the document unless its version is another than this by now; says whether it was written."""
        from botocore.exceptions import ClientError

        stands: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if version:
            stands = {
                "ConditionExpression": "version = :version",
                "ExpressionAttributeValues": {":version": {"S": version}},
            }
        facts = {"document": document, "version": str(int(version or "0") + 1)}
        try:
            with translated():
                self.dynamodb.put_item(TableName=self.name, Item=_item(pk, facts, expires_at), **stands)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True


def _item(pk: str, facts: Mapping[str, str], expires_at: int) -> dict[str, dict[str, str]]:
    texts = {name: {"S": value} for name, value in facts.items()}
    return {"pk": {"S": pk}, "expires_at": {"N": str(expires_at)}, **texts}


class translated:  # noqa: N801 - reads as a statement: with translated()
    """Turns botocore's transport errors and the service's own faults into StateUnavailable."""

    def __enter__(self) -> None:
        """Do nothing on the way in."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Raise ours in place of theirs; refused conditions stay as they are."""
        from botocore.exceptions import ClientError, HTTPClientError

        if isinstance(error, HTTPClientError):
            raise StateUnavailable from None
        if isinstance(error, ClientError):
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if status >= 500 or "Throttl" in error.response["Error"]["Code"]:
                raise StateUnavailable from None


def state_table() -> StateTable:
    """Return the table that this function's settings name."""
    return StateTable(client("dynamodb"), load(StateSettings).state_table)
