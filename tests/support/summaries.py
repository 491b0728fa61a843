"""Summaries of real meetings beside those that people wrote: QMSum's validation set, general queries."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aam.artifacts.catalogue import load_catalogue
from aam.artifacts.extractive.engine import draft_extractively
from aam.transcription.schemas import Transcript, Utterance

QMSUM = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "qmsum" / "val"


@dataclass(frozen=True)
class Meeting:
    """A real meeting, and the summaries that people wrote of it."""

    name: str
    transcript: Transcript
    summaries: tuple[str, ...]


@dataclass(frozen=True)
class Rouge:
    """Mean F of ROUGE-1, ROUGE-2 and ROUGE-Lsum in hundredths, and the words of the longest summary."""

    scores: dict[str, float]
    longest: int


def meetings(names: Iterable[str] = ()) -> list[Meeting]:
    """Return the meetings of the set, or those with the names."""
    wanted = set(names)
    paths = [path for path in sorted(QMSUM.glob("*.json")) if not wanted or path.stem in wanted]
    return [_meeting(path) for path in paths]


def _meeting(path: Path) -> Meeting:
    table = json.loads(path.read_text(encoding="utf-8"))
    return Meeting(
        name=path.stem,
        transcript=Transcript(
            language="en",
            engine="import",
            model="qmsum",
            version="1",
            utterances=tuple(
                Utterance(id=n, speaker=turn["speaker"], text=turn["content"])
                for n, turn in enumerate(table["meeting_transcripts"], 1)
            ),
        ),
        summaries=tuple(query["answer"] for query in table["general_query_list"]),
    )


def summary_of(transcript: Transcript) -> list[str]:
    """Return the sentences of the offline engine's summary."""
    draft = draft_extractively(transcript, scenario=load_catalogue().scenario("general"), people=())
    return [item.text for section in draft.sections if section.kind == "summary" for item in section.items]


def rouge(found: Sequence[Meeting]) -> Rouge:
    """Score the summaries of meetings: each against every summary by people."""
    from rouge_score import rouge_scorer  # heavy, and only benchmarks need it

    scorer = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeLsum"], use_stemmer=True)
    totals = dict.fromkeys(("rouge1", "rouge2", "rougeLsum"), 0.0)
    count = longest = 0
    for meeting in found:
        sentences = summary_of(meeting.transcript)
        longest = max(longest, len(" ".join(sentences).split()))
        for reference in meeting.summaries:
            count += 1
            # Lsum counts by lines; the reference's sentences end where a full stop is followed by a space.
            scores = scorer.score(reference.replace(". ", ".\n"), "\n".join(sentences))
            for name in totals:
                totals[name] += 100 * scores[name].fmeasure
    return Rouge({name: total / count for name, total in totals.items()}, longest)
