"""`aam keys` takes a key from where nobody else looks, and shows none."""

import pytest
from click.testing import CliRunner

from aam_cli.main import main


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A stack that only remembers keys."""
    keys = {"deepgram": "", "openai": ""}
    monkeypatch.setattr("aam_local.vendor_keys.read_keys", lambda home: dict(keys))
    monkeypatch.setattr("aam_local.vendor_keys.write_key", lambda home, vendor, key: keys.update({vendor: key}))
    for name in ("OPENAI_API_KEY", "DEEPGRAM_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    return keys


def test_a_key_is_never_an_argument(stored: dict[str, str]) -> None:
    assert CliRunner().invoke(main, ["keys", "set", "openai", "sk-1"]).exit_code == 2
    assert stored["openai"] == ""


def test_a_key_may_be_handed_over_or_stand_in_the_environment(
    stored: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    handed = CliRunner().invoke(main, ["keys", "set", "openai"], input="sk-handed\n")
    monkeypatch.setenv("DEEPGRAM_API_KEY", "dg-environment")
    taken = CliRunner().invoke(main, ["keys", "set", "deepgram"])
    assert stored == {"deepgram": "dg-environment", "openai": "sk-handed"}
    assert "sk-" not in handed.output
    assert "dg-" not in taken.output
    assert "within 5 minutes" in taken.output


@pytest.mark.parametrize("typed", ["", "sk 1", "ключ"])
def test_what_is_no_key_is_refused(stored: dict[str, str], typed: str) -> None:
    answer = CliRunner().invoke(main, ["keys", "set", "openai"], input=f"{typed}\n")
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: That is no key of openai")
    assert stored["openai"] == ""
