"""The languages of a recording: the meeting's own is forced, an unknown one is chosen among those allowed only.

Among all 99 of Whisper's languages short Russian is heard as Czech and Ukrainian as Latin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aam.meetings.speech import DETECT, MULTI

_NAMES = {
    "af": "afrikaans", "am": "amharic", "ar": "arabic", "as": "assamese", "az": "azerbaijani", "ba": "bashkir",
    "be": "belarusian", "bg": "bulgarian", "bn": "bengali", "bo": "tibetan", "br": "breton", "bs": "bosnian",
    "ca": "catalan", "cs": "czech", "cy": "welsh", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fo": "faroese",
    "fr": "french", "gl": "galician", "gu": "gujarati", "ha": "hausa", "haw": "hawaiian", "he": "hebrew",
    "hi": "hindi", "hr": "croatian", "ht": "haitian creole", "hu": "hungarian", "hy": "armenian", "id": "indonesian",
    "is": "icelandic", "it": "italian", "ja": "japanese", "jw": "javanese", "ka": "georgian", "kk": "kazakh",
    "km": "khmer", "kn": "kannada", "ko": "korean", "la": "latin", "lb": "luxembourgish", "ln": "lingala", "lo": "lao",
    "lt": "lithuanian", "lv": "latvian", "mg": "malagasy", "mi": "maori", "mk": "macedonian", "ml": "malayalam",
    "mn": "mongolian", "mr": "marathi", "ms": "malay", "mt": "maltese", "my": "myanmar", "ne": "nepali", "nl": "dutch",
    "nn": "nynorsk", "no": "norwegian", "oc": "occitan", "pa": "punjabi", "pl": "polish", "ps": "pashto",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sa": "sanskrit", "sd": "sindhi", "si": "sinhala",
    "sk": "slovak", "sl": "slovenian", "sn": "shona", "so": "somali", "sq": "albanian", "sr": "serbian",
    "su": "sundanese", "sv": "swedish", "sw": "swahili", "ta": "tamil", "te": "telugu", "tg": "tajik", "th": "thai",
    "tk": "turkmen", "tl": "tagalog", "tr": "turkish", "tt": "tatar", "uk": "ukrainian", "ur": "urdu", "uz": "uzbek",
    "vi": "vietnamese", "yi": "yiddish", "yo": "yoruba", "zh": "chinese",
}  # fmt: skip
KNOWN = frozenset(_NAMES)
"""The languages of Whisper's multilingual models, by its own codes."""
_BY_NAME = {name: code for code, name in _NAMES.items()}
_OWN_CODES = {"nb": "no", "jv": "jw", "fil": "tl", "iw": "he", "in": "id"}

SURE = 0.5
"""A language that is less likely than this is tried against that of the piece before."""


def forced_language(language: str) -> str | None:
    """Return the language that a meeting names, without its region; None if it is to be found out."""
    return None if language in (DETECT, MULTI) else language.partition("-")[0].lower()


def likely_languages(chances: Mapping[str, float], *, allowed: Sequence[str], before: str | None) -> tuple[str, ...]:
    """Return the likeliest of the allowed languages, and that of the piece before where none is sure.

    ``chances`` are the model's over all its languages.
    """
    best = max(allowed, key=lambda language: chances.get(language, 0.0))
    return (best,) if before in (None, best) or chances.get(best, 0.0) >= SURE else (best, before)


def whisper_code(language: str) -> str:
    """Return Whisper's code of a language without region; most are those of the tag itself."""
    return _OWN_CODES.get(language, language)


def code_of_name(language: str) -> str | None:
    """Return the code of a language that is written as a code, with a region or not, or by its English name."""
    name = language.strip().lower()
    code = _BY_NAME.get(name, name.partition("-")[0])
    return code if code in KNOWN else None
