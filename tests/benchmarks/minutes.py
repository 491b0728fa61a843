"""What the minutes without keys find of what is true of a meeting, and how near the summary is to one by people.

`make bench ONLY=minutes` scores the scenes of the project; `python -m tests.benchmarks.minutes FOLDER` prints the same
rows for another folder of scenes, and `--details` what was missed and what is wrong.  The rule of matching stands in
`tests.support.scene_scores`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from aam.artifacts.catalogue import load_catalogue
from aam.artifacts.extractive.engine import draft_extractively
from aam.evidence.schemas import CheckedArtifacts
from aam.evidence.verify import verify
from tests.benchmarks.figures import Figure, Skipped
from tests.support.scene_scores import SECTIONS, Score, Tally, score
from tests.support.scenes import SCENES, UNSEEN, Scene, read_scenes
from tests.support.summaries import QMSUM, meetings, rouge

LIMITS = {
    "tasks_recall": 0.75,
    "tasks_precision": 0.7,
    "owners_right": 0.9,
    "due_days_right": 0.85,
    "decisions_recall": 0.7,
    "decisions_precision": 0.7,
    "questions_precision": 0.5,
    "figures_precision": 0.7,
    # What no one asked for is shown with a low limit, so that it cannot quietly become nothing.
    "questions_recall": 0.3,
    "risks_recall": 0.5,
    "risks_precision": 0.5,
    "figures_recall": 0.5,
}
SUMMARY_LIMITS = {"rouge1": 24.0, "rouge2": 4.5, "rougeLsum": 21.5}
SUMMARY_WORDS = 130


def minutes_of(scene: Scene) -> CheckedArtifacts:
    """Return the checked minutes that the offline engine makes of a scene."""
    people = scene.participants
    draft = draft_extractively(scene.transcript, scenario=load_catalogue().scenario("general"), people=people)
    return verify(draft, transcript=scene.transcript, people=people, meeting_date=scene.meeting_date)


def scores_of(scenes: Sequence[Scene]) -> dict[str, list[tuple[Scene, Score]]]:
    """Return the score of every scene, by kind."""
    minutes = [(scene, minutes_of(scene)) for scene in scenes]
    return {kind: [(scene, score(scene, found, kind)) for scene, found in minutes] for kind in SECTIONS}


def rates(scores: dict[str, list[tuple[Scene, Score]]]) -> dict[str, float]:
    """Return recall and precision of every kind over all scenes together, and the shares of right fields."""
    found: dict[str, float] = {}
    for kind, rows in scores.items():
        total = Tally()
        for _, row in rows:
            total.add(row.tally)
        found |= {f"{kind}_recall": total.recall, f"{kind}_precision": total.precision}
        if kind == "tasks":
            matched = max(total.right, 1)
            found |= {"owners_right": total.owners / matched, "due_days_right": total.dues / matched}
    return found


def measure(folder: Path = SCENES) -> Iterator[Figure | Skipped]:
    """Yield a row for each rate of the scenes, and for the summaries of real meetings."""
    found = rates(scores_of(read_scenes(folder)))
    for name, limit in LIMITS.items():
        yield Figure(f"minutes_{name}", round(found[name], 3), "of 1", limit, found[name] >= limit)
    if folder == SCENES:
        unseen = rates(scores_of(read_scenes(UNSEEN)))
        for name in LIMITS:
            # No limit: what is to be reached there would soon be reached by looking.
            yield Figure(f"minutes_unseen_{name}", round(unseen[name], 3), "of 1", 0.0, ok=True)
    if not QMSUM.is_dir():
        yield Skipped("summary_rouge", "no ../shared/data/qmsum beside the project")
        return
    summaries = rouge(meetings())
    for name, wanted in SUMMARY_LIMITS.items():
        yield Figure(f"summary_{name}", round(summaries.scores[name], 2), "F", wanted, summaries.scores[name] >= wanted)
    words = summaries.longest
    yield Figure("summary_longest", words, "words", SUMMARY_WORDS, words <= SUMMARY_WORDS)


def _details(folder: Path) -> Iterator[str]:
    for kind, rows in scores_of(read_scenes(folder)).items():
        for scene, row in rows:
            tally = row.tally
            yield f"\n{scene.name}: {kind}: {tally.right} right of {tally.found} found, {tally.true} true"
            yield from (f"  missed {sorted(truth.turns)}: {truth.text}" for truth in row.missed)
            yield from (f"  wrong {[q.utterance_id for q in item.quotes]}: {item.text}" for item in row.wrong)
            yield from (f"  owner {owner!r}, not {truth.owner!r}: {truth.text}" for truth, owner in row.wrong_owners)
            yield from (f"  due {due!r}, not {truth.due!r}: {truth.text}" for truth, due in row.wrong_dues)


def main(arguments: Sequence[str]) -> int:
    """Print the rows of a folder of scenes, or of the project's own."""
    folders = [Path(argument) for argument in arguments if not argument.startswith("--")]
    folder = folders[0] if folders else SCENES
    if "--details" in arguments:
        sys.stdout.writelines(f"{line}\n" for line in _details(folder))
    missed = False
    for figure in measure(folder):
        if isinstance(figure, Skipped):
            sys.stdout.write(f"{figure.name}  skipped: {figure.why}\n")
            continue
        missed = missed or not figure.ok
        verdict = "ok" if figure.ok else "MISS"
        sys.stdout.write(f"{figure.name}  {figure.value:g} {figure.unit}  {figure.limit:g}  {verdict}\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
