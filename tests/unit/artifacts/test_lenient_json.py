from __future__ import annotations

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aam.artifacts import lenient_json
from aam.artifacts.lenient_json import largest_object_in

TEXTS = st.text(alphabet='{}[]",\\:a1 \n', max_size=40)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(value=st.dictionaries(TEXTS, VALUES, min_size=1, max_size=4))
def test_an_object_survives_fences_prose_and_commas(value: dict[str, object]) -> None:
    written = json.dumps(value)
    assert largest_object_in(written) == value
    assert largest_object_in(f"Here {{}} it is:\n```json\n{written}\n```\nThat is {{all}}.") == value
    assert largest_object_in(f"<think>{{}}</think>{written[:-1]} ,\n}}") == value


@pytest.mark.parametrize("content", ["", "none", "[1]", "{", '{"a"}', '{"a": 1', "{" * 10_000, '{"a":' * 50_000])
def test_what_holds_no_object_holds_none(content: str) -> None:
    assert largest_object_in(content) is None


def test_a_line_end_within_a_text_is_read() -> None:
    assert largest_object_in('{"a": "one\ntwo"}') == {"a": "one\ntwo"}


def steps_for(content: str, monkeypatch: pytest.MonkeyPatch) -> int:
    read = 0
    decoded = lenient_json._decoded

    def counting(text: str) -> tuple[dict[str, object] | None, int]:
        nonlocal read
        read += len(text)
        return decoded(text)

    monkeypatch.setattr(lenient_json, "_decoded", counting)
    largest_object_in(content)
    monkeypatch.undo()
    return read


@pytest.mark.parametrize("piece", ["{", '{"a', '{"\\', '{"a":', "{},", '{"a":1}'])
def test_the_work_grows_with_the_text_and_no_faster(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    half, whole = (steps_for(piece * count, monkeypatch) for count in (5000, 10_000))
    assert whole <= 2.1 * half
    assert sys.getrecursionlimit() < 10_000
