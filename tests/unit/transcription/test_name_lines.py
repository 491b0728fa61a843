"""Captions with the speaker's name alone on the first line, and ordinary subtitles of two lines, which look alike."""

from __future__ import annotations

import pytest

from aam.transcription.imports import read_transcript

HALL = [
    ("Hana Novak", "The choir wants the hall on Tuesdays."),
    ("Oskar Lind", "That clashes with judo."),
    ("Hana Novak", "Then Thursdays."),
]


def captions(*blocks: str, header: str = "") -> str:
    return header + "".join(f"0:0:{n * 3}.0 --> 0:0:{n * 3 + 2}.350\n{block}\n\n" for n, block in enumerate(blocks))


def heard(text: str, *participants: str) -> list[tuple[str, str]]:
    transcript = read_transcript(text.encode(), filename="m.docx", language="en", participants=participants)
    return [(u.speaker, u.text) for u in transcript.utterances]


@pytest.mark.parametrize("header", ["", "WEBVTT\n\n"])
def test_a_name_above_each_cue_is_its_speaker(header: str) -> None:
    assert heard(captions(*(f"{name}\n{text}" for name, text in HALL), header=header)) == HALL


def test_name_lines_without_blank_lines_between_cues_or_with_one_below_the_name() -> None:
    blocks = captions(*(f"{name}\n{text}" for name, text in HALL))
    assert heard(blocks.replace("\n\n", "\n")) == HALL
    assert heard(captions(*(f"{name}\n\n{text}" for name, text in HALL))) == HALL


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ганна Бондар", "Олег"),
        ("hana.novak", "deps 2"),
        ("Novak, Hana (Guest)", "Lind, Oskar"),
        ("Speaker 1", "Speaker 2"),
        ("田中", "佐藤"),
        ("Hana N.", "Oskar L."),
    ],
)
def test_names_of_any_shape_that_recur_are_speakers(one: str, other: str) -> None:
    said = [(one, "Good morning all."), (other, "Hello."), (one, "Budget: forty."), (other, "Fine with me.")]
    assert heard(captions(*(f"{name}\n{text}" for name, text in said))) == said


def test_full_names_that_stand_once_each_are_speakers_where_each_cue_has_one() -> None:
    said = [("Anna Novak", "The hall is free."), ("Oleg Bondar", "Good.")]
    assert heard(captions(*(f"{name}\n{text}" for name, text in said))) == said


def test_a_cue_without_a_name_line_goes_on_and_a_guest_of_one_turn_is_named() -> None:
    blocks = [f"{name}\n{text}" for name, text in HALL * 2]
    text = captions(*blocks, "And Fridays.", "Mira Sol\nI can help.", "Oskar Lind\nThank you\nall very much.")
    assert heard(text) == [
        *HALL, *HALL, ("Hana Novak", "And Fridays."), ("Mira Sol", "I can help."),
        ("Oskar Lind", "Thank you all very much."),
    ]  # fmt: skip


def test_an_unknown_voice_above_its_words_is_unnamed() -> None:
    text = captions(*(f"{name}\n{said}" for name, said in HALL), "Unknown Speaker\nMay I?")
    assert heard(text)[-1] == ("Speaker 1", "May I?")


def test_a_participant_above_a_cue_is_a_speaker_in_a_file_that_names_few() -> None:
    blocks = ("Hana Novak\nThe choir wants\nthe hall.", "It clashes\nwith judo.", "Then we ask\nthe club.", "Good.")
    assert heard(captions(*blocks), "Hana Novak")[0] == ("Hana Novak", "The choir wants the hall.")
    assert heard(captions(*blocks))[0] == ("Speaker 1", "Hana Novak The choir wants the hall.")


def test_labels_before_colons_are_read_where_only_one_cue_opens_with_a_name() -> None:
    blocks = ("Oskar: One.", "Hana Novak\nTwo.", "Oskar: Three.")
    assert heard(captions(*blocks), "Hana Novak") == [
        ("Oskar", "One."), ("Oskar", "Hana Novak Two."), ("Oskar", "Three.")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "blocks",
    [
        ["We met Hana\nat the hall.", "Oskar\nsaid he would come.", "Judo\nis on Tuesday.", "Hana\nwill ask the club."],
        ["I know\nbut we must go.", "I know\nthat it is late.", "I know\nthat you care."],
        ["Hana\nsaid no.", "She came late\nand left early.", "Then Oskar\nspoke for an hour.", "Nobody\nlistened."],
        ["Hello, Hana,\nhow are you?", "Fine.\nAnd you?", "Good,\nthank you.", "Hana!\nWait!"],
        ["Listen\nto me.", "Stop\nit now.", "Look\nat that.", "Come\nwith us."],
        ["Listen\nto me.", "Listen\nto her.", "Listen\nto us.", "Stop\nit now."],
        ["oh well\nwe go on.", "oh well\nit is late.", "oh well\nwho cares."],
        ["Budget\nForty thousand.", "Budget\nAgain forty.", "Budget\nNo more."],
    ],
)
def test_ordinary_subtitles_of_two_lines_keep_every_word(blocks: list[str]) -> None:
    spoken = " ".join(text for _, text in heard(captions(*blocks), "Hana Novak", "Oskar Lind"))
    assert spoken == " ".join(" ".join(blocks).split())
