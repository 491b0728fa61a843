"""Options of speech recognition: where they come from, and what the models can do."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from aam.meetings.schemas import NewMeeting
from aam.meetings.speech import (
    Speech,
    SpeechOptions,
    UnsupportedOption,
    check_speech,
    fitting,
    resolved,
    speech_models,
    unique,
)

MODELS = speech_models()
NOVA_3, NOVA_2 = MODELS.models


def test_the_models_are_dated_and_preferred_in_their_order() -> None:
    assert MODELS.as_of >= date(2026, 11, 1)
    assert [model.name for model in MODELS.models] == ["nova-3", "nova-2"]
    for model in MODELS.models:
        assert model.redact_entities <= model.languages
        assert model.redact_numbers <= model.languages | {"multi"}


@pytest.mark.parametrize("language", ["ru", "uk", "en", "detect", "multi"])
def test_what_we_speak_is_known_to_the_preferred_model(language: str) -> None:
    assert MODELS.knowing(language) is NOVA_3


@pytest.mark.parametrize(
    ("language", "tag"), [("en-GB", "en-GB"), ("en-ZA", "en"), ("uk-UA", "uk"), ("pt-BR", "pt-BR"), ("ka", None)]
)
def test_a_region_that_the_model_lacks_is_left_out(language: str, tag: str | None) -> None:
    assert NOVA_3.tag(language) == tag


def test_the_meeting_says_more_than_its_type_and_that_more_than_the_organization() -> None:
    organization = SpeechOptions(terms=("Globex",), diarize=False, version="2025-07-31.0", redact=("pci",))
    kind = SpeechOptions(terms=("sprint",), diarize=True)
    meeting = SpeechOptions(terms=("Initech", "globex"), redact=())
    assert resolved(organization, kind, meeting) == Speech(
        terms=("Initech", "globex", "sprint"), diarize=True, version="2025-07-31.0", redact=("pci",)
    )
    assert resolved() == Speech()
    assert Speech().model_improvement is False, "nobody trains on our recordings unless somebody says so"


@pytest.mark.parametrize(
    ("said", "allowed"),
    [((None, None), False), ((None, True), True), ((False, True), False), ((True, False), False), ((True, None), True)],
)
def test_training_is_allowed_only_where_no_option_forbids_it(said: tuple[bool | None, ...], allowed: bool) -> None:
    assert resolved(*(SpeechOptions(model_improvement=one) for one in said)).model_improvement is allowed


def test_a_meeting_adds_to_what_its_organization_redacts_and_takes_nothing_back() -> None:
    organization, meeting = SpeechOptions(redact=("pci",)), SpeechOptions(redact=("numbers", "pci"))
    assert resolved(organization, meeting).redact == ("pci", "numbers")


@pytest.mark.parametrize(
    ("speech", "language", "named"),
    [
        (Speech(redact=("pii",)), "ru", "speech.redact: nova-3 cannot redact 'pii' in 'ru'"),
        (Speech(redact=("numbers",)), "uk", "speech.redact"),
        (Speech(redact=("pii",)), "multi", "speech.redact"),
        (Speech(redact=("numbers",)), "detect", "speech.redact"),
        (Speech(redact=("pii",)), "ka", "speech.redact"),
        (Speech(model="nova-2"), "be", "speech.model: 'nova-2' is no model for 'be'"),
        (Speech(model="whisper"), "en", "speech.model"),
    ],
)
def test_what_the_model_lacks_is_refused_by_its_name(speech: Speech, language: str, named: str) -> None:
    with pytest.raises(UnsupportedOption) as caught:
        check_speech(speech, language=language)
    assert str(caught.value).startswith(named)


@pytest.mark.parametrize(
    ("language", "model", "terms"),
    [
        ("detect", None, ("Anna",)),
        ("ka", None, ("Anna",)),
        ("en", "nova-2", ("Anna Berg",)),
        ("en", "nova-2", ("Anna:10",)),
        ("en", "nova-2", ("AB",)),
        ("en", None, tuple(f"{number:03}{'ж' * 97}" for number in range(10))),
    ],
)
def test_terms_that_cannot_all_be_listened_for_are_refused(
    language: str, model: str | None, terms: tuple[str, ...]
) -> None:
    with pytest.raises(UnsupportedOption, match=r"^speech\.terms"):
        check_speech(Speech(model=model), language=language, own_terms=terms)


@pytest.mark.parametrize(
    ("speech", "language"),
    [
        (Speech(redact=("pii", "pci", "numbers")), "en-GB"),
        (Speech(redact=("numbers",)), "de"),
        (Speech(redact=("numbers",)), "multi"),
        (Speech(model="nova-2"), "uk"),
    ],
)
def test_what_the_model_has_is_taken(speech: Speech, language: str) -> None:
    assert check_speech(speech, language=language, own_terms=("Anna",)) is not None


def test_unknown_language_is_accepted_for_transcripts() -> None:
    assert check_speech(Speech(), language="ka") is None


def test_terms_are_counted_by_number_and_bytes() -> None:
    assert len(fitting([f"t{number}" for number in range(200)], NOVA_3)) == NOVA_3.terms_max
    assert (
        sum(len(term.encode()) for term in fitting(["ж" * 50] + [f"{n}{'ж' * 50}" for n in range(50)], NOVA_3)) <= 1500
    )
    assert unique(["Anna", "anna", "Mark"]) == ("Anna", "Mark")


@pytest.mark.parametrize("language", ["detect", "multi", "ru", "pt-BR"])
def test_a_meetings_language_may_be_left_open(language: str) -> None:
    meeting = {"client_id": "01900000-0000-7000-8000-000000000000", "title": "T", "language": language}
    assert NewMeeting.model_validate(meeting).language == language


@pytest.mark.parametrize("language", ["en-ignore-all-quotes", "EN", "en-us", "english", "en\n"])
def test_no_other_text_passes_for_a_language(language: str) -> None:
    with pytest.raises(ValidationError):
        NewMeeting.model_validate(
            {"client_id": "01900000-0000-7000-8000-000000000000", "title": "T", "language": language}
        )


@pytest.mark.parametrize("name", ["Evil\x1b[31m", "two\nlines", "a\u2028b", "a\x85b"])
def test_no_title_or_name_gives_orders_to_a_terminal(name: str) -> None:
    with pytest.raises(ValidationError):
        NewMeeting.model_validate(
            {"client_id": "01900000-0000-7000-8000-000000000000", "title": name, "language": "en"}
        )
    with pytest.raises(ValidationError):
        SpeechOptions.model_validate({"model": name})


@pytest.mark.parametrize(
    "speech",
    [
        {"tone": "nice"},
        {"redact": ["phi"]},
        {"terms": ["a\nb"]},
        {"terms": ["x"] * 101},
        {"redact": ["pci"] * 4},
        {"version": "latest\nx"},
    ],
)
def test_options_that_are_none_are_refused(speech: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SpeechOptions.model_validate(speech)
