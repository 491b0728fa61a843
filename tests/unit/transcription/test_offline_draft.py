"""The draft that comes of recognised windows: utterances, speakers, notes."""

from __future__ import annotations

import json

import pytest

from aam.transcription.offline_draft import NoWordsRecognised
from aam.transcription.offline_engines import draft
from aam.transcription.schemas import Transcript, Word
from aam.transcription.windows import Hearing, RecognisedWindow, plan_windows

MINUTE = 60_000


def _word(text: str, start_ms: int, *, lasts_ms: int = 200, confidence: float | None = 0.5) -> Word:
    return Word(text=text, start_ms=start_ms, end_ms=start_ms + lasts_ms, confidence=confidence)


def _heard(
    *words: Word, channel: int | None = None, start_ms: int = 0, hearing: Hearing | None = None
) -> RecognisedWindow:
    (window,) = plan_windows(duration_ms=5 * MINUTE, channels=1)
    return RecognisedWindow(
        window=window.model_copy(update={"channel": channel, "start_ms": start_ms}),
        words=tuple(words),
        engine_version="5",
        model="base" if hearing else "",
        hearing=hearing,
    )


def assemble(windows: list[RecognisedWindow]) -> Transcript:
    return draft(windows, engine="pocketsphinx", language="en")


def by_whisper(*windows: RecognisedWindow, language: str) -> Transcript:
    return draft(windows, engine="whisper", language=language)


def test_pauses_part_utterances_and_words_stay_as_recognised() -> None:
    transcript = assemble([_heard(_word("we", 0), _word("decided", 300), _word("yes", 1_300))])
    assert [(u.text, u.start_ms, u.end_ms) for u in transcript.utterances] == [
        ("we decided", 0, 500),
        ("yes", 1_300, 1_500),
    ]
    assert (transcript.engine, transcript.label, transcript.language) == ("pocketsphinx", "draft, English", "en")
    assert transcript.version == "5"
    assert transcript.utterances[0].confidence == 0.5
    assert {u.speaker for u in transcript.utterances} == {"Speaker 1"}
    assert {u.channel for u in transcript.utterances} == {None}


def test_channels_are_merged_by_time_and_name_the_speaker() -> None:
    transcript = assemble(
        [
            _heard(_word("reply", 1_000), _word("end", 9_000), channel=1),
            _heard(_word("question", 0), _word("thanks", 3_000), channel=0),
        ]
    )
    assert [(u.id, u.speaker, u.channel, u.text) for u in transcript.utterances] == [
        (1, "Speaker 1", 0, "question"),
        (2, "Speaker 2", 1, "reply"),
        (3, "Speaker 1", 0, "thanks"),
        (4, "Speaker 2", 1, "end"),
    ]


def test_windows_may_come_in_any_order_and_utterances_run_across_them() -> None:
    later = _heard(_word("release", 300_100), start_ms=300_000)
    transcript = assemble([later, _heard(_word("the", 299_800))])
    assert [u.text for u in transcript.utterances] == ["the release"]


def test_a_speaker_without_pauses_is_parted_at_a_breath() -> None:
    words = [_word("word", at, lasts_ms=250) for at in range(0, 31_000, 250)]
    words += [_word("after", 31_250), _word("breath", 31_500)]
    transcript = assemble([_heard(*words)])
    assert [u.text.split()[-1] for u in transcript.utterances] == ["word", "breath"]


def test_sentences_part_utterances_but_abbreviations_do_not() -> None:
    spoken = ["Ask", "Mr.", "Marsh.", "No!", "«Так?»", "ми", "почнемо…", "потім"]
    transcript = assemble([_heard(*(_word(text, 250 * at) for at, text in enumerate(spoken)))])
    assert [u.text for u in transcript.utterances] == ["Ask Mr. Marsh.", "No!", "«Так?» ми почнемо… потім"]


def test_no_words_at_all_is_a_named_error() -> None:
    with pytest.raises(NoWordsRecognised, match="language"):
        assemble([_heard()])


def test_a_window_is_one_json_object() -> None:
    heard = _heard(_word("yes", 0), channel=1)
    assert RecognisedWindow.model_validate_json(heard.model_dump_json()) == heard
    assert json.loads(heard.model_dump_json())["window"]["channel"] == 1


@pytest.mark.parametrize(
    ("language", "spoken", "label", "recorded"),
    [
        ("ru", {"ru": 9_000}, "draft, Whisper base, ru", "ru"),
        ("en-GB", {"en": 9_000}, "draft, Whisper base, en", "en"),
        ("detect", {"uk": 9_000}, "draft, Whisper base, uk (detected)", "uk"),
        ("multi", {"en": 2_000, "uk": 7_000}, "draft, Whisper base, uk + en", "uk"),
    ],
)
def test_label_names_model_and_languages(language: str, spoken: dict[str, int], label: str, recorded: str) -> None:
    heard = Hearing(speech_ms=9_000, worded_ms=9_000, languages=spoken)
    transcript = by_whisper(_heard(_word("так", 0), hearing=heard), language=language)
    assert (transcript.label, transcript.language, transcript.version) == (label, recorded, "5")


def test_notes_count_what_is_missing_in_the_transcripts_language() -> None:
    heard = Hearing(speech_ms=10_000, worded_ms=4_000, dropped=2, languages={"uk": 10_000})
    window = _heard(_word("так", 0), hearing=heard)
    assert by_whisper(window, window, language="uk").notes == (
        "Слова розпізнано в 8 з 20 секунд мовлення; решти немає.",
        "Пропущено фрагментів, у яких програма не впевнена в жодному слові: 4.",
        "Мовців не розрізнено: усіх записано в один канал.",
    )


def test_speech_that_is_covered_on_two_channels_needs_no_note() -> None:
    heard = Hearing(speech_ms=10_000, worded_ms=8_000, languages={"en": 10_000})
    windows = [_heard(_word("yes", 0), channel=channel, hearing=heard) for channel in (0, 1)]
    assert by_whisper(*windows, language="en").notes == ()
