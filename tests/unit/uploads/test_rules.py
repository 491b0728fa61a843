"""How files are cut into parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aam.uploads.errors import BadParts
from aam.uploads.rules import MIB, PARTS_MAX, UploadRules, check, check_part, part_bytes, plan
from aam.uploads.schemas import NewUpload, WantedPart

TIB = 1024**4
SHA = "A" * 43 + "="


@given(st.integers(min_value=1, max_value=48 * TIB))
def test_every_file_is_cut_into_parts_that_s3_takes(size: int) -> None:
    part = part_bytes(size)
    cut = plan(size, part)
    assert 8 * MIB <= part <= 5 * 1024**3
    assert 1 <= cut.part_count <= PARTS_MAX
    last = size - (cut.part_count - 1) * part
    assert 1 <= last <= part
    check_part(WantedPart(part_number=cut.part_count, size=last, sha256=SHA), size=size, part_size=part)
    if last != part:
        with pytest.raises(BadParts):
            check_part(WantedPart(part_number=cut.part_count, size=part, sha256=SHA), size=size, part_size=part)


@pytest.mark.parametrize(
    ("size", "multipart", "in_parts"),
    [
        (0, None, False),
        (0, True, False),
        (1, None, False),
        (1, True, True),
        (100_000_000, None, False),
        (100_000_001, None, True),
        (100_000_000, False, False),
    ],
)
def test_up_to_a_hundred_megabytes_one_put_is_enough(size: int, multipart: bool | None, in_parts: bool) -> None:
    new = NewUpload(filename="a", content_type="audio/mpeg", size=size, multipart=multipart)
    assert check(new, UploadRules(max_bytes=10**12)) is in_parts
