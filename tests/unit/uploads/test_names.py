"""Whatever people call their files, the key is safe."""

import unicodedata
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aam.uploads.names import NAME_BYTES, object_key, safe_name
from aam.uploads.subject import Subject


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        ("talk.mp3", "talk.mp3"),
        ("my talk + notes.mp3", "my_talk___notes.mp3"),
        ("Планёрка 21 ноября.m4a", "Планёрка_21_ноября.m4a"),
        ("Зустріч їжак.ogg", "Зустріч_їжак.ogg"),
        ("会議.wav", "会議.wav"),
        ("😀❤️.mp4", "file.mp4"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/", "file"),
        ("..", "file"),
        (".hidden", "file.hidden"),
        ("a\0b.mp3", "a_b.mp3"),
        ("a%2Fb?c#d&e=f.mp3", "a_2Fb_c_d_e_f.mp3"),
        ("line\r\nbreak.mp3", "line_break.mp3".replace("_", "__")),
        ("right\u202eto-left.mp3", "right_to-left.mp3"),
        ("two..dots...mp3", "two..dots.mp3"),
        ("archive.tar.gz", "archive.tar.gz"),
        ("no-extension", "no-extension"),
        ("talk.this-is-no-extension-at-all", "talk.this-is-no-extension-at-all"),
    ],
)
def test_names_become_safe_and_stay_readable(filename: str, expected: str) -> None:
    assert safe_name(filename) == expected


def test_composed_and_decomposed_names_are_the_same() -> None:
    assert safe_name(unicodedata.normalize("NFD", "Зустріч їжак й.ogg")) == safe_name("Зустріч їжак й.ogg")


@pytest.mark.parametrize("name", ["x" * 300 + ".mp3", "ж" * 300 + ".mp3", "会" * 300 + ".mp3"])
def test_long_names_keep_their_extension(name: str) -> None:
    safe = safe_name(name)
    assert NAME_BYTES - 4 <= len(safe.encode()) <= NAME_BYTES
    assert safe.endswith(".mp3")


@given(st.text(max_size=400))
@example("0:.0:")
@example("x" * 113 + "_.abc_" + "y" * 9)
def test_no_name_escapes_its_folder(filename: str) -> None:
    safe = safe_name(filename)
    assert 1 <= len(safe.encode()) <= NAME_BYTES
    assert not set(safe) & set("/\\\0 +%?#&=<>\"'`\r\n\t:*|")
    assert safe[0] not in ".-_"
    assert safe == safe_name(safe)
    assert safe == unicodedata.normalize("NFC", safe)


def test_the_key_names_meeting_and_moment() -> None:
    moment = datetime(2026, 11, 21, 22, 30, 1, 5, tzinfo=UTC)
    key = object_key(Subject(UUID(int=7)), filename="../a b.mp3", now=moment)
    assert key == "meetings/00000000-0000-0000-0000-000000000007/20261121T223001000005Z_a_b.mp3"
