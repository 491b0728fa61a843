"""Put the pieces that an OpenAI-compatible server has heard together to the canonical transcript."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from aam.transcription.draft_notes import DraftNote, draft_sentence
from aam.transcription.errors import NoSpeechRecognised
from aam.transcription.offline_draft import Turn, numbered, parted
from aam.transcription.openai_audio_reply import HeardPiece
from aam.transcription.schemas import Transcript
from aam.transcription.whisper.languages import forced_language

ENGINE = "openai_audio"
_ENGLISH = "en"


def from_pieces(pieces: Sequence[HeardPiece], *, language: str) -> Transcript:
    """Return the canonical transcript; raises NoSpeechRecognised when no piece has a word.

    A speaker's label holds within its piece only, so that with several pieces it carries the number of the piece.
    """
    turns = sorted(_turns(pieces), key=lambda turn: (turn.words[0].start_ms, turn.channel or 0))
    if not turns:
        raise NoSpeechRecognised
    found = Counter(piece.language for piece in pieces if piece.language)
    spoken = forced_language(language) or next((each for each, _ in found.most_common(1)), _ENGLISH)
    model = next((piece.model for piece in pieces if piece.model), "")
    return Transcript(
        language=spoken,
        engine=ENGINE,
        model=model,
        version="1",
        label=f"draft, {model}" if any(piece.own_server for piece in pieces) else None,
        notes=tuple(draft_sentence(note, spoken) for note in _notes(pieces)),
        utterances=numbered(turns),
    )


def _turns(pieces: Sequence[HeardPiece]) -> Iterator[Turn]:
    several = len({piece.window.index for piece in pieces if piece.said}) > 1
    for piece in sorted(pieces, key=lambda piece: piece.window.index):
        channel = piece.window.channel
        for said in piece.said:
            label = f"{piece.window.index + 1}-{said.speaker}" if several else said.speaker
            speaker = f"Speaker {label if said.speaker else (channel or 0) + 1}"
            # Words that are whole segments are utterances by themselves.
            groups = parted(said.words) if piece.timed == "word" else [[word] for word in said.words]
            yield from (Turn(speaker=speaker, channel=channel, words=tuple(words)) for words in groups)


def _notes(pieces: Sequence[HeardPiece]) -> Iterator[DraftNote]:
    spoken = [piece for piece in pieces if piece.said]
    if any(piece.timed == "segment" for piece in spoken):
        yield DraftNote.SEGMENT_TIMES
    if any(piece.timed == "piece" for piece in spoken):
        yield DraftNote.PIECE_TIMES
    told_apart = any(said.speaker for piece in spoken for said in piece.said)
    if told_apart and len(spoken) > 1:
        yield DraftNote.SPEAKERS_BY_PIECE
    if not told_apart and all(piece.window.channel is None for piece in pieces):
        yield DraftNote.ONE_SPEAKER
