"""Deepgram's reply as we demand it, and its way into the canonical transcript.

The SDK turns any JSON object into a response, so a reply is validated here, on its raw bytes.  Fields
follow the published description of ``/v1/listen``
(https://developers.deepgram.com/reference/speech-to-text/listen-pre-recorded); times are seconds as floats
there.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from itertools import groupby
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, ValidationError

from aam.foundation.errors import AppError
from aam.foundation.schemas import IfPlausible, Value, without_nul
from aam.meetings.speech import DETECT, MULTI, TAG
from aam.transcription.errors import (
    EngineCredentialsRefused,
    EngineQuotaExhausted,
    EngineRefusedRecording,
    EngineReplyForeign,
    NoSpeechRecognised,
)
from aam.transcription.schemas import Transcript, Utterance, Word

_PAUSE_S = 0.8
UNDETERMINED = "und"
"""BCP 47 for a language that nobody found out."""

HEARD_SHARE, HEARD_LESS_MS = 0.9, 10_000
_SpeakerKey = tuple[int, int]

# People bring saved replies, so a reply may hold whatever JSON can say; a table cannot.
_Text = Annotated[str, AfterValidator(without_nul)]
_Seconds = Annotated[float, Field(ge=0, le=10_000_000)]
_ChannelNumber = Annotated[int, Field(ge=0, le=1000)]


class _Strict(Value):
    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)


class _Word(_Strict):
    word: _Text
    start: _Seconds
    end: _Seconds
    confidence: float | None = Field(default=None, ge=0, le=1)
    speaker: int | None = Field(default=None, ge=0)
    punctuated_word: _Text | None = None

    @property
    def text(self) -> str:
        return self.punctuated_word or self.word


class _Sentence(_Strict):
    text: _Text
    start: _Seconds
    end: _Seconds


class _Paragraph(_Strict):
    sentences: tuple[_Sentence, ...] = ()
    speaker: int | None = Field(default=None, ge=0)


class _Paragraphs(_Strict):
    paragraphs: tuple[_Paragraph, ...] = ()


class _Alternative(_Strict):
    transcript: _Text = ""
    confidence: float | None = Field(default=None, ge=0, le=1)
    words: tuple[_Word, ...] = ()
    paragraphs: _Paragraphs = _Paragraphs()
    languages: tuple[_Text, ...] = ()


class _Channel(_Strict):
    alternatives: tuple[_Alternative, ...] = Field(min_length=1)
    detected_language: _Text | None = None


class _Utterance(_Strict):
    start: _Seconds | None
    end: _Seconds | None
    confidence: float | None = Field(default=None, ge=0, le=1)
    channel: _ChannelNumber | None = None
    transcript: _Text
    words: tuple[_Word, ...] = ()
    speaker: int | None = Field(default=None, ge=0)


class _Results(_Strict):
    channels: tuple[_Channel, ...] = Field(min_length=1)
    utterances: tuple[_Utterance, ...] | None = None


class _ModelInfo(_Strict):
    name: _Text = ""
    version: _Text = ""


class _Metadata(_Strict):
    request_id: str | None = None
    duration: Annotated[_Seconds | None, IfPlausible] = None
    model_info: dict[str, _ModelInfo] = Field(default_factory=dict)


class DeepgramReply(_Strict):
    """A reply of ``POST /v1/listen`` without a callback, as far as we use it."""

    metadata: _Metadata = _Metadata()
    results: _Results


class _Refusal(_Strict):
    """Refusal by Deepgram (https://developers.deepgram.com/docs/errors)."""

    err_code: str = Field(min_length=1)


_REFUSALS: dict[str, type[AppError]] = {
    "INVALID_AUTH": EngineCredentialsRefused,
    "INSUFFICIENT_PERMISSIONS": EngineCredentialsRefused,
    "ASR_PAYMENT_REQUIRED": EngineQuotaExhausted,
}


def check_deepgram_reply(data: bytes, *, language: str, expected_ms: int | None = None) -> Transcript:
    """Return the transcript in a reply to a recording of ``expected_ms``.

    Raises what ``from_deepgram_reply`` raises, the leaf of an error that came in a reply's place, and
    EngineReplyForeign where Deepgram heard much less than it was given: an empty or cut recording is a success there.
    """
    try:
        transcript = from_deepgram_reply(data, language=language)
    except EngineReplyForeign:
        try:
            refusal = _Refusal.model_validate_json(data)
        except ValidationError:
            raise EngineReplyForeign from None
        raise _REFUSALS.get(refusal.err_code, EngineRefusedRecording) from None
    except NoSpeechRecognised:
        _demand_heard(data, expected_ms)
        raise
    _demand_heard(data, expected_ms)
    return transcript


def _demand_heard(data: bytes, expected_ms: int | None) -> None:
    heard_s = DeepgramReply.model_validate_json(data).metadata.duration
    if expected_ms is not None and heard_s is not None and heard_s * 1000 < expected_ms * HEARD_SHARE - HEARD_LESS_MS:
        raise EngineReplyForeign(
            "The speech service heard much less than the recording holds; an operator has to look at it."
        )


def from_deepgram_reply(data: bytes | str, *, language: str) -> Transcript:
    """Turn a raw reply into the canonical transcript.

    ``language`` is what was asked for: a tag, or ``detect`` or ``multi``, and then the reply says which it was.
    Utterances are Deepgram's own where the reply has them for a channel, each divided where the speaker of its words
    changes; otherwise they are built from the words at a change of speaker or a pause of 0.8 s, from the paragraphs
    where there are no words, and at last from the bare text.  Raises EngineReplyForeign for anything that is not such a
    reply and NoSpeechRecognised for one without words.
    """
    try:
        reply = DeepgramReply.model_validate_json(data)
    except ValidationError as error:
        raise EngineReplyForeign from error
    heard = _heard(reply)
    spoken = [part for u in heard for part in _by_speaker(u) if part.transcript.strip()]
    if not spoken:
        raise NoSpeechRecognised
    spoken.sort(key=lambda u: (u.start or 0, u.channel or 0))
    labels = _labels(spoken)
    model = next(iter(reply.metadata.model_info.values()), _ModelInfo())
    return Transcript(
        language=_spoken(reply.results.channels) or (UNDETERMINED if language in (DETECT, MULTI) else language),
        engine="deepgram",
        model=model.name or "unknown",
        version=model.version or "unknown",
        utterances=tuple(_canonical(number, u, labels[_key(u)]) for number, u in enumerate(spoken, 1)),
    )


def _spoken(channels: Sequence[_Channel]) -> str | None:
    """Return the language that was detected: of the whole, or the most spoken one."""
    detected = (channel.detected_language for channel in channels)
    most = (alternative.languages[0] for c in channels for alternative in c.alternatives[:1] if alternative.languages)
    return next((found for found in (*detected, *most) if found and re.fullmatch(TAG, found)), None)


def _key(utterance: _Utterance) -> _SpeakerKey:
    return utterance.channel or 0, -1 if utterance.speaker is None else utterance.speaker


def _labels(spoken: Sequence[_Utterance]) -> dict[_SpeakerKey, str]:
    return {key: f"Speaker {n}" for n, key in enumerate(sorted({_key(u) for u in spoken}), 1)}


def _canonical(number: int, utterance: _Utterance, speaker: str) -> Utterance:
    return Utterance(
        id=number,
        speaker=speaker,
        channel=utterance.channel or 0,
        start_ms=None if utterance.start is None else _ms(utterance.start),
        end_ms=None if utterance.end is None else max(_ms(utterance.start or 0), _ms(utterance.end)),
        text=" ".join(utterance.transcript.split()),
        confidence=utterance.confidence,
        words=tuple(
            Word(
                text=w.text,
                start_ms=_ms(w.start),
                end_ms=max(_ms(w.start), _ms(w.end)),
                confidence=w.confidence,
            )
            for w in utterance.words
        ),
    )


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _by_speaker(utterance: _Utterance) -> list[_Utterance]:
    """Return the utterance divided where the speaker of its words changes.

    It stays whole where its words are not those of its text: none may be lost.
    """
    words = [word.model_copy(update={"speaker": _speaker_of(word, utterance)}) for word in utterance.words]
    if len({word.speaker for word in words}) < 2:
        speaker = words[0].speaker if words else utterance.speaker
        return [utterance.model_copy(update={"speaker": speaker})]
    if _bare(" ".join(word.text for word in words)) != _bare(utterance.transcript):
        return [utterance]
    runs = (tuple(run) for _, run in groupby(words, key=lambda word: word.speaker))
    return [_joined(run, utterance.channel or 0) for run in runs]


def _speaker_of(word: _Word, utterance: _Utterance) -> int | None:
    return utterance.speaker if word.speaker is None else word.speaker


def _bare(text: str) -> str:
    """Return the letters and digits of a text, by which words with and without punctuation are compared."""
    return "".join(character for character in text.casefold() if character.isalnum())


def _heard(reply: DeepgramReply) -> list[_Utterance]:
    """Return the reply's own utterances, and those made of channels whose text they leave out.

    Where several channels have words and an utterance does not name its own, all are made of the channels: each
    channel is a voice, also where nobody asked for speakers.
    """
    channels, duration = reply.results.channels, reply.metadata.duration
    own = list(reply.results.utterances or ())
    nameless = any(utterance.channel is None for utterance in own)
    if nameless and sum(1 for channel in channels if channel.alternatives[0].words) > 1:
        own = []
    covered = {utterance.channel or 0 for utterance in own}
    if any(number >= len(channels) for number in covered):
        return own
    return own + _from_channels(channels, duration=duration, besides=covered)


def _from_channels(
    channels: Sequence[_Channel], *, duration: float | None, besides: Container[int]
) -> list[_Utterance]:
    made: list[_Utterance] = []
    for number, channel in enumerate(channels):
        if number in besides:
            continue
        best = channel.alternatives[0]
        made += _from_words(best, number) or _from_paragraphs(best, number) or _from_text(best, number, duration)
    return made


def _from_words(best: _Alternative, channel: int) -> list[_Utterance]:
    made: list[_Utterance] = []
    run: list[_Word] = []
    for word in best.words:
        if run and (word.speaker != run[-1].speaker or word.start - run[-1].end > _PAUSE_S):
            made.append(_joined(run, channel))
            run = []
        run.append(word)
    return [*made, _joined(run, channel)] if run else made


def _from_paragraphs(best: _Alternative, channel: int) -> list[_Utterance]:
    """Return one utterance a paragraph, whose pieces with times are its sentences."""
    return [
        _Utterance(
            start=paragraph.sentences[0].start,
            end=paragraph.sentences[-1].end,
            channel=channel,
            transcript=" ".join(sentence.text for sentence in paragraph.sentences),
            words=tuple(_Word(word=s.text, start=s.start, end=s.end) for s in paragraph.sentences),
            speaker=paragraph.speaker,
        )
        for paragraph in best.paragraphs.paragraphs
        if paragraph.sentences
    ]


def _from_text(best: _Alternative, channel: int, duration: float | None) -> list[_Utterance]:
    """Return the bare text of a channel, spoken some time within the recording."""
    start = None if duration is None else 0.0
    return [_Utterance(start=start, end=duration, channel=channel, transcript=best.transcript)]


def _joined(run: Sequence[_Word], channel: int) -> _Utterance:
    known = [w.confidence for w in run if w.confidence is not None]
    return _Utterance(
        start=run[0].start,
        end=run[-1].end,
        confidence=sum(known) / len(known) if known else None,
        channel=channel,
        transcript=" ".join(w.text for w in run),
        words=tuple(run),
        speaker=run[0].speaker,
    )
