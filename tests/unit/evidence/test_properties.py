from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aam.evidence.schemas import DraftArtifacts, DraftItem, DraftQuote, DraftSection, FieldKind, ItemField, Section
from aam.evidence.verify import verify
from aam.language.cleaning import clean
from aam.language.tokens import norms_of
from aam.transcription.schemas import Transcript, Utterance

_PIECES = """
we decided not to pay 5 000 $5 5% -3 1.5 1,000 2026-12-04 4.12.2026 31/31/99 december fourth tenth of the may
Anna anna Boris не ни двадцать пять тысяч декабря 99999999999999999999 ½ 10² 4th 5k v2 one hundred and five
per cent million with a half с половиной ’ ' « … -- ﷺ ﬃ İ ß é ё \u200b \u202e \u0301 ٣ ① Ⅷ ℛ 二 can't ’tis
x''y . , : ! #
"""
_TEXT = st.one_of(st.lists(st.sampled_from(_PIECES.split()), max_size=12).map(" ".join), st.text(max_size=30))


@given(
    said=st.lists(_TEXT, min_size=1, max_size=6),
    quote=_TEXT,
    cites=st.integers(-1, 7),
    text=_TEXT,
    value=_TEXT,
    kind=st.sampled_from(FieldKind),
)
def test_nothing_written_can_break_the_check_or_forge_a_quote(
    said: list[str], quote: str, cites: int, text: str, value: str, kind: FieldKind
) -> None:
    transcript = Transcript(
        language="en",
        engine="e",
        model="m",
        version="1",
        utterances=tuple(Utterance(id=n, speaker="Anna", text=t) for n, t in enumerate(said, 1)),
    )
    field = ItemField(name="f", kind=kind, value=value)
    quotes = (
        DraftQuote(quote=quote, utterance_id=cites),
        DraftQuote(quote=said[0], utterance_id=1),
        DraftQuote(quote=" ".join(said[1:4]), utterance_id=3),
    )
    draft = DraftArtifacts(
        engine="e",
        model="m",
        prompt_version="1",
        language="en",
        sections=(
            DraftSection(kind="k", title="t", items=(DraftItem(text=text, fields=(field,), quotes=quotes),)),
            DraftSection(kind="k", title="t", items=(DraftItem(text=said[0], quotes=quotes[1:2]),)),
        ),
    )
    first, second = verify(draft, transcript=transcript, people=("Boris",)).sections
    for item in first.items + first.unsupported:
        for found in item.quotes:
            span = said[found.utterance_id - 1 : found.last_utterance_id]
            assert len(span) <= 3
            assert f" {' '.join(norms_of(found.quote))} " in f" {' '.join(norms_of(' '.join(span)))} "
            assert found.quote in clean(" ".join(" ".join(t for t in span if norms_of(t)).split()))
    # What is quoted whole supports itself; only what was said next to it may deny, doubt or limit it, or take it back.
    if len(said[0].split()) >= 4 and len(norms_of(said[0])) >= 4:
        assert _codes(second) <= _OF_TEXT | _OF_NEIGHBOURS
        alone = transcript.model_copy(update={"utterances": transcript.utterances[:1]})
        (_, second) = verify(draft, transcript=alone, people=("Boris",)).sections
        assert _codes(second) <= _OF_TEXT


_OF_TEXT = {"quote_too_short", "hidden_characters", "mixed_scripts"}
_OF_NEIGHBOURS = {"contradicts_quotes", "said_as_retraction", "said_as_hedge", "said_as_condition"}


def _codes(section: Section) -> set[str]:
    return {problem.code for item in section.unsupported for problem in item.problems}
