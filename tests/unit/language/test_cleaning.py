from __future__ import annotations

import pytest

from aam.language.cleaning import clean, hidden_in, mixed_word_in


@pytest.mark.parametrize(
    "hidden", ["\u200b", "\u202e", "\u2066", "\ufeff", "\u00ad", "\u2060", "\U000e0041", "\u115f", "\ufe0f"]
)
def test_characters_that_are_not_seen_leave_the_text(hidden: str) -> None:
    assert clean(f"5{hidden}00 {hidden}dollars") == "500 dollars"


@pytest.mark.parametrize("text", ["5\u200b00", "n\u2060ot", "\u202e005\u202c", "5\u00ad00", "x \u2066y\u2069"])
def test_hidden_characters_that_change_what_is_read_are_found(text: str) -> None:
    assert hidden_in(text) is not None


@pytest.mark.parametrize("text", ["plain", "a\u200b b", "\ufeffstart", "agree\u00adment", "✅\ufe0f done", "ещё"])
def test_harmless_hidden_characters_are_not(text: str) -> None:
    assert hidden_in(text) is None


@pytest.mark.parametrize("word", ["mаrk", "frіday", "thоusand", "5ОО0x", "Аcme", "pауment", "ρay"])
def test_words_of_two_scripts_are_found(word: str) -> None:
    assert mixed_word_in(f"we {word} it") == word


@pytest.mark.parametrize(
    "text", ["e-mail клиенту", "SMSки и CRMка", "IT-отдел", "5кг, 10th", "naïve café", "№5", "x²", "Ⅷ"]
)
def test_ordinary_words_are_not_mixed(text: str) -> None:
    assert mixed_word_in(text) is None
