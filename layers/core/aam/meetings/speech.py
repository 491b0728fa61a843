"""Options of speech recognition of a meeting, its type and its organization, and the abilities of the models.

The models are dated data (``seeds/deepgram_models.toml``).  An option that the language's model does not have is
refused by name when somebody asks for it; nothing that was asked for is dropped later.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from aam.foundation.errors import InvalidInput
from aam.foundation.schemas import Line, RequestBody, Shown, Value

DETECT, MULTI = "detect", "multi"
"""Languages that are none: the model finds out which it is, or several are spoken in one recording."""

TERMS_MAX = 100

TAG = r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?"
"""A language as tags name it (BCP 47: language, script, region); no other text can pass for one."""

WORD_MIN = 3
"""Shorter words are no use as keywords."""

Term = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=100), Shown]
"""A word or name to listen for."""

Redaction = Literal["pci", "pii", "numbers"]


class SpeechOptions(RequestBody):
    """Options of the speech service; missing ones come from the type, the organization, the defaults.

    ``terms`` are added to those known of the meeting.  ``redact`` takes card data (pci), personal data (pii) or numbers
    out of the transcript before we get it.  ``model_improvement`` lets the service keep the recording to train on.
    """

    model: Line | None = None
    version: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")] | None = None
    terms: tuple[Term, ...] | None = Field(default=None, max_length=TERMS_MAX)
    diarize: bool | None = None
    utterances: bool | None = None
    smart_format: bool | None = None
    redact: tuple[Redaction, ...] | None = Field(default=None, max_length=3)
    model_improvement: bool | None = None


class Speech(Value):
    """Every option with its value."""

    model: str | None = None
    version: str = "latest"
    terms: tuple[str, ...] = ()
    diarize: bool = True
    utterances: bool = True
    smart_format: bool = True
    redact: tuple[Redaction, ...] = ()
    model_improvement: bool = False


class SpeechModel(Value):
    """Published abilities of one of Deepgram's models."""

    name: str
    languages: frozenset[str]
    multi: bool
    detect: bool
    terms: Literal["keyterm", "keywords", "none"]
    terms_max: int
    terms_bytes: int
    redact_entities: frozenset[str]
    redact_numbers: frozenset[str]

    def tag(self, language: str) -> str | None:
        """Return the language by the model's name for it: itself, or without its region; None where it lacks it."""
        if language == MULTI:
            return MULTI if self.multi else None
        if language == DETECT:
            return DETECT if self.detect else None
        base = language.partition("-")[0]
        return language if language in self.languages else base if base in self.languages else None

    def takes_terms(self, language: str) -> bool:
        """Return whether the model takes terms to listen for in this language."""
        return self.terms != "none" and language != DETECT

    def redacts(self, what: Redaction, language: str) -> bool:
        """Return whether the model can redact this in this language."""
        return self.tag(language) in (self.redact_numbers if what == "numbers" else self.redact_entities)


class SpeechModels(Value):
    """All models, the preferred one first, and the day on which this was published."""

    as_of: date
    models: tuple[SpeechModel, ...] = Field(alias="model")

    def named(self, name: str) -> SpeechModel | None:
        """Return the model of this name."""
        return next((model for model in self.models if model.name == name), None)

    def knowing(self, language: str) -> SpeechModel | None:
        """Return the preferred model for a language; None where no model knows it."""
        return next((model for model in self.models if model.tag(language)), None)


class UnsupportedOption(InvalidInput):
    """An option that the speech service does not have, or not for this language."""

    code = "unsupported_speech_option"
    sentence = "The speech service does not have this option for this language; leave it out."


@lru_cache(maxsize=1)
def speech_models() -> SpeechModels:
    """Return the models of the reviewed file."""
    text = (files("aam") / "seeds" / "deepgram_models.toml").read_text("utf-8")
    return SpeechModels.model_validate(tomllib.loads(text))


def resolved(*options: SpeechOptions | None) -> Speech:
    """Return the options of organization, type and meeting, in this order, over the defaults; terms add up.

    What protects people can be added to, never taken back further down: redactions add up as well, and training on the
    recording is allowed only where nobody has said no.
    """
    given = [entry for entry in options if entry is not None]
    values = {name: value for entry in given for name, value in entry.model_dump(exclude_none=True).items()}
    together = {
        "terms": unique(term for entry in reversed(given) for term in entry.terms or ()),
        "redact": unique(what for entry in given for what in entry.redact or ()),
        "model_improvement": {entry.model_improvement for entry in given} - {None} == {True},
    }
    return Speech.model_validate({**values, **together})


def unique(terms: Iterable[str]) -> tuple[str, ...]:
    """Return the terms in their order, each once whatever its case."""
    kept: dict[str, str] = {}
    for term in terms:
        kept.setdefault(term.casefold(), term)
    return tuple(kept.values())


def check_speech(speech: Speech, *, language: str, own_terms: Sequence[str] = ()) -> SpeechModel | None:
    """Return the model that a meeting of these options goes to; None where no model knows its language.

    Raises UnsupportedOption, naming the option, where the model cannot do what is asked for.  ``own_terms`` are those
    that the meeting itself asks for; others are sent as far as the model takes them.  A language alone is never
    refused here: the transcript may be brought along.
    """
    model = speech_models().named(speech.model) if speech.model else speech_models().knowing(language)
    if speech.model and (model is None or model.tag(language) is None):
        known = ", ".join(entry.name for entry in speech_models().models)
        raise UnsupportedOption(
            f"speech.model: {speech.model!r} is no model for {language!r}; leave it out, or choose of {known}."
        )
    if model is None:
        asked = "redact" if speech.redact else "terms" if own_terms else None
        if asked:
            raise UnsupportedOption(f"speech.{asked}: no model of the speech service knows {language!r}.")
        return None
    if own_terms:
        check_terms(own_terms, model, language=language)
    for what in speech.redact:
        if not model.redacts(what, language):
            raise UnsupportedOption(f"speech.redact: {model.name} cannot redact {what!r} in {language!r}.")
    return model


def check_terms(terms: Sequence[str], model: SpeechModel, *, language: str) -> None:
    """Raise UnsupportedOption where the model cannot listen for all of these."""
    if not model.takes_terms(language):
        raise UnsupportedOption(f"speech.terms: {model.name} cannot be told what to listen for with {language!r}.")
    if model.terms == "keywords" and any(" " in term or ":" in term or len(term) < WORD_MIN for term in terms):
        raise UnsupportedOption(
            f"speech.terms: {model.name} takes single words of {WORD_MIN} letters and more only, without colons."
        )
    if len(fitting(terms, model)) < len(unique(terms)):
        raise UnsupportedOption(f"speech.terms: {model.name} takes {model.terms_bytes} bytes of terms at most.")


def fitting(terms: Sequence[str], model: SpeechModel) -> tuple[str, ...]:
    """Return the first terms that a request may carry."""
    kept: list[str] = []
    size = 0
    for term in unique(terms):
        size += len(term.encode())
        if len(kept) == model.terms_max or size > model.terms_bytes:
            break
        kept.append(term)
    return tuple(kept)
