"""Who may come in, and for how long."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import boto3
import jwt
import pytest

from aam.foundation.clock import utc_now
from aam.identity import service
from aam.identity.schemas import Caller
from aam.identity.tokens import SigningKeys, issue_access_token
from tests.support.api import SIGNING_KEY, Api, listen_to_logs, reset_caches

ACCOUNT = {
    "email": "Anna@Example.com",
    "password": "correct horse",
    "full_name": "Anna Berg",
    "organization_name": "Berg & Co",
}
KEYS = SigningKeys(kid="initial", key=SIGNING_KEY)


def test_registering_makes_an_organization_with_its_catalogue_and_a_session(api: Api) -> None:
    answer = api.call("POST", "/auth/register", ACCOUNT)
    assert answer.status == 201
    assert answer.json["user"]["email"] == "Anna@Example.com"
    assert answer.json["expires_in"] == 900
    types = api.call("GET", "/meeting-types", by=answer.json["access_token"]).json["items"]
    assert {entry["key"] for entry in types} >= {"general", "stand-up"}
    assert api.call("GET", "/scenarios", by=answer.json["access_token"]).json["items"]
    stored = api.database.rows("select password_hash from users")[0][0]
    assert str(stored).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    owned = "select count(*) from organizations o join users u on u.id = o.owner_id and u.organization_id = o.id"
    assert api.database.rows(owned) == [(1,)], "the registrant owns the organization"


def test_an_address_registers_once_whatever_its_case(api: Api) -> None:
    api.call("POST", "/auth/register", ACCOUNT)
    again = api.call("POST", "/auth/register", {**ACCOUNT, "email": "anna@example.COM"})
    assert (again.status, again.code) == (409, "email_taken")
    assert len(api.database.rows("select id from organizations")) == 1


def test_closed_registration(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPEN_REGISTRATION", "false")
    reset_caches()
    answer = api.call("POST", "/auth/register", ACCOUNT)
    assert (answer.status, answer.code) == (403, "registration_closed")


def test_login_whatever_the_case_of_the_address(api: Api) -> None:
    api.call("POST", "/auth/register", ACCOUNT)
    answer = api.call("POST", "/auth/login", {"email": "ANNA@example.com", "password": "correct horse"})
    assert answer.status == 200
    assert api.call("GET", "/clients", by=answer.json["access_token"]).status == 200


def test_an_address_that_could_register_can_log_in(api: Api) -> None:
    account = {**ACCOUNT, "email": "İrem@example.com"}
    assert api.call("POST", "/auth/register", account).status == 201
    answer = api.call("POST", "/auth/login", {"email": account["email"], "password": account["password"]})
    assert answer.status == 200


def test_unknown_users_and_wrong_passwords_get_the_same_words_after_the_same_work(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.call("POST", "/auth/register", ACCOUNT)
    verified: list[bool] = []
    matches = service.matches

    def counted(password_hash: str | None, password: str) -> bool:
        verified.append(password_hash is None)
        return matches(password_hash, password)

    monkeypatch.setattr(service, "matches", counted)
    wrong = api.call("POST", "/auth/login", {"email": "anna@example.com", "password": "wrong"})
    unknown = api.call("POST", "/auth/login", {"email": "nobody@example.com", "password": "wrong"})
    assert verified == [False, True]
    assert (wrong.status, wrong.code) == (401, "wrong_credentials")
    strip = lambda answer: {k: v for k, v in answer.json.items() if k != "correlation_id"}  # noqa: E731
    assert strip(wrong) == strip(unknown)


def test_disabled_users_cannot_log_in(api: Api) -> None:
    api.call("POST", "/auth/register", ACCOUNT)
    with api.database.admin.begin() as connection:
        connection.exec_driver_sql("update users set disabled_at = now()")
    answer = api.call("POST", "/auth/login", {"email": "anna@example.com", "password": "correct horse"})
    assert answer.code == "wrong_credentials"


def test_login_is_throttled_per_address_of_mail_and_says_when_to_come_back(api: Api) -> None:
    api.call("POST", "/auth/register", ACCOUNT)
    attempt = {"email": "anna@example.com", "password": "wrong"}
    codes = [
        api.call("POST", "/auth/login", attempt, address=f"203.0.113.{number}").code
        for number in range(service.LOGIN_PER_EMAIL.attempts + 1)
    ]
    assert codes[:-1] == ["wrong_credentials"] * service.LOGIN_PER_EMAIL.attempts
    assert codes[-1] == "throttled"
    right = api.call("POST", "/auth/login", {**attempt, "password": "correct horse"})
    assert right.status == 429
    assert 1 <= int(right.headers["Retry-After"]) <= 900
    assert "anna" not in json.dumps(boto3.client("dynamodb").scan(TableName="aam-state-test")["Items"])


def test_no_spelling_of_an_address_gets_attempts_of_its_own(api: Api) -> None:
    """PostgreSQL makes one letter of İ where Python makes two: both have to count for the same user."""
    assert api.call("POST", "/auth/register", {**ACCOUNT, "email": "irina@example.com"}).status == 201
    spellings = ["irina@example.com", "İrina@example.com", "IRİNA@example.com", "\u212arina@example.com"]
    codes = [
        api.call("POST", "/auth/login", {"email": spellings[n % 3], "password": "wrong"}, address=f"203.0.113.{n}").code
        for n in range(service.LOGIN_PER_EMAIL.attempts + 1)
    ]
    assert codes[-1] == "throttled"
    assert codes[:-1] == ["wrong_credentials"] * service.LOGIN_PER_EMAIL.attempts
    taken = api.call("POST", "/auth/register", {**ACCOUNT, "email": "İRİNA@example.com"})
    assert taken.code == "email_taken"


def test_login_is_throttled_per_source_address(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "LOGIN_PER_ADDRESS", service.Limit("login-address", attempts=2, window_s=900))
    codes = [
        api.call("POST", "/auth/login", {"email": f"p{number}@example.com", "password": "x"}).code
        for number in range(3)
    ]
    assert codes == ["wrong_credentials", "wrong_credentials", "throttled"]
    elsewhere = api.call("POST", "/auth/login", {"email": "q@example.com", "password": "x"}, address="198.51.100.1")
    assert elsewhere.code == "wrong_credentials"


def test_a_successful_login_forgets_the_failures_before_it(api: Api) -> None:
    api.call("POST", "/auth/register", ACCOUNT)
    for password in ["wrong"] * 9 + ["correct horse"] + ["wrong"] * 9:
        answer = api.call("POST", "/auth/login", {"email": "anna@example.com", "password": password})
        assert answer.status == (200 if password == "correct horse" else 401)


def pass_time(api: Api, seconds: int) -> None:
    """Make every refresh token as old as it will be after these seconds."""
    with api.database.admin.begin() as connection:
        connection.exec_driver_sql(f"update refresh_tokens set used_at = used_at - interval '{seconds} seconds'")


def test_a_refresh_token_works_once_and_its_later_reuse_ends_the_family(api: Api) -> None:
    first = api.call("POST", "/auth/register", ACCOUNT).json["refresh_token"]
    second = api.call("POST", "/auth/refresh", {"refresh_token": first})
    assert second.status == 200
    assert second.json["refresh_token"] != first
    assert api.call("GET", "/clients", by=second.json["access_token"]).status == 200
    pass_time(api, 11)
    stolen = api.call("POST", "/auth/refresh", {"refresh_token": first})
    assert (stolen.status, stolen.code) == (401, "bad_refresh_token")
    after = api.call("POST", "/auth/refresh", {"refresh_token": second.json["refresh_token"]})
    assert after.code == "bad_refresh_token"
    stored = {str(row[0]) for row in api.database.rows("select token_hash from refresh_tokens")}
    assert first not in stored
    assert all(len(value) == 64 for value in stored)


def test_refreshing_again_at_once_gives_the_same_successor(api: Api) -> None:
    first = api.call("POST", "/auth/register", ACCOUNT).json["refresh_token"]
    answers = [api.call("POST", "/auth/refresh", {"refresh_token": first}) for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert len({answer.json["refresh_token"] for answer in answers}) == 1
    assert api.database.rows("select count(*) from refresh_tokens") == [(2,)]
    assert api.call("GET", "/clients", by=answers[2].json["access_token"]).status == 200
    assert api.call("POST", "/auth/refresh", {"refresh_token": answers[0].json["refresh_token"]}).status == 200


def test_another_client_or_a_used_successor_makes_a_quick_reuse_a_theft(api: Api) -> None:
    for address, use_successor in (("198.51.100.9", False), ("203.0.113.7", True)):
        first = api.person().refresh_token
        second = api.call("POST", "/auth/refresh", {"refresh_token": first}).json["refresh_token"]
        if use_successor:
            assert api.call("POST", "/auth/refresh", {"refresh_token": second}).status == 200
        stolen = api.call("POST", "/auth/refresh", {"refresh_token": first}, address=address)
        assert stolen.code == "bad_refresh_token"
        assert api.database.rows("select count(*) from refresh_tokens where revoked_at is null") == [(0,)]


def test_expired_refresh_tokens_are_refused_without_revoking_anything(api: Api) -> None:
    token = api.call("POST", "/auth/register", ACCOUNT).json["refresh_token"]
    with api.database.admin.begin() as connection:
        connection.exec_driver_sql("update refresh_tokens set expires_at = now() - interval '1 second'")
    assert api.call("POST", "/auth/refresh", {"refresh_token": token}).code == "bad_refresh_token"
    assert api.database.rows("select revoked_at from refresh_tokens") == [(None,)]


def test_logging_out_ends_the_session_and_tells_nothing_about_unknown_tokens(api: Api) -> None:
    token = api.call("POST", "/auth/register", ACCOUNT).json["refresh_token"]
    assert api.call("POST", "/auth/logout", {"refresh_token": token}).status == 204
    assert api.call("POST", "/auth/refresh", {"refresh_token": token}).code == "bad_refresh_token"
    assert api.call("POST", "/auth/logout", {"refresh_token": "u" * 43}).status == 204


def claims(**changed: object) -> dict[str, object]:
    now = datetime.now(UTC)
    whole = {
        "iss": "aam",
        "aud": "aam-api",
        "sub": str(UUID(int=1)),
        "org": str(UUID(int=2)),
        "iat": now,
        "exp": now + timedelta(minutes=5),
    }
    return {name: value for name, value in {**whole, **changed}.items() if value is not None}


BAD_TOKENS = (
    "",
    "not-a-token",
    jwt.encode(claims(), SIGNING_KEY, algorithm="HS256"),
    jwt.encode(claims(), SIGNING_KEY, algorithm="HS256", headers={"kid": "other"}),
    jwt.encode(claims(), "x" * 64, algorithm="HS256", headers={"kid": "initial"}),
    jwt.encode(claims(), SIGNING_KEY * 2, algorithm="HS512", headers={"kid": "initial"}),
    jwt.encode(claims(), SIGNING_KEY, algorithm="HS384", headers={"kid": "initial"}),
    jwt.encode(claims(), "", algorithm="none", headers={"kid": "initial"}),
    jwt.encode(claims(iss="other"), SIGNING_KEY, algorithm="HS256", headers={"kid": "initial"}),
    jwt.encode(claims(aud="other"), SIGNING_KEY, algorithm="HS256", headers={"kid": "initial"}),
    jwt.encode(claims(exp=datetime(2020, 1, 1, tzinfo=UTC)), SIGNING_KEY, headers={"kid": "initial"}),
    jwt.encode(claims(exp=None), SIGNING_KEY, algorithm="HS256", headers={"kid": "initial"}),
    jwt.encode(claims(iss=None), SIGNING_KEY, algorithm="HS256", headers={"kid": "initial"}),
    jwt.encode(claims(aud=None), SIGNING_KEY, algorithm="HS256", headers={"kid": "initial"}),
    jwt.encode(claims(sub="me"), SIGNING_KEY, algorithm="HS256", headers={"kid": "initial"}),
)


def test_tokens_that_are_not_entirely_right_are_refused(api: Api) -> None:
    for number, token in enumerate(BAD_TOKENS):
        answer = api.call("GET", "/clients", by=token)
        assert (number, answer.status, answer.code) == (number, 401, "bad_access_token")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_two_keys_are_valid_while_one_replaces_the_other(api: Api) -> None:
    caller = Caller(user_id=UUID(int=1), organization_id=UUID(int=2))
    before = issue_access_token(caller, keys=KEYS, now=utc_now())
    keys = {"kid": "next", "key": "n" * 64, "previous_kid": "initial", "previous_key": SIGNING_KEY}
    boto3.client("secretsmanager").put_secret_value(SecretId="keys", SecretString=json.dumps(keys))
    reset_caches()
    after = issue_access_token(caller, keys=SigningKeys(**keys), now=utc_now())
    assert api.call("GET", "/clients", by=before).status == 200
    assert api.call("GET", "/clients", by=after).status == 200
    boto3.client("secretsmanager").put_secret_value(
        SecretId="keys", SecretString=json.dumps({"kid": "next", "key": "n" * 64})
    )
    reset_caches()
    assert api.call("GET", "/clients", by=before).status == 401


def test_access_tokens_live_fifteen_minutes(api: Api) -> None:
    token = api.person().token
    read = jwt.decode(token, options={"verify_signature": False})
    assert read["exp"] - read["iat"] == 900
    caller = Caller(user_id=UUID(int=1), organization_id=UUID(int=2))
    old = issue_access_token(caller, keys=KEYS, now=utc_now() - timedelta(minutes=15, seconds=1))
    assert api.call("GET", "/clients", by=old).status == 401


def test_logs_hold_no_secrets(api: Api) -> None:
    said = listen_to_logs()
    session = api.call("POST", "/auth/register", ACCOUNT).json
    api.call("POST", "/auth/login", {"email": ACCOUNT["email"], "password": "wrong password"})
    api.call("POST", "/auth/refresh", {"refresh_token": session["refresh_token"]})
    told = said.getvalue()
    assert '"route":"/auth/login"' in told
    for secret in ("correct horse", "wrong password", "Anna", "anna@", session["refresh_token"], "eyJ"):
        assert secret not in told


def test_parallel_refreshes_get_one_successor(api: Api) -> None:
    """The update decides: the others wait for the row, and then find what the first has made."""
    from concurrent.futures import ThreadPoolExecutor

    from aam.foundation.state_table import state_table

    token = api.call("POST", "/auth/register", ACCOUNT).json["refresh_token"]
    login_context = service.LoginContext(keys=KEYS, counters=state_table(), address="", now=utc_now())

    def refresh(_number: int) -> str:
        tokens = service.refresh_session(token, context=login_context, open_transaction=api.database.transaction)
        return tokens.refresh_token

    with ThreadPoolExecutor(max_workers=4) as pool:
        assert len(set(pool.map(refresh, range(4)))) == 1
    assert api.database.rows("select count(*) from refresh_tokens where revoked_at is null") == [(2,)]
