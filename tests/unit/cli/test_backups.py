"""`aam backup` and `aam restore`: what they ask of the deployed functions, and what they keep elsewhere."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from aam_cli.destinations import Folder, place_of
from aam_local.errors import UserError
from tests.support.kept_backups import DUMP, LEDGER, MANIFEST, NAME, STORED, Store, aam, files


def test_a_backup_is_made_and_copied_until_nothing_is_left(store: Store) -> None:
    done = aam("backup")
    assert (done.exit_code, store.actions()) == (0, ["backup", "copy"])
    assert "3 rows" in done.output
    assert "archived" in done.output
    listed = aam("backup", "--list").output
    assert NAME in listed
    assert "2026-11-21/010000Z  its manifest or its dump is missing or broken" in listed


def test_a_folder_holds_the_same_names_and_only_its_owner_reads_it(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    assert aam("backup", "--to", str(folder), "--backup", "2026-11-22").exit_code == 0
    assert store.actions() == ["fetch", "fetch_objects", "fetch_objects", "fetch_objects", "fetch"]
    assert files(folder) == STORED | LEDGER
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}
    assert modes == {0o600, 0o700}
    store.content["objects/meetings/m/a.mp3"] = b"x"  # of another size: fetched anew, the other is left alone
    aam("backup", "--to", str(folder), "--backup", NAME)
    assert files(folder)["objects/meetings/m/a.mp3"] == b"x"


def test_what_is_kept_is_what_was_made_whatever_else_is_called_newer(store: Store, tmp_path: Path) -> None:
    assert aam("backup", "--to", str(tmp_path), "--no-objects").exit_code == 0
    assert [each["backup"] for each in store.asked if each["action"] == "fetch"] == [NAME]


def test_what_is_erased_while_a_backup_is_kept_is_not_missed(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    erased = "objects/meetings/m/a.mp3"
    listed = store.signed

    def signed(*names: str) -> list[dict[str, Any]]:
        found = listed(*names)
        if erased in names:
            del store.content[erased]
        return found

    monkeypatch.setattr(store, "signed", signed)
    done = aam("backup", "--to", str(tmp_path), "--backup", NAME)
    assert done.exit_code == 0, done.output
    kept = files(tmp_path)
    assert erased not in kept
    assert kept == {key: body for key, body in (STORED | LEDGER).items() if key != erased}


def test_a_dump_that_is_gone_is_missed(store: Store, tmp_path: Path) -> None:
    del store.content[f"backups/database/{NAME}.dump"]
    done = aam("backup", "--to", str(tmp_path), "--backup", NAME, "--no-objects")
    assert done.exit_code == 1
    assert f"Error: backups/database/{NAME}.dump is gone" in done.output


def test_what_arrives_broken_has_no_manifest(store: Store, tmp_path: Path) -> None:
    store.content[f"backups/database/{NAME}.dump"] = DUMP[:-1] + b"?"
    done = aam("backup", "--to", str(tmp_path), "--backup", NAME, "--no-objects")
    assert (done.exit_code, done.output.count("Error: What arrived is not")) == (1, 1)
    assert f"backups/database/{NAME}.json" not in files(tmp_path)


def test_another_bucket_takes_it_as_well(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="elsewhere")
        assert aam("backup", "--to", "s3://elsewhere/kept/", "--backup", NAME).exit_code == 0
        assert place_of("s3://elsewhere/kept").sizes("") == {key: len(body) for key, body in (STORED | LEDGER).items()}
        store.content.clear()
        assert aam("restore", "run", "--from", "s3://elsewhere/kept", "--objects", "--yes").exit_code == 0
        assert store.content == STORED


def test_a_restore_asks_for_the_date(store: Store) -> None:
    assert aam("restore", "run", typed="no\n").exit_code == 1
    assert store.actions() == ["look"]
    done = aam("restore", "run", "--date", "2026-11-22", typed="2026-11-22\n")
    assert (done.exit_code, store.actions()[1:]) == (0, ["look", "restore"])
    assert store.asked[-1]["backup"] == NAME
    assert "aam restore reconcile" in done.output


def test_what_is_passed_over_for_another_systems_is_named(store: Store) -> None:
    store.passed_over = ["2026-11-23/010000Z"]
    assert "2026-11-23/010000Z is newer, but of another system" in aam("restore", "run", "--yes").output


@pytest.mark.parametrize("typed", ["x\n", "2026-11-22\n"])
def test_nothing_is_brought_before_it_was_asked_for_and_would_be_taken(
    store: Store, tmp_path: Path, typed: str
) -> None:
    aam("backup", "--to", str(tmp_path), "--backup", NAME, "--no-objects")
    store.content.clear()
    store.asked.clear()
    store.ledger.secret, store.ledger.said = "n" * 64, {}
    store.refused = {"code": "database_not_empty", "detail": "The database is not empty. Nothing was changed."}
    done = aam("restore", "run", "--from", str(tmp_path), typed=typed)
    assert (done.exit_code, store.actions()) == (1, ["look"] if "2026" in typed else [])
    assert (store.content, store.ledger.secret, store.ledger.said) == ({}, "n" * 64, {})
    assert "othing was changed.\n" in done.output


def test_a_restore_that_left_erased_people_says_so(store: Store) -> None:
    store.finished = False
    done = aam("restore", "run", "--yes")
    assert (done.exit_code, "not erased again yet; run 'aam restore reconcile'" in done.output) == (1, True)


def test_who_could_not_be_erased_again_is_no_success(store: Store, tmp_path: Path) -> None:
    aam("backup", "--to", str(tmp_path), "--backup", NAME)
    store.asked.clear()
    store.changed |= {"not_erased": 3, "held_erased": 4}
    done = aam("restore", "run", "--from", str(tmp_path), "--objects", "--yes")
    assert (done.exit_code, store.actions()[-1]) == (1, "restore")
    assert "2  erased\n" in done.output
    assert "3 erasures failed" in done.output
    assert "4 erasures wait for legal holds" in done.output
    done = aam("restore", "reconcile")
    assert (done.exit_code, "3 erasures failed" in done.output) == (1, True)
    del store.changed["not_erased"]
    done = aam("restore", "reconcile")
    assert (done.exit_code, "'aam hold end'" in done.output) == (0, True)


def test_rows_are_brought_with_the_manifest_last_and_then_the_objects_that_they_want(
    store: Store, tmp_path: Path
) -> None:
    aam("backup", "--to", str(tmp_path), "--backup", NAME)
    store.content.clear()
    store.asked.clear()
    store.wanted.remove("objects/meetings/m/b.mp3")  # it was erased since
    done = aam("restore", "run", "--from", str(tmp_path), "--objects", "--yes")
    assert done.exit_code == 0, done.output
    rows = [f"put {key}" for key in list(STORED)[:3]]
    objects = [f"put {key}" for key in sorted(store.wanted)]
    assert store.actions() == ["look", *rows, "restore", "wanted", *objects, "copy_back"]
    assert store.content == {key: body for key, body in STORED.items() if key != "objects/meetings/m/b.mp3"}
    assert "2 of 3 objects" in done.output


def test_objects_are_copied_after_the_replay_is_done(store: Store, tmp_path: Path) -> None:
    aam("backup", "--to", str(tmp_path), "--backup", NAME)
    store.asked.clear()
    store.finished = False
    done = aam("restore", "run", "--from", str(tmp_path), "--objects", "--yes")
    assert (done.exit_code, store.actions()[-1]) == (1, "restore")
    for state, first in (("restored", ["look", "reconcile", "wanted"]), ("settled", ["look", "wanted"])):
        store.asked.clear()
        store.state = state
        assert aam("restore", "reconcile", "--from", str(tmp_path), "--objects").exit_code == 0
        assert [each for each in store.actions() if not each.startswith("put ")] == [*first, "copy_back"]


def test_a_broken_newest_backup_of_a_folder_is_named_with_the_one_before(store: Store, tmp_path: Path) -> None:
    aam("backup", "--to", str(tmp_path), "--backup", NAME, "--no-objects")
    later = tmp_path / "backups/database/2026-11-23/010000Z.json"
    later.parent.mkdir()
    later.write_bytes(json.dumps(MANIFEST).encode())  # of another backup
    between = tmp_path / "backups/database/2026-11-22/020000Z.json"
    between.write_bytes(json.dumps({**MANIFEST, "backup": "2026-11-22/020000Z"}).encode())  # without its dump
    store.asked.clear()
    done = aam("restore", "run", "--from", str(tmp_path), "--yes")
    assert (done.exit_code, store.asked) == (1, [])
    assert f"2026-11-23/010000Z is cut or was changed; '--backup {NAME}' chooses" in done.output
    assert aam("restore", "run", "--from", str(tmp_path), "--yes", "--backup", NAME).exit_code == 0


def test_a_broken_folder_is_not_brought(store: Store, tmp_path: Path) -> None:
    aam("backup", "--to", str(tmp_path), "--backup", NAME, "--no-objects")
    (tmp_path / f"backups/database/{NAME}.dump").write_bytes(DUMP[:-1])
    store.asked.clear()
    done = aam("restore", "run", "--from", str(tmp_path), "--yes")
    assert (done.exit_code, store.asked) == (1, [])
    assert done.output == "Error: The dump is cut or was changed: its checksum is wrong. Nothing was changed.\n"
    assert aam("restore", "run", "--from", str(tmp_path / "none"), "--yes").output.startswith(
        "Error: There is no such backup in /"
    )
    done = aam("restore", "reconcile", "--objects", "--from", str(tmp_path / "none"))
    assert (done.exit_code, store.asked) == (1, [])


@pytest.mark.parametrize(
    ("file", "body"),
    [
        (f"backups/config/{NAME}.json", None),
        (f"backups/config/{NAME}.json", b"{}"),
        (f"backups/database/{NAME}.dump", None),
        (f"backups/database/{NAME}.json", json.dumps(MANIFEST).encode()[:40]),
        (f"backups/database/{NAME}.json", b"[]"),
        (f"backups/database/{NAME}.json", json.dumps({**MANIFEST, "store_id": None}).encode()),
        (f"backups/database/{NAME}.json", json.dumps({**MANIFEST, "backup": "2026-11-21/010000Z"}).encode()),
    ],
)
def test_what_lacks_a_part_is_not_brought(store: Store, tmp_path: Path, file: str, body: bytes | None) -> None:
    aam("backup", "--to", str(tmp_path), "--backup", NAME, "--no-objects")
    (tmp_path / file).unlink()
    if body is not None:
        (tmp_path / file).write_bytes(body)
    store.asked.clear()
    done = aam("restore", "run", "--from", str(tmp_path), "--yes")
    assert (done.exit_code, store.asked) == (1, [])
    assert done.output.startswith("Error: ")
    assert "Nothing was changed." in done.output


def test_a_place_is_looked_at_before_a_backup_is_made(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert aam("backup", "--to", str(tmp_path / "a/b/c"), "--backup", NAME).exit_code == 0
    (tmp_path / "file").write_text("x")
    store.asked.clear()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for target in (str(tmp_path / "file"), "s3://bucket/prefix"):
        done = aam("backup", "--to", target)
        assert (done.exit_code, store.asked) == (1, [])
        assert len(done.output.splitlines()) == 1
        assert done.output.startswith("Error: ")


def test_reconciling_and_quarantine(store: Store) -> None:
    reconciled = aam("restore", "reconcile", "--point", "2026-11-22T00:00:00Z", "--objects").output
    assert "1 objects (7 bytes)" in reconciled
    assert store.asked[0]["action"] == "copy_back"
    assert store.asked[1]["point"] == "2026-11-22T00:00:00Z"
    store.asked.clear()
    done = aam("restore", "reconcile", "--objects")  # what is advised once all is settled
    assert (done.exit_code, store.actions()) == (0, ["copy_back", "look"])
    assert "quarantine/meetings/x" in aam("restore", "quarantine").output
    meeting = "01930000-0000-7000-8000-0000000000a1"
    assert "upload u of meeting m" in aam("restore", "release", "quarantine/meetings/x", "--meeting", meeting).output
    asked = {"to": "Restore", "action": "release", "key": "quarantine/meetings/x", "meeting_id": meeting}
    assert store.asked[-1] == asked


@pytest.mark.parametrize(
    "arguments",
    [
        ["backup", "--no-objects"],
        ["backup", "--backup", NAME],
        ["restore"],
        ["restore", "run", "--point", "x"],
        ["restore", "run", "--meeting", "x"],
        ["restore", "reconcile", "--from", "x"],
        ["restore", "release"],
        ["restore", "quarantine", "--from", "x"],
        ["restore", "release", "k", "--from", "x"],
        ["restore", "run", "--date", "foo"],
        ["backup", "--list", "--to", "x"],
        ["backup", "--to", "x", "--backup", "foo"],
    ],
)
def test_what_does_not_fit_together_is_refused(store: Store, arguments: list[str]) -> None:
    assert (aam(*arguments).exit_code, store.asked) == (2, [])


def test_no_key_leads_out_of_the_folder(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="outside"):
        Folder(tmp_path).path_of("../x")
