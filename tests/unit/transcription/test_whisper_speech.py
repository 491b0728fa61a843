"""Speech on its way to words: stretches of voice, pieces, languages, times, loops."""

from __future__ import annotations

import itertools

import pytest

from aam.transcription.whisper.languages import forced_language, likely_languages
from aam.transcription.whisper.spans import Piece, lay_out
from aam.transcription.whisper.voice_activity import PAD_MS, STEP, Speech, stretches
from aam.transcription.whisper.words import Timed, clipped, spelled, with_marks, without_loops

SECOND = 16_000
PAD = PAD_MS * 16


def _speech(first_s: float, last_s: float, *, unlikely_at_s: float | None = None) -> Speech:
    first, last = int(first_s * SECOND), int(last_s * SECOND)
    steps = range(first // STEP, -(-last // STEP))
    quiet = -1 if unlikely_at_s is None else int(unlikely_at_s * SECOND) // STEP
    return Speech(first, last, tuple(0.1 if at == quiet else 0.9 for at in steps))


def test_voice_begins_above_one_threshold_and_lasts_above_a_lower_one() -> None:
    chances = [0.0] * 20 + [0.3] + [0.06] * 30 + [0.0] * 60
    (speech,) = stretches(chances, samples=len(chances) * STEP)
    assert (speech.first, speech.last) == (20 * STEP - PAD, 51 * STEP + PAD)
    assert stretches([0.19] * 100, samples=100 * STEP) == []


def test_short_silence_ends_no_speech_and_padding_never_overlaps() -> None:
    one = stretches([0.9] * 10 + [0.0] * 15 + [0.9] * 10, samples=35 * STEP)
    assert [(speech.first, speech.last) for speech in one] == [(0, 35 * STEP)]
    first, second = stretches([0.9] * 10 + [0.0] * 17 + [0.9] * 10, samples=37 * STEP)
    assert first.last <= second.first
    assert (first.first, second.last) == (0, 37 * STEP)


def test_pieces_hold_whole_stretches_up_to_28_seconds() -> None:
    pieces = lay_out([_speech(0, 12), _speech(20, 32), _speech(40, 50)], language_known=True)
    assert [piece.stretches for piece in pieces] == [
        ((0, 12 * SECOND), (20 * SECOND, 32 * SECOND)),
        ((40 * SECOND, 50 * SECOND),),
    ]


@pytest.mark.parametrize(("known", "longest", "quiet"), [(True, 28, 24.0), (False, 10, 8.0)])
def test_long_stretch_is_cut_where_speech_is_unlikely(known: bool, longest: int, quiet: float) -> None:
    pieces = lay_out([_speech(0, longest + 5, unlikely_at_s=quiet)], language_known=known)
    parts = [part for piece in pieces for part in piece.stretches]
    assert parts[0][1] == int(quiet * SECOND) // STEP * STEP
    assert (parts[0][0], parts[-1][1]) == (0, (longest + 5) * SECOND)
    assert all(before[1] == after[0] for before, after in itertools.pairwise(parts))


def test_short_pauses_within_a_piece_are_kept() -> None:
    (piece,) = lay_out([_speech(0, 4), _speech(5, 9), _speech(12, 14)], language_known=True)
    assert piece.sound == ((0, 9 * SECOND), (12 * SECOND, 14 * SECOND))
    assert (piece.samples, piece.speech_ms) == (11 * SECOND, 10_000)


def test_unknown_languages_share_no_piece_unless_one_is_short_and_near() -> None:
    apart = lay_out([_speech(0, 4), _speech(4.6, 9)], language_known=False)
    assert len(apart) == 2
    together = lay_out([_speech(0, 4), _speech(4.3, 5.3), _speech(9, 10)], language_known=False)
    assert [len(piece.stretches) for piece in together] == [2, 1]


def test_times_of_a_piece_are_those_of_the_recording() -> None:
    piece = Piece(((SECOND, 3 * SECOND), (4 * SECOND, 5 * SECOND), (10 * SECOND, 12 * SECOND)))
    assert piece.span_ms(500, 900) == (1_500, 1_900)
    assert piece.span_ms(4_100, 4_500) == (10_100, 10_500)
    assert piece.span_ms(3_500, 4_100) == (4_500, 5_000), "what reaches over the seam is silence"
    assert piece.span_ms(3_900, 4_500) == (10_000, 10_500)
    assert piece.span_ms(1_800, 3_400) == (4_000, 4_400), "a word does not begin in the pause before it"
    assert piece.span_ms(1_000, 2_900) == (2_000, 3_000), "and does not end in the pause behind it"
    assert piece.span_ms(9_000, 9_000) == (12_000, 12_000)


def test_language_is_forced_or_the_likeliest_of_those_allowed() -> None:
    assert [forced_language(tag) for tag in ("uk", "en-US", "detect", "multi")] == ["uk", "en", None, None]
    chances = {"cs": 0.8, "ru": 0.1, "uk": 0.05}
    allowed = ("en", "ru", "uk")
    assert likely_languages(chances, allowed=allowed, before=None) == ("ru",)
    assert likely_languages(chances, allowed=allowed, before="uk") == ("ru", "uk")
    assert likely_languages(chances, allowed=allowed, before="ru") == ("ru",)
    assert likely_languages({"ru": 0.6}, allowed=allowed, before="en") == ("ru",)


def test_tokens_join_to_words_even_where_one_ends_within_a_character() -> None:
    alphabet = {1: b" he", 2: b"llo", 3: " при".encode()[:-1], 4: " при".encode()[-1:], 5: b"."}

    def decode(tokens: list[int]) -> str:
        return b"".join(alphabet[token] for token in tokens).decode(errors="replace")

    words = spelled([1, 2, 3, 4, 5], decode, language="ru")
    assert [(word.text, word.tokens) for word in words] == [(" hello", 2), (" при.", 3)]


def test_marks_belong_to_the_word_beside_them() -> None:
    parts = [(" «", 0), ("Так", 0), ("»", 300), (" -", 400), (" no", 400), (" ", 500), ("?", 600)]
    words = with_marks([Timed(text, at, at + 100, 0.5) for text, at in parts])
    assert [word.text for word in words] == ["«Так»", "-no?"]
    assert with_marks([Timed("...", 0, 100, 0.5), Timed(" -", 200, 300, 0.5)]) == []


def test_words_are_no_longer_than_speech_and_never_overlap() -> None:
    said = [Timed("Не", 0, 2_460, 0.5), Timed("было", 2_300, 6_000, 0.5), Timed("так", 3_000, 2_900, 0.5)]
    assert [(word.start_ms, word.end_ms) for word in clipped(said)] == [(1_260, 2_460), (2_460, 3_500), (3_500, 3_500)]


@pytest.mark.parametrize(
    ("text", "kept", "loops"),
    [
        ("No, no, no, no.", "", 1),
        ("4-4-4-4", "", 1),
        ("thank you thank you thank you thank you", "", 1),
        ("Thank you. Thank you. Thank you. Thank you. Thank you.", "", 1),
        ("так і буде, так і буде так і буде так і буде", "", 1),
        ("Да-да-да-да, я согласен.", "я согласен.", 1),
        ("Well, no, no - no, no! I mean it. so so so so", "Well, I mean it.", 2),
        ("No, no, no.", "No, no, no.", 0),
        ("one two one two one two and one two", "one two one two one two and one two", 0),
        ("- - - -", "- - - -", 0),
        ("", "", 0),
    ],
)
def test_loops_of_up_to_three_words_are_dropped_and_what_stands_around_them_stays(
    text: str, kept: str, loops: int
) -> None:
    words = [Timed(part, at, at + 1, 0.5) for at, part in enumerate(text.split())]
    left, found = without_loops(words)
    assert (" ".join(word.text for word in left), found) == (kept, loops)
