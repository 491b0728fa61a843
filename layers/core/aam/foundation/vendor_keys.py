"""The keys of outside services, kept in one secret: ``{"deepgram": "…", "openai": "…", "openai_audio": "…"}``.

An empty key means none; ``openai_audio`` is for a speech server other than OpenAI's.
"""

from __future__ import annotations

from pydantic import ConfigDict, Field, SecretStr, ValidationError

from aam.foundation.schemas import Value
from aam.foundation.secrets import read_secret
from aam.foundation.settings import BadConfiguration, Environment, load


class VendorKeySettings(Environment):
    """Name of the secret that holds the keys."""

    vendor_keys_secret_arn: str = Field(alias="VENDOR_KEYS_SECRET_ARN", min_length=1)


class VendorKeys(Value):
    """Content of the secret."""

    model_config = ConfigDict(extra="ignore")

    deepgram: SecretStr = SecretStr("")
    openai: SecretStr = SecretStr("")
    openai_audio: SecretStr = SecretStr("")


def vendor_keys() -> VendorKeys:
    """Return the keys as they stand now; raises BadConfiguration when the secret is not of this form."""
    try:
        return VendorKeys.model_validate_json(read_secret(load(VendorKeySettings).vendor_keys_secret_arn))
    except ValidationError:
        raise BadConfiguration('The vendor keys secret must be JSON like {"deepgram": "", "openai": ""}.') from None


class StoredKeys(Value):
    """Services that have a key; for code that must know this and no more."""

    deepgram: bool
    openai: bool
    openai_audio: bool = False


def stored_keys() -> StoredKeys:
    """Return the services that have a key; raises BadConfiguration like `vendor_keys`."""
    keys = vendor_keys()
    return StoredKeys(
        deepgram=bool(keys.deepgram.get_secret_value()),
        openai=bool(keys.openai.get_secret_value()),
        openai_audio=bool(keys.openai_audio.get_secret_value()),
    )
