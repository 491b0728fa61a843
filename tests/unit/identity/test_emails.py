from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from aam.identity.schemas import Email, normal_email

EMAIL: TypeAdapter[str] = TypeAdapter(Email)


@pytest.mark.parametrize(
    ("written", "kept", "normal"),
    [
        (" Anna@Example.com ", "Anna@Example.com", "anna@example.com"),
        ("İrem@example.com", "irem@example.com", "irem@example.com"),
        ("I\u0307rem@example.com", "irem@example.com", "irem@example.com"),
        ("\u212aarl@example.com", "Karl@example.com", "karl@example.com"),
        ("ОЛЬГА@example.com", "ольга@example.com", "ольга@example.com"),
        ("ΣΟΦΟΣ@example.com", "σοφοσ@example.com", "σοφοσ@example.com"),
    ],
)
def test_an_address_has_one_normal_form(written: str, kept: str, normal: str) -> None:
    assert EMAIL.validate_python(written) == kept
    assert normal_email(kept) == normal_email(written.strip()) == normal
    assert normal_email(normal) == normal


@pytest.mark.parametrize(
    "address", ["a\u200bb@example.com", "a\u202eb@example.com", "a\u00adb@example.com", "@", "a b@c"]
)
def test_an_address_hides_nothing(address: str) -> None:
    with pytest.raises(ValidationError):
        EMAIL.validate_python(address)
