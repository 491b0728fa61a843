"""Prices are dated, whole and traceable; what has no price is unknown, never nothing."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from aam.artifacts.charges import charge_of
from aam.artifacts.errors import ModelCredentialsRefused, ModelRequestRefused, ModelTimedOut, ModelUnavailable
from aam.artifacts.schemas import Interaction
from aam.costs.estimates import model_knowing, paid_options, priced_model
from aam.costs.prices import (
    Price,
    Speech,
    Tokens,
    find_price,
    price_of_speech,
    price_of_tokens,
    price_table,
    sums_by_model,
)
from aam.meetings.speech import Speech as Asked
from aam.meetings.speech import speech_models
from aam.vendor_limits.ports import Vendor

TODAY = date(2026, 11, 22)
PAID: dict[str, Any] = {"valid_from": date(2025, 1, 1), "source": "https://example.com", "read_on": TODAY}
TABLE = (
    Price(vendor=Vendor.OPENAI, model="m", input=Decimal(1), cached_input=Decimal("0.1"), output=Decimal(8), **PAID),
    Price(
        **{**PAID, "valid_from": date(2026, 6, 1)},
        vendor=Vendor.OPENAI,
        model="m",
        input=Decimal(2),
        cached_input=Decimal("0.2"),
        output=Decimal(16),
    ),
    Price(
        **PAID,
        vendor=Vendor.DEEPGRAM,
        model="nova-3",
        per_minute=Decimal("0.0043"),
        options={"keyterm": Decimal("0.0013"), "redaction": Decimal("0.002")},
    ),
)


def test_the_seed_holds_prices_of_both_vendors_each_from_somewhere() -> None:
    assert {price.vendor for price in price_table()} == {Vendor.DEEPGRAM, Vendor.OPENAI}
    for price in price_table():
        assert price.valid_from <= price.read_on
    keys = [(price.vendor, price.model, price.valid_from) for price in price_table()]
    assert len(keys) == len(set(keys))


def test_the_models_that_the_template_asks_have_a_price() -> None:
    from tests.support.template import written

    parameters = written()["Parameters"]
    speech = parameters["DeepgramModel"]["Default"] or model_knowing("uk")
    assert find_price(Vendor.DEEPGRAM, speech, on=TODAY) is not None
    assert find_price(Vendor.OPENAI, parameters["OpenAiModel"]["Default"], on=TODAY) is not None


def test_every_model_that_people_can_choose_has_a_price() -> None:
    for model in speech_models().models:
        for language in ("en", "multi", "detect"):
            options = paid_options(Asked(redact=("numbers",)), language, model=model.name)
            speech = Speech(model=priced_model(model.name, language), duration_ms=60_000, options=options)
            assert price_of_speech(speech, on=TODAY).usd is not None, speech


def test_what_has_no_price_has_the_ceiling_of_its_vendors_dearest() -> None:
    heard = Speech(model="whoever's", duration_ms=60_000, channels=2, options=frozenset({"keyterm", "unheard-of"}))
    charge = price_of_speech(heard, on=TODAY, table=TABLE)
    assert (charge.usd, charge.ceiling) == (None, Decimal("0.0112"))
    reserved = charge.at_ceiling()
    assert (reserved.usd, reserved.complete) == (Decimal("0.0112"), False)
    tokens = Tokens(model="whoever's", input=1_000_000, cached=500_000, output=100_000)
    assert price_of_tokens(tokens, on=TODAY, table=TABLE).ceiling == Decimal("2.7"), "at the price that holds today"
    known = price_of_tokens(tokens.model_copy(update={"model": "m"}), on=TODAY, table=TABLE)
    assert (known.ceiling, known.at_ceiling()) == (None, known)
    assert price_of_tokens(tokens, on=TODAY, table=()).at_ceiling().usd is None


@pytest.mark.parametrize(
    ("on", "model", "per_million"),
    [
        (date(2026, 5, 31), "m", 1),
        (date(2026, 6, 1), "m", 2),
        (TODAY, "m-2026-10-01", 2),
        (date(2024, 12, 31), "m", None),
        (TODAY, "other", None),
    ],
)
def test_the_newest_price_that_holds_on_the_day_counts(on: date, model: str, per_million: int | None) -> None:
    price = find_price(Vendor.OPENAI, model, on=on, table=TABLE)
    assert (price.input if price else None) == per_million


@pytest.mark.parametrize(
    ("speech", "usd"),
    [
        (Speech(model="nova-3", duration_ms=3_600_000), "0.258000"),
        (Speech(model="nova-3", duration_ms=3_600_000, channels=2), "0.516000"),
        (Speech(model="nova-3", duration_ms=30_000), "0.002150"),
        (Speech(model="nova-3", duration_ms=60_000, options=frozenset({"keyterm", "redaction"})), "0.007600"),
        (Speech(model="nova-3", duration_ms=60_000, options=frozenset({"whispering"})), None),
        (Speech(model="nova-9", duration_ms=60_000), None),
    ],
)
def test_speech_is_paid_by_the_second_the_channel_and_the_option(speech: Speech, usd: str | None) -> None:
    charge = price_of_speech(speech, on=TODAY, table=TABLE)
    assert charge.usd == (None if usd is None else Decimal(usd))
    assert charge.complete is (usd is not None)


def test_cached_input_is_cheaper_and_not_paid_twice() -> None:
    tokens = Tokens(model="m", input=1_000_000, cached=400_000, output=100_000)
    assert price_of_tokens(tokens, on=TODAY, table=TABLE).usd == Decimal("2.88")
    snapshot = price_of_tokens(tokens.model_copy(update={"model": "m-2026-01-31"}), on=TODAY, table=TABLE)
    assert (snapshot.model, snapshot.usd) == ("m", Decimal("2.88"))
    assert price_of_tokens(Tokens(model="llama", input=1, output=1), on=TODAY, table=TABLE).usd is None


@pytest.mark.parametrize(
    "half",
    [
        {"vendor": "openai", "model": "m", "input": Decimal(1)},
        {"vendor": "openai", "model": "m", "per_minute": Decimal(1)},
        {"vendor": "deepgram", "model": "m"},
        {"vendor": "deepgram", "model": "m", "per_minute": Decimal(0)},
    ],
)
def test_half_a_price_is_refused(half: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Price(**PAID, **half)


def call(**changes: Any) -> Interaction:
    known = {"input_tokens": 1000, "cached_tokens": 0, "output_tokens": 100, "response": "{}", "outcome": "ok"}
    return Interaction(
        engine="openai",
        prompt_version="1",
        attempt=1,
        duration_ms=1,
        prompt="p",
        **{"model": "gpt-5-mini", **known, **changes},
    )


NO_REPORT = {"input_tokens": None, "cached_tokens": None, "output_tokens": None, "response": None}


@pytest.mark.parametrize(
    ("made", "usd"),
    [
        (call(), Decimal("0.000450")),
        (call(outcome="model_refused"), Decimal("0.000450")),
        (call(**NO_REPORT, outcome=ModelCredentialsRefused.code), Decimal(0)),
        (call(**{**NO_REPORT, "response": "response_format"}, outcome=ModelRequestRefused.code), Decimal(0)),
        (call(**NO_REPORT, outcome=ModelTimedOut.code), None),
        (call(**NO_REPORT, outcome=ModelUnavailable.code), None),
        (call(**{**NO_REPORT, "response": "<html>"}, outcome="model_reply_mismatch"), None),
        (call(model="somebody's own"), None),
    ],
)
def test_a_call_costs_what_was_reported_and_one_without_a_report_is_unknown(
    made: Interaction, usd: Decimal | None
) -> None:
    assert charge_of(made, on=TODAY).usd == usd


def test_the_known_part_of_a_model_is_not_lost_beside_an_unknown_one() -> None:
    calls = [call(), call(**NO_REPORT, outcome="model_timed_out"), call(model="gpt-5-nano"), call(model="x")]
    made = {charge.model: charge for charge in sums_by_model(charge_of(one, on=TODAY) for one in calls)}
    assert (made["gpt-5-mini"].usd, made["gpt-5-mini"].complete) == (Decimal("0.000450"), False)
    assert (made["gpt-5-nano"].usd, made["gpt-5-nano"].complete) == (Decimal("0.000090"), True)
    assert (made["x"].usd, made["x"].complete) == (None, False)
