"""The settings of the API's function."""

from __future__ import annotations

from pydantic import Field, field_validator

from aam.foundation.settings import StorageSettings
from aam.uploads.rules import ALLOWED_TYPES, UploadRules

GIB = 1024**3


class ApiSettings(StorageSettings):
    """Settings of the API; secrets are named by their ARN and never stand here."""

    signing_keys_secret_arn: str = Field(alias="SIGNING_KEYS_SECRET_ARN", min_length=1)
    storage_events_secret_arn: str = Field(alias="STORAGE_EVENTS_SECRET_ARN", default="")
    processing_queue_url: str = Field(alias="PROCESSING_QUEUE_URL", min_length=1)
    on_vendor_reply_function: str = Field(alias="ON_VENDOR_REPLY_FUNCTION", default="")
    open_registration: bool = Field(alias="OPEN_REGISTRATION", default=False)
    consent_required: bool = Field(alias="CONSENT_REQUIRED", default=False)
    cors_origins: str = Field(alias="CORS_ORIGINS", default="")
    max_upload_bytes: int = Field(alias="MAX_UPLOAD_BYTES", default=10 * GIB, ge=1)
    upload_types: str = Field(alias="UPLOAD_TYPES", default=",".join(ALLOWED_TYPES))

    @field_validator("cors_origins")
    @classmethod
    def named_origins(cls, value: str) -> str:
        """Raise ValueError for ``*``: it would let any page use what a browser keeps for us."""
        if "*" in value:
            raise ValueError("must name origins")
        return value

    @property
    def origins(self) -> frozenset[str]:
        """Return the origins whose pages may call us."""
        return frozenset(listed(self.cors_origins))

    @property
    def upload_rules(self) -> UploadRules:
        """Return the rules for files that may be uploaded."""
        return UploadRules(max_bytes=self.max_upload_bytes, types=tuple(listed(self.upload_types)))


def listed(value: str) -> list[str]:
    """Return the entries of a comma-separated list."""
    return [entry for part in value.split(",") if (entry := part.strip())]
