"""Passwords and the work they take."""

from argon2 import PasswordHasher

from aam.identity.passwords import NOBODYS_HASH, hash_password, matches


def test_a_password_matches_its_hash_only() -> None:
    stored = hash_password("correct horse")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert stored != hash_password("correct horse")
    assert matches(stored, "correct horse")
    assert not matches(stored, "correct horsE")
    assert not matches("no hash at all", "correct horse")


def test_missing_hash_costs_the_same_work() -> None:
    costs = "m=19456,t=2,p=1"
    assert costs in NOBODYS_HASH
    assert costs in hash_password("x")
    assert PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1).check_needs_rehash(NOBODYS_HASH) is False


def test_without_a_user_the_answer_is_no() -> None:
    assert not matches(None, "correct horse")
    assert not matches(None, "")
