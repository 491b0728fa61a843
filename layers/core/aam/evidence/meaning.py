"""Check an item's meaning by code: contradiction, frame, borrowed words, and quotes repeated unchanged.

It refuses what it sees to be wrong and confirms only repetition; whatever else an item may mean is left to a
reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aam.evidence.claims import keys_of, read
from aam.evidence.context import Context, Surroundings
from aam.evidence.framing import misframed
from aam.evidence.polarity import contradiction, overstatement
from aam.evidence.schemas import Problem, Quote, Support
from aam.evidence.shifts import is_swapped, shifted_time
from aam.evidence.splicing import spliced
from aam.evidence.wording import is_foreign, is_verbatim
from aam.language.tokens import norms_of
from aam.language.tongues import differ, tongue_of
from aam.transcription.schemas import Transcript

_SAMPLE = 200
"""How many utterances, and characters of each, show a transcript's language."""


@dataclass(frozen=True)
class Judgement:
    """Judgement of an item by its meaning alone, with the reason."""

    support: Support
    problems: tuple[Problem, ...] = ()


class Meaning:
    """Judges items against one transcript."""

    def __init__(self, transcript: Transcript) -> None:
        self._surroundings = Surroundings(transcript)
        self._tongue = tongue_of(norms_of(" ".join(u.text[:_SAMPLE] for u in transcript.utterances[:_SAMPLE])))
        self._names = keys_of(
            [norm for speaker in {u.speaker for u in transcript.utterances} for norm in norms_of(speaker)]
        )

    def judge(self, text: str, quotes: Sequence[Quote], section: str) -> Judgement:
        """Return the support that an item's text has by its located quotes; at least one."""
        item = read(text)
        contexts = [self._surroundings.of(quote) for quote in quotes]
        own = tongue_of(item.norms, guess=True)
        translated = any(differ(own, self._tongue_of(context)) for context in contexts)
        frame = misframed(item, contexts, section)
        if frame is not None:
            return _unsupported(f"said_as_{frame}", quotes[0].quote)
        if not translated:
            swapped = is_swapped(item, contexts)
            # "A is cheaper than B" says what "B is dearer than A" does.
            opposite = contradiction(item, contexts)
            if (opposite is None) is swapped:
                return _unsupported("contradicts_quotes", text)
            if shifted_time(item, contexts, section=section) is not None:
                return _unsupported("time_differs", text)
            if spliced(item, contexts) is not None:
                return _unsupported("quotes_mixed", text)
            if overstatement(item, contexts) is not None:
                return _unsupported("quantity_differs", text)
            around = frozenset().union(*(self._surroundings.keys_around(context) for context in contexts))
            if is_foreign(item, contexts, self._names, around):
                return _unsupported("words_not_in_quotes", text)
            if is_verbatim(item, contexts):
                return Judgement(Support.SUPPORTED)
        return Judgement(Support.QUOTED)

    def _tongue_of(self, context: Context) -> str | None:
        """Return the language of some speech; where it does not show there, that of the transcript."""
        tongue = tongue_of(context.reading.norms)
        return self._tongue if tongue == "cyrillic" and self._tongue in {"ru", "uk"} else tongue


def _unsupported(code: str, about: str) -> Judgement:
    return Judgement(Support.UNSUPPORTED, (Problem(code=code, about=about[:200]),))
