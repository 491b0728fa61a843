"""The vendors themselves, asked only on request (`make test-live`), with keys of the environment or of `aam keys`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest

from aam_local.paths import find_home
from aam_local.secrets import Secrets

VARIABLES = {"deepgram": "DEEPGRAM_API_KEY", "openai": "OPENAI_API_KEY"}
KEPT = "VendorKeysSecretArn"


@pytest.fixture(scope="session", autouse=True)
def keys() -> Iterator[None]:
    """Keys that `aam keys set` has stored stand in for those that the environment lacks."""
    if os.environ.get("AAM_LIVE") != "1":
        yield
        return
    file = find_home().secrets
    kept = Secrets.model_validate_json(file.read_text("utf-8")).kept if file.exists() else {}
    stored = json.loads(kept.get(KEPT) or "{}")
    with pytest.MonkeyPatch.context() as patch:
        for vendor, variable in VARIABLES.items():
            if stored.get(vendor) and not os.environ.get(variable):
                patch.setenv(variable, stored[vendor])
        yield
