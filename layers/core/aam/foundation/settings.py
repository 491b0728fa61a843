"""Typed environments: each function declares what it needs and reads it once, when it is first called."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Literal, TypeVar

from pydantic import ConfigDict, Field, ValidationError

from aam.foundation.errors import AppError
from aam.foundation.schemas import Value


class BadConfiguration(AppError):
    """A setting is missing or malformed."""

    code = "bad_configuration"
    sentence = "The system is not configured correctly; an operator must look at the settings of this function."


class Environment(Value):
    """The base of every function's settings; fields are read from the variables named by their aliases."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    stage: str = Field(alias="STAGE", default="local")


class StorageSettings(Environment):
    """Location of objects; the endpoints are empty on AWS and set for an S3-compatible store.

    Such a store may have keys of its own, in a secret; without one the function's role signs.
    """

    media_bucket: str = Field(alias="MEDIA_BUCKET", min_length=3)
    storage_endpoint: str = Field(alias="STORAGE_ENDPOINT", default="")
    storage_public_endpoint: str = Field(alias="STORAGE_PUBLIC_ENDPOINT", default="")
    storage_secret_arn: str = Field(alias="STORAGE_SECRET_ARN", default="")


class StandInSettings(Environment):
    """Setting that tells whether stand-ins answer in the vendors' place: what they say is made up."""

    stand_ins: bool = Field(alias="STAND_INS", default=False)


class BackupSettings(Environment):
    """The bucket of backups, in the same store."""

    backup_bucket: str = Field(alias="BACKUP_BUCKET", min_length=3)


class DatabaseSettings(Environment):
    """Location of the database, the secret that opens it, and our name in its list of connections."""

    database_secret_arn: str = Field(alias="DATABASE_SECRET_ARN", min_length=1)
    database_host: str = Field(alias="DATABASE_HOST", min_length=1)
    database_port: int = Field(alias="DATABASE_PORT", default=5432)
    database_name: str = Field(alias="DATABASE_NAME", default="aam")
    database_tls: Literal["verify", "require", "off"] = Field(alias="DATABASE_TLS", default="verify")
    application_name: str = Field(alias="AWS_LAMBDA_FUNCTION_NAME", default="aam")


class QueueSettings(Environment):
    """URLs of the queues of work, and of those of their dead letters."""

    processing_queue_url: str = Field(alias="PROCESSING_QUEUE_URL", min_length=1)
    transcription_queue_url: str = Field(alias="TRANSCRIPTION_QUEUE_URL", min_length=1)
    artifacts_queue_url: str = Field(alias="ARTIFACTS_QUEUE_URL", min_length=1)
    processing_dead_letters_url: str = Field(alias="PROCESSING_DEAD_LETTERS_URL", min_length=1)
    transcription_dead_letters_url: str = Field(alias="TRANSCRIPTION_DEAD_LETTERS_URL", min_length=1)
    artifacts_dead_letters_url: str = Field(alias="ARTIFACTS_DEAD_LETTERS_URL", min_length=1)

    @property
    def work(self) -> dict[str, str]:
        """Return the queues of work by purpose."""
        return {
            "processing": self.processing_queue_url,
            "transcription": self.transcription_queue_url,
            "artifacts": self.artifacts_queue_url,
        }

    @property
    def dead_letters(self) -> dict[str, str]:
        """Return the queues of dead letters by the work that they are of."""
        return {
            "processing": self.processing_dead_letters_url,
            "transcription": self.transcription_dead_letters_url,
            "artifacts": self.artifacts_dead_letters_url,
        }


class AdminSettings(DatabaseSettings):
    """The database as its administrator opens it."""

    admin_secret_arn: str = Field(alias="ADMIN_SECRET_ARN", min_length=1)


E_ = TypeVar("E_", bound=Environment)


@lru_cache(maxsize=8)
def load(model: type[E_]) -> E_:
    """Read a function's settings from its environment, once.

    Raises BadConfiguration, naming the variables at fault but never their values.
    """
    try:
        return model.model_validate(dict(os.environ))
    except ValidationError as error:
        names = ", ".join(str(problem["loc"][0]) for problem in error.errors())
        raise BadConfiguration(f"These settings are missing or malformed: {names}.") from None
