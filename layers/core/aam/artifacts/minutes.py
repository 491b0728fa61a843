"""Minutes by a language model: window by window, then put together."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from datetime import date
from itertools import chain

from aam.artifacts import errors
from aam.artifacts.catalogue import Scenario
from aam.artifacts.merging import merged
from aam.artifacts.model_client import ModelClient
from aam.artifacts.openai import ENGINE
from aam.artifacts.prompts import Prompt
from aam.artifacts.reply_schema import read_reply, reply_schema
from aam.artifacts.schemas import DraftArtifacts, DraftSection, Purpose
from aam.artifacts.windows import Window, halves, lines_of, window_data, windows_of
from aam.meetings.speech import TAG
from aam.transcription.schemas import Transcript

MAX_WINDOWS = 50
MAX_CUTS = 3
"""How often a window may be halved because of answers that were cut off, each of which is paid."""
NOT_MERGED = "parts not merged"
_LANGUAGE = re.compile(TAG)
"""What is no tag says that several languages were spoken, or came from a file and is none of our words."""


def write_minutes(
    transcript: Transcript,
    *,
    scenario: Scenario,
    people: Sequence[str],
    language: str | None,
    meeting_date: date | None,
    client: ModelClient,
    window_tokens: int,
) -> DraftArtifacts:
    """Draft all sections of a scenario.

    ``language`` is that of the texts, the transcript's where None; quotes stay in the language spoken.  A window that
    is too much for the model is halved.  Minutes whose parts could not be put together are labelled so.  Raises the
    Model… leaves, MeetingTooLong, and VendorBusy when the work has to wait.
    """
    language = language or transcript.language
    windows = windows_of(lines_of(transcript), max_tokens=window_tokens)
    if len(windows) > MAX_WINDOWS:
        raise errors.MeetingTooLong
    parts: list[tuple[DraftSection, ...]] = []
    waiting = deque((window, 0) for window in windows)
    while waiting:
        window, cuts = waiting.popleft()
        try:
            parts.append(_minutes_of(window, scenario=scenario, people=people, language=language, client=client))
        except (errors.ModelReplyTruncated, errors.MeetingTooLong) as error:
            smaller = halves(window)
            cuts += isinstance(error, errors.ModelReplyTruncated)
            if smaller is None or cuts > MAX_CUTS:
                raise
            waiting.extendleft((half, cuts) for half in reversed(smaller))
    draft = DraftArtifacts(
        engine=ENGINE,
        model=client.model,
        prompt_version=scenario.prompt.version,
        language=language,
        sections=tuple(_joined(column) for column in zip(*parts, strict=True)) or _nothing(scenario, language),
    )
    if len(parts) < 2:
        return draft
    try:
        return merged(
            draft,
            scenario=scenario,
            transcript=transcript,
            people=people,
            meeting_date=meeting_date,
            client=client,
            max_tokens=window_tokens,
        )
    except (
        errors.ModelRefused,
        errors.ModelContentFiltered,
        errors.ModelReplyTruncated,
        errors.ModelReplyMismatch,
        errors.MeetingTooLong,
    ):
        return draft.model_copy(update={"label": NOT_MERGED})


def _minutes_of(
    window: Window, *, scenario: Scenario, people: Sequence[str], language: str, client: ModelClient
) -> tuple[DraftSection, ...]:
    prompt = Prompt(
        purpose=Purpose.MAP,
        prompt_version=scenario.prompt.version,
        system=_system(scenario, language),
        data=window_data(window, people=people),
        name="minutes",
        schema=reply_schema(scenario.sections),
    )

    def read(content: str) -> tuple[DraftSection, ...]:
        return read_reply(content, sections=scenario.sections, language=language, utterance_ids=window.utterance_ids)

    return client.ask(prompt, read)


def _system(scenario: Scenario, language: str) -> str:
    """Return our own words only; the language comes last, because the text after it differs between meetings."""
    asked = "\n".join(f"- {section.kind}: {section.instruction}" for section in scenario.sections)
    texts = language if _LANGUAGE.fullmatch(language) else "the one that is spoken most"
    return f"{scenario.prompt.text}\n\nSections:\n{asked}\n\nLanguage of the texts: {texts}"


def _nothing(scenario: Scenario, language: str) -> tuple[DraftSection, ...]:
    """Return the sections of a meeting without speech, for which no model is asked."""
    return tuple(DraftSection(kind=s.kind, title=s.title.in_language(language)) for s in scenario.sections)


def _joined(sections: Sequence[DraftSection]) -> DraftSection:
    """Return one section of all parts, in the order of time."""
    return sections[0].model_copy(update={"items": tuple(chain.from_iterable(s.items for s in sections))})
