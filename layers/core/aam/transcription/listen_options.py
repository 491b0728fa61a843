"""Choose Deepgram's options for a recording, by its meeting and the models' abilities."""

from __future__ import annotations

from collections.abc import Iterable

from aam.media.schemas import AudioOutput
from aam.meetings.speech import WORD_MIN, SpeechModel, check_speech, fitting, speech_models
from aam.pipeline.schemas import RunContext
from aam.transcription.deepgram import ListenOptions
from aam.transcription.errors import LanguageNotKnown


def options_for(context: RunContext, output: AudioOutput, *, model: str = "") -> ListenOptions:
    """Return the options of a meeting; ``model`` is the operator's choice where the meeting makes none.

    A model that our data does not know is taken at its word: it gets the language as it is, and no terms.  Raises
    LanguageNotKnown, UnsupportedOption.
    """
    speech, language = context.speech, context.language
    named = speech.model or model
    known = speech_models().named(named) if named else speech_models().knowing(language)
    common = {
        "version": speech.version,
        "multichannel": output.channels > 1,
        "diarize": speech.diarize,
        "utterances": speech.utterances,
        "smart_format": speech.smart_format,
        "redact": speech.redact,
        "model_improvement": speech.model_improvement,
    }
    if named and known is None:
        return ListenOptions.model_validate({"model": named, "language": language, "terms_as": "none", **common})
    tag = known.tag(language) if known else None
    if known is None or tag is None:
        raise LanguageNotKnown
    chosen = speech.model_copy(update={"model": known.name})
    check_speech(chosen, language=language, own_terms=context.own_terms)
    terms = terms_for(known, (*speech.terms, *context.known_terms)) if known.takes_terms(language) else ()
    return ListenOptions.model_validate(
        {"model": known.name, "language": tag, "terms": terms, "terms_as": known.terms, **common}
    )


def terms_for(model: SpeechModel, terms: Iterable[str]) -> tuple[str, ...]:
    """Return as many of the terms as a request may carry, the first ones first, in the form that the model takes."""
    lines = [" ".join(term.split()) for term in terms]
    if model.terms == "keywords":
        lines = [word for line in lines for word in line.split() if len(word) >= WORD_MIN and ":" not in word]
    return fitting([line for line in lines if line], model)
