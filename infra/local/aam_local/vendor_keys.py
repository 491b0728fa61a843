"""The keys of Deepgram and OpenAI in a stack."""

import json
from typing import Literal, get_args

from aam_local.kept_secrets import read_value, write_value
from aam_local.paths import Home
from aam_local.secrets import load_secrets
from aam_local.target import Target

Vendor = Literal["deepgram", "openai", "openai_audio"]
VENDORS: tuple[Vendor, ...] = get_args(Vendor)
OUTPUT = "VendorKeysSecretArn"


def read_keys(target: Target) -> dict[str, str]:
    """Return the keys as they stand; empty ones are not set.  Raises UserError when the stack is not up."""
    kept = json.loads(read_value(target, OUTPUT))
    return {vendor: str(kept.get(vendor, "")) for vendor in VENDORS}


def kept_keys(home: Home) -> dict[str, str]:
    """Return the keys of this machine's stack as its folder keeps them, whether it is up or not."""
    kept = load_secrets(home.secrets).kept.get(OUTPUT, "{}") if home.secrets.exists() else "{}"
    keys = json.loads(kept)
    return {vendor: str(keys.get(vendor, "")) for vendor in VENDORS}


def write_key(target: Target, vendor: Vendor, key: str) -> None:
    """Store a key, or take it away with an empty one, so that neither a kill nor a redeploy loses it."""
    write_value(target, OUTPUT, json.dumps({**read_keys(target), vendor: key}))
