"""The one tree of errors, as far as the API tells of it."""

import re

from aam.foundation.errors import AppError, leaves
from aam.foundation.http import problem_of
from tests.support.api import load_app


def test_every_leaf_has_a_code_of_its_own_a_status_and_a_sentence() -> None:
    load_app()
    known = leaves()
    for leaf in known:
        assert re.fullmatch(r"[a-z][a-z0-9_]+", leaf.code), leaf
        assert 400 <= leaf.http_status < 600, leaf
        assert leaf.sentence.endswith("."), leaf
    assert len({leaf.sentence for leaf in known}) > len(known) / 2


def test_an_unforeseen_error_says_nothing() -> None:
    problem = problem_of(RuntimeError("secret"), correlation_id="c")
    assert (problem.status, problem.code, problem.detail) == (500, "internal_error", AppError.sentence)
