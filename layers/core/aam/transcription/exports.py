"""A transcript as WebVTT, SubRip or plain text; its JSON is the schema itself.

Importing what was exported gives the same texts, whatever they hold: markup characters travel as entities
and a text never spans lines, so no text can end its cue or forge another.
"""

from __future__ import annotations

from collections.abc import Iterator

from aam.transcription.errors import NoTiming
from aam.transcription.imports.cues import one_line
from aam.transcription.imports.labels import is_label
from aam.transcription.schemas import Transcript, Utterance


def to_vtt(transcript: Transcript) -> str:
    """Return WebVTT with the speakers as voice tags; raises NoTiming without times."""
    _demand_timing(transcript)
    blocks = ["WEBVTT\n"]
    for number, utterance in _numbered(transcript):
        text = _escaped(utterance.text).replace(">", "&gt;").replace("{\\", "&#123;\\")
        voice = _escaped(utterance.speaker).replace(">", "&gt;")
        span = f"{_clock(utterance.start_ms, '.')} --> {_clock(utterance.end_ms, '.')}"
        blocks.append(f"{number}\n{span}\n<v {voice}>{text}\n")
    return "\n".join(blocks)


def to_srt(transcript: Transcript) -> str:
    """Return SubRip with ``Name: text``; raises NoTiming without times."""
    _demand_timing(transcript)
    labels = _labels(transcript)
    blocks = []
    for number, utterance in _numbered(transcript):
        # Most players show entities as they stand, so only what would break the file or be taken for a tag
        # is escaped.
        text = _escaped(utterance.text).replace("-->", "--&gt;").replace("{\\", "&#123;\\")
        span = f"{_clock(utterance.start_ms, ',')} --> {_clock(utterance.end_ms, ',')}"
        blocks.append(f"{number}\n{span}\n{labels[utterance.speaker]}: {text}\n")
    return "\n".join(blocks)


def to_txt(transcript: Transcript) -> str:
    """Return plain text, one paragraph an utterance, each with its speaker."""
    labels = _labels(transcript)
    return "\n".join(f"{labels[u.speaker]}: {_clean(u.text)}\n" for _, u in _numbered(transcript))


def _demand_timing(transcript: Transcript) -> None:
    if not transcript.has_timing:
        raise NoTiming


def _numbered(transcript: Transcript) -> Iterator[tuple[int, Utterance]]:
    return enumerate((u for u in transcript.utterances if _clean(u.text)), 1)


def _labels(transcript: Transcript) -> dict[str, str]:
    """Return the labels; a name that cannot stand before a colon becomes neutral, lest a text pass for a name."""
    labels: dict[str, str] = {}
    for utterance in transcript.utterances:
        if utterance.speaker not in labels:
            name = _clean(utterance.speaker)
            labels[utterance.speaker] = name if is_label(name) else f"Speaker {len(labels) + 1}"
    return labels


def _clean(text: str) -> str:
    return one_line(text.replace("\0", " "))


def _escaped(text: str) -> str:
    return _clean(text).replace("&", "&amp;").replace("<", "&lt;")


def _clock(milliseconds: int | None, mark: str) -> str:
    seconds, rest = divmod(milliseconds or 0, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{mark}{rest:03}"
