"""The words of the minutes' own, in every language that the product speaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """The words around the items; ``left_out`` has the number as ``{count}``."""

    date: str
    duration: str
    language: str
    hours: str
    minutes: str
    participants: str
    not_stated: str
    high: str
    low: str
    quoted: str
    unsupported: str
    explained: str
    nothing: str
    utterance: str
    transcript: str
    reason: str
    left_out: str
    better: str
    languages: Mapping[str, str]

    def language_name(self, tag: str) -> str:
        """Return the name of a language for a tag such as ``uk`` or ``en-GB``; the tag itself for a rare one."""
        return self.languages.get(tag.partition("-")[0].lower(), tag)


def words_in(language: str) -> Words:
    """Return the words for a language tag; English for any that the product does not speak."""
    return _WORDS.get(language.partition("-")[0].lower(), _WORDS["en"])


def _named(names: str) -> dict[str, str]:
    """Return the names of the languages of ``_CODES``."""
    return dict(zip(_CODES, names.split(), strict=True))


_CODES = ("en", "ru", "uk", "de", "fr", "es", "it", "pl", "pt", "nl", "tr")
_WORDS = {
    "en": Words(
        date="Date",
        duration="Duration",
        language="Language",
        hours="h",
        minutes="min",
        participants="Participants",
        not_stated="not stated",
        high="high priority",
        low="low priority",
        quoted="quoted, meaning not confirmed: read the quote",
        unsupported="Unsupported",
        explained="The transcript does not bear these out. Do not rely on them.",
        nothing="Nothing found for",
        utterance="utterance",
        transcript="Transcript",
        reason="Why",
        left_out="and {count} more that are not shown here",
        better=(
            "These minutes were made without a language model: sentences of the transcript, chosen by rules. "
            "A language model writes better ones. Store a key with `aam keys set openai`, or name a server of your "
            "own, then write them once more: `aam retry --meeting ID --from write_artifacts`."
        ),
        languages=_named("English Russian Ukrainian German French Spanish Italian Polish Portuguese Dutch Turkish"),
    ),
    "ru": Words(
        date="Дата",
        duration="Длительность",
        language="Язык",
        hours="ч",
        minutes="мин",
        participants="Участники",
        not_stated="не указано",
        high="высокий приоритет",
        low="низкий приоритет",
        quoted="есть цитата, смысл не подтверждён: прочтите её",
        unsupported="Не подтверждено",
        explained="Расшифровка этого не подтверждает. Не полагайтесь на эти пункты.",
        nothing="Ничего не найдено",
        utterance="реплика",
        transcript="Расшифровка",
        reason="Почему",
        left_out="и ещё {count}, которые здесь не показаны",
        better=(
            "Этот протокол составлен без языковой модели: это предложения расшифровки, выбранные по правилам. "
            "Языковая модель напишет лучше. Сохраните ключ командой `aam keys set openai` или укажите свой сервер, "
            "затем составьте протокол заново: `aam retry --meeting ID --from write_artifacts`."
        ),
        languages=_named(
            "английский русский украинский немецкий французский испанский итальянский польский португальский "
            "нидерландский турецкий"
        ),
    ),
    "uk": Words(
        date="Дата",
        duration="Тривалість",
        language="Мова",
        hours="год",
        minutes="хв",
        participants="Учасники",
        not_stated="не вказано",
        high="високий пріоритет",
        low="низький пріоритет",
        quoted="є цитата, зміст не підтверджено: прочитайте її",
        unsupported="Не підтверджено",
        explained="Розшифрування цього не підтверджує. Не покладайтеся на ці пункти.",
        nothing="Нічого не знайдено",
        utterance="репліка",
        transcript="Розшифрування",
        reason="Чому",
        left_out="і ще {count}, яких тут не показано",
        better=(
            "Цей протокол складено без мовної моделі: це речення розшифрування, вибрані за правилами. "
            "Мовна модель напише краще. Збережіть ключ командою `aam keys set openai` або вкажіть свій сервер, "
            "потім складіть протокол ще раз: `aam retry --meeting ID --from write_artifacts`."
        ),
        languages=_named(
            "англійська російська українська німецька французька іспанська італійська польська португальська "
            "нідерландська турецька"
        ),
    ),
}
