"""Remarks on an import stand in the language of its transcript, with the forms that their numbers ask for."""

from __future__ import annotations

import pytest
from babel import Locale

from aam.transcription.deepgram_reply import UNDETERMINED
from aam.transcription.imports import read_transcript
from aam.transcription.imports.note_sentences import Note, counted
from aam.transcription.imports.notes import Notes

COUNTS = (1, 2, 4, 5, 11, 12, 14, 21, 22, 25, 100, 101, 102, 111, 112, 1001)
FORMS = {"en": ("one", "other"), "ru": ("one", "few", "many"), "uk": ("one", "few", "many")}


@pytest.mark.parametrize("tongue", FORMS)
def test_plural_forms_are_those_of_cldr(tongue: str) -> None:
    examples = {"one": 1, "few": 2, "many": 5, "other": 2}
    plural = Locale(tongue).plural_form
    for count in COUNTS:
        expected = counted(Note.OUTSIDE_CUES, examples[plural(count)], tongue).split(" ", 1)[1]
        number, told = counted(Note.OUTSIDE_CUES, count, tongue).split(" ", 1)
        assert told == expected
        assert "".join(filter(str.isdigit, number)) == str(count)
    assert len({counted(Note.OUTSIDE_CUES, examples[form], tongue).split(" ", 1)[1] for form in FORMS[tongue]}) == len(
        FORMS[tongue]
    )


@pytest.mark.parametrize("tongue", FORMS)
@pytest.mark.parametrize("note", Note)
def test_each_remark_has_a_sentence_of_its_own_in_each_language(tongue: str, note: Note) -> None:
    told = [counted(note, count, tongue) for count in (1, 3, 5)]
    assert all(sentence.endswith(".") and "{" not in sentence for sentence in told)
    assert (told[0] == counted(note, 1, "en")) is (tongue == "en")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en-GB", "3 lines outside of every cue were left out."),
        ("ru", "3 строки вне реплик пропущены."),
        ("uk-UA", "3 рядки поза репліками пропущено."),
        ("de", "3 lines outside of every cue were left out."),
    ],
)
def test_remarks_are_in_the_language_of_the_tag(language: str, told: str) -> None:
    notes = Notes()
    notes.add(Note.OUTSIDE_CUES, 3)
    assert notes.sentences(language) == (told,)


@pytest.mark.parametrize(
    ("words", "language", "told"),
    [
        (
            "Ми вирішили перенести реліз, бо це ще не готово.",
            "uk",
            "У 1 репліки нечитабельний час; її слова збережено на своєму місці.",
        ),
        (
            "Мы решили перенести релиз, потому что это ещё не готово.",
            "ru",
            "У 1 реплики нечитаемое время; её слова сохранены на своём месте.",
        ),
        (
            "We have decided to move the release because it is not ready.",
            "en",
            "1 cue had unreadable times; its words were kept in its place.",
        ),
    ],
)
def test_remarks_follow_the_language_that_is_found_in_the_text(words: str, language: str, told: str) -> None:
    text = f"WEBVTT\n\nx --> y\n{words}\n"
    transcript = read_transcript(text.encode(), filename="m.vtt", language=UNDETERMINED)
    assert (transcript.language, transcript.notes) == (language, (told,))


def test_the_name_of_a_legacy_encoding_is_told_in_the_language_too() -> None:
    words = "Мы решили перенести релиз на десятое декабря, потому что платёжный провайдер опаздывает."
    transcript = read_transcript(words.encode("cp1251"), filename="m.txt", language="ru")
    assert transcript.notes == ("Файл прочитан как Windows-1251.",)
