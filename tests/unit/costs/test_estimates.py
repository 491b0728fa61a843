"""Estimates stand before the work, on the high side, and say nothing of engines that cost nothing."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from aam.costs import estimates
from aam.costs.estimates import LONGEST_MS, PaidModels, Workload, duration_of, estimate, paid_models
from aam.costs.prices import Speech, known_sum, price_of_speech
from aam.foundation.settings import load
from aam.foundation.vendor_keys import StoredKeys
from aam.vendor_limits.ports import Vendor

TODAY = date(2026, 11, 22)
BOTH = PaidModels(speech="nova-3", text="gpt-5-mini")
HOUR = Workload(
    is_transcript=False, size_bytes=57_600_000, content_type="audio/mp4", language="en", duration_ms=3_600_000
)
VTT = Workload(is_transcript=True, size_bytes=100_000, content_type="text/vtt", language="en")


def test_an_hour_costs_cents_and_each_vendor_has_its_own() -> None:
    speech, text = estimate(HOUR, BOTH, on=TODAY)
    assert (speech.vendor, text.vendor) == (Vendor.DEEPGRAM, Vendor.OPENAI)
    heard = Speech(model="nova-3", duration_ms=3_600_000, options=frozenset({"keyterm"}))
    assert speech == price_of_speech(heard, on=TODAY)
    assert text.usd is not None
    assert Decimal("0.01") < text.usd < Decimal("0.05")


def test_two_channels_and_many_languages_cost_more() -> None:
    one = known_sum(estimate(HOUR, PaidModels(speech="nova-3"), on=TODAY))
    two = known_sum(estimate(HOUR.model_copy(update={"channels": 2}), PaidModels(speech="nova-3"), on=TODAY))
    (many,) = estimate(HOUR.model_copy(update={"language": "multi"}), PaidModels(speech="nova-3"), on=TODAY)
    assert two == 2 * one
    assert many.model == "nova-3-multilingual"
    assert (many.usd or 0) > one


def test_a_brought_transcript_is_not_recognised() -> None:
    (text,) = estimate(VTT, BOTH, on=TODAY)
    assert text.vendor is Vendor.OPENAI


def test_a_second_reader_costs_a_part_of_what_the_writing_does() -> None:
    alone = known_sum(estimate(HOUR, PaidModels(text="gpt-5-mini"), on=TODAY))
    both = estimate(HOUR, PaidModels(text="gpt-5-mini", reader="gpt-5-mini"), on=TODAY)
    assert len(both) == 1, "one line for one model, as the ledger has it"
    assert alone < known_sum(both) < 2 * alone
    assert [charge.model for charge in estimate(HOUR, PaidModels(text="a", reader="b"), on=TODAY)] == ["a", "b"]
    (only,) = estimate(HOUR, PaidModels(reader="gpt-5-mini"), on=TODAY)
    assert only.usd == known_sum(both) - alone


def test_what_costs_nothing_is_not_estimated() -> None:
    assert estimate(HOUR, PaidModels(), on=TODAY) == ()


def test_an_unknown_model_is_unknown() -> None:
    speech, text = estimate(HOUR, PaidModels(speech="nova-9", text="llama3"), on=TODAY)
    assert (speech.usd, text.usd) == (None, None)


@pytest.mark.parametrize(
    ("content_type", "size", "minutes"),
    [
        ("audio/mpeg", 43_200_000, 60),
        ("audio/mpeg; codecs=mp3", 43_200_000, 60),
        ("audio/webm", 21_600_000, 60),
        ("video/mp4", 112_500_000, 60),
        ("video/mp4", 10**10, 240),
        ("audio/wav", 0, 0),
    ],
)
def test_undeclared_duration_follows_from_size_and_type(content_type: str, size: int, minutes: int) -> None:
    work = HOUR.model_copy(update={"duration_ms": None, "content_type": content_type, "size_bytes": size})
    assert duration_of(work) == minutes * 60_000
    assert duration_of(work) <= LONGEST_MS


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setenv("DEEPGRAM_MODEL", "nova-3")
    monkeypatch.setenv("OPENAI_MODEL", "gpt-5-mini")
    load.cache_clear()
    yield monkeypatch
    load.cache_clear()


@pytest.mark.parametrize(
    ("transcription", "artifacts", "keys", "models"),
    [
        ("auto", "auto", (False, False), (None, None)),
        ("auto", "auto", (True, False), ("nova-3", None)),
        ("auto", "auto", (False, True), (None, "gpt-5-mini")),
        ("deepgram", "openai", (False, False), ("nova-3", "gpt-5-mini")),
        ("pocketsphinx", "extractive", (True, True), (None, None)),
    ],
)
def test_the_paid_models_are_those_that_settings_and_keys_lead_to(
    settings: pytest.MonkeyPatch,
    transcription: str,
    artifacts: str,
    keys: tuple[bool, bool],
    models: tuple[str | None, str | None],
) -> None:
    settings.setenv("TRANSCRIPTION_ENGINE", transcription)
    settings.setenv("ARTIFACTS_ENGINE", artifacts)
    asked: list[bool] = []

    def stored() -> StoredKeys:
        asked.append(True)
        return StoredKeys(deepgram=keys[0], openai=keys[1])

    settings.setattr(estimates, "stored_keys", stored)
    found = paid_models()
    assert (found.speech, found.text) == models
    assert found.reader == found.text, "it reads where a model writes, by the same unless another is named"
    assert bool(asked) is ("auto" in (transcription, artifacts)), "keys are asked only where it depends on them"


@pytest.mark.parametrize(
    ("reader", "named", "model"), [("auto", "", "gpt-5-mini"), ("auto", "gpt-5-nano", "gpt-5-nano"), ("off", "x", None)]
)
def test_the_second_readers_model_is_the_one_that_is_named_or_the_writers(
    settings: pytest.MonkeyPatch, reader: str, named: str, model: str | None
) -> None:
    for name, value in {
        "TRANSCRIPTION_ENGINE": "pocketsphinx",
        "ARTIFACTS_ENGINE": "openai",
        "EVIDENCE_READER": reader,
        "EVIDENCE_READER_MODEL": named,
    }.items():
        settings.setenv(name, value)
    assert paid_models().reader == model
