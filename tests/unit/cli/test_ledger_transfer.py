"""The ledger of erasures travels with a backup that is kept elsewhere, and is never mixed with another."""

from __future__ import annotations

from pathlib import Path

import pytest

import aam_local.paths
import aam_local.reset
from aam_local.paths import Home
from tests.support.kept_backups import ENTRIES, NAME, Ledger, Store, aam, entry, files


def test_the_ledger_travels_into_an_empty_one_and_is_added_to_the_same(store: Store, tmp_path: Path) -> None:
    aam("backup", "--to", str(tmp_path), "--backup", NAME, "--no-objects")
    store.ledger.secret, store.ledger.said = "n" * 64, {}
    assert "2 entries" in aam("restore", "run", "--from", str(tmp_path), "--yes").output
    assert (store.ledger.secret, store.ledger.said) == ("k" * 64, ENTRIES)
    certified, later = dict([entry("a", "d" * 64)]), dict([entry("e")])
    store.ledger.said = certified | later
    assert "1 entries" in aam("restore", "run", "--from", str(tmp_path), "--yes").output
    assert store.ledger.said == ENTRIES | certified | later, "a certificate is never written over"
    told = aam("backup", "--to", str(tmp_path), "--backup", NAME, "--no-objects").output
    assert "3 entries, 2 of them new" in told
    kept = {key: body for key, body in files(tmp_path).items() if key.startswith("ledger/erasures/")}
    assert kept == {f"ledger/{key}": body for key, body in store.ledger.said.items()}


def test_two_ledgers_are_never_mixed(store: Store, tmp_path: Path) -> None:
    aam("backup", "--to", str(tmp_path), "--backup", NAME, "--no-objects")
    before = files(tmp_path)
    store.ledger = Ledger("n" * 64)
    store.asked.clear()
    for arguments in (["restore", "run", "--from", str(tmp_path), "--yes"], ["backup", "--to", str(tmp_path)]):
        done = aam(*arguments)
        assert (done.exit_code, store.asked) == (1, [])
        assert done.output.endswith("Nothing was changed.\n")
    assert (files(tmp_path), store.ledger.secret, store.ledger.said) == (before, "n" * 64, ENTRIES)
    assert aam("restore", "run", "--from", str(tmp_path), "--yes", "--without-ledger").exit_code == 0
    assert store.asked[-1] == {"to": "Restore", "action": "restore", "backup": NAME, "without_ledger": True}
    assert (store.ledger.secret, store.ledger.said) == ("n" * 64, ENTRIES)


@pytest.mark.parametrize("kind", ["no key", "no JSON", "another's", "no mark"])
def test_a_forged_ledger_is_not_brought(store: Store, tmp_path: Path, kind: str) -> None:
    aam("backup", "--to", str(tmp_path), "--backup", NAME, "--no-objects")
    (tmp_path / "ledger/.DS_Store").write_bytes(b"a file manager's")
    (name, body), (other, _) = entry("a"), entry("f")
    assert aam("restore", "run", "--from", str(tmp_path), "--yes").exit_code == 0
    forged = ("", b"")
    if kind == "no key":
        (tmp_path / "ledger/key").unlink()
    else:
        forged = {"no JSON": (name, b"{"), "another's": (other, body), "no mark": ("erasures/x.json", body)}[kind]
        (tmp_path / "ledger" / forged[0]).write_bytes(forged[1])
    store.ledger.said, store.asked = {}, []
    done = aam("restore", "run", "--from", str(tmp_path), "--yes")
    assert (done.exit_code, store.asked, store.ledger.said) == (1, [], {})
    assert kind == "no key" or f"{forged[0]} in {tmp_path} is no entry" in done.output
    assert done.output.endswith("Nothing was changed.\n")


def test_a_reset_says_what_goes_with_the_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path, tmp_path / ".aam")
    monkeypatch.setattr(aam_local.paths, "find_home", lambda: home)
    monkeypatch.setattr(aam_local.reset, "wipe_data", lambda _home: None)
    assert "ledger" not in aam("reset", "--yes").output
    entries = home.emulator / "objects/000000000000/aam-local-ledger-0-x/erasures"
    entries.mkdir(parents=True)
    for name in (f"{'a' * 64}.json", f"{'a' * 64}.json.meta.json"):
        (entries / name).write_text("{}")
    assert "The ledger of 1 erasures goes too" in aam("reset", "--yes").output
