"""Replies as Deepgram's /v1/listen gives them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Any

MODEL_ID = "1abfe86b-e047-4eed-858a-35e5625b41ee"
REQUEST_ID = "0b0c6a4e-0000-4000-8000-000000000000"
Said = tuple[int, float, float, str]
"""Speaker, start s, end s, text."""

TALK = {
    "en": (
        "Hi everybody, this is Helen, shall we begin?",
        "Yes, my name is Mark and I take the notes today.",
        "We decided to move the release to Monday, because the payment tests are not green yet.",
        "Fine by me. I will fix the payment tests by Thursday.",
        "Please send the new schedule to the client before the end of the week.",
        "There is a risk that the bank does not answer in time.",
        "How many invoices were wrong last month?",
        "Twelve invoices were wrong, and all of them have been corrected.",
    ),
    "ru": (
        "Добрый день, меня зовут Елена, давайте начнём.",
        "Здравствуйте, это Марк, сегодня записываю я.",
        "Мы решили перенести релиз на понедельник, потому что тесты оплаты ещё не проходят.",
        "Хорошо. Я исправлю тесты оплаты до четверга.",
        "Отправьте, пожалуйста, клиенту новый график до конца недели.",
        "Есть риск, что банк не ответит вовремя.",
        "Сколько счетов было с ошибками в прошлом месяце?",
        "Двенадцать счетов было с ошибками, и все уже исправлены.",
    ),
    "uk": (
        "Добрий день, мене звати Олена, почнімо.",
        "Вітаю, мене звати Марко, сьогодні записую я.",
        "Ми вирішили перенести реліз на понеділок, бо тести оплати ще не проходять.",
        "Добре. Я виправлю тести оплати до четверга.",
        "Надішліть, будь ласка, клієнту новий графік до кінця тижня.",
        "Є ризик, що банк не відповість вчасно.",
        "Скільки рахунків було з помилками минулого місяця?",
        "Дванадцять рахунків було з помилками, і всі вже виправлені.",
    ),
}
"""What is said in a fake's meeting, by turns of two people."""


def listen_reply(
    *utterances: Said,
    request_id: str = REQUEST_ID,
    duration_s: float | None = None,
    by_channel: bool = False,
    detected: str | None = None,
    sha256: str = "0" * 64,
    with_utterances: bool = True,
    speakers: bool = True,
) -> dict[str, Any]:
    """Return a whole reply with these words, evenly spread; ``by_channel`` gives each speaker a channel."""
    made = [_utterance(said, channel=said[0] if by_channel else 0, speakers=speakers) for said in utterances]
    channels = sorted({u["channel"] for u in made} or {0})
    ends = max((u[2] for u in utterances), default=0.0)
    results: dict[str, Any] = {
        "channels": [_channel([u for u in made if u["channel"] == number], detected) for number in channels]
    }
    if with_utterances:
        results["utterances"] = made
    return {
        "metadata": {
            "transaction_key": "deprecated",
            "request_id": request_id,
            "sha256": sha256,
            "created": "2026-11-21T10:00:00.000Z",
            "duration": ends if duration_s is None else duration_s,
            "channels": len(channels),
            "models": [MODEL_ID],
            "model_info": {MODEL_ID: {"name": "general-nova-3", "version": "2025-07-31.0", "arch": "nova-3"}},
        },
        "results": results,
    }


def talk(duration_s: float, *, language: str) -> Iterator[Said]:
    """Yield a plausible meeting of two that fills the time: some four seconds a sentence."""
    lines = TALK.get(language.partition("-")[0].lower(), TALK["en"])
    at = 0.2
    for number, line in enumerate(cycle(lines)):
        length = 0.4 * len(line.split())
        if number and at + length > duration_s:
            return
        end = min(at + length, max(duration_s, at + 0.1))
        yield number % 2, round(at, 3), round(end, 3), line
        at = end + 0.3


def error_body(code: str, message: str = "as the script says") -> dict[str, str]:
    """Return an error as Deepgram words it."""
    return {"err_code": code, "err_msg": message, "request_id": REQUEST_ID}


def _utterance(said: Said, *, channel: int, speakers: bool) -> dict[str, Any]:
    speaker, start, end, text = said
    spoken = text.split()
    step = (end - start) / len(spoken)
    who = {"speaker": speaker} if speakers else {}
    words = [
        {
            "word": word.strip(".,?!").lower(),
            "start": round(start + n * step, 3),
            "end": round(start + (n + 1) * step, 3),
            "confidence": 0.9,
            **who,
            "punctuated_word": word,
        }
        for n, word in enumerate(spoken)
    ]
    return {
        "start": start,
        "end": end,
        "confidence": 0.9,
        "channel": channel,
        "transcript": text,
        "words": words,
        **who,
        "id": "2c1f6f0e-0000-4000-8000-000000000000",
    }


def _channel(said: Sequence[dict[str, Any]], detected: str | None) -> dict[str, Any]:
    alternative = {
        "transcript": " ".join(u["transcript"] for u in said),
        "confidence": 0.9 if said else 0.0,
        "words": [word for u in said for word in u["words"]],
    }
    return {"alternatives": [alternative], **({"detected_language": detected} if detected else {})}
