"""What the gateway answers by itself: a caller sees problem details whatever the path, the verb, and who refuses."""

from __future__ import annotations

import json

import pytest

from tests.support.stack import Stack


@pytest.mark.parametrize(
    ("verb", "path"),
    [("GET", "/admin"), ("DELETE", "/clients"), ("PATCH", "/"), ("OPTIONS", "/admin"), ("POST", "/meetings/x/y/z")],
)
def test_unknown_paths_and_methods_are_problems(stack: Stack, verb: str, path: str) -> None:
    api = stack.new_client()
    answer = api.http.request(verb, api.url + path, retries=False)
    assert answer.status == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Strict-Transport-Security"]
    problem = json.loads(answer.data)
    assert (problem["code"], problem["status"]) == ("no_such_route", 404)
    assert problem["correlation_id"]


def test_a_preflight_of_a_known_path_reaches_the_function(stack: Stack) -> None:
    api = stack.new_client()
    answer = api.http.request("OPTIONS", f"{api.url}/clients", retries=False)
    assert answer.status == 204
    assert answer.headers["Strict-Transport-Security"]
    assert answer.headers["Content-Security-Policy"]
