"""Word documents (.docx) as Teams, Zoom and Google Meet export transcripts: their text, paragraph by paragraph.

Read with the standard library: a zip of which only ``word/document.xml`` is unpacked, in chunks and up to a limit, into
a streaming parser without document types, so that neither a zip bomb nor entities can grow
(ECMA-376, part 1, 17.3: runs and what they hold).
"""

from __future__ import annotations

import io
import zipfile
import zlib
from xml.parsers import expat

from aam.transcription.errors import DocumentUnreadable, TranscriptTooLong
from aam.transcription.imports.limits import MAX_CHARACTERS

SIGNATURE = b"PK\x03\x04"
MAIN_PART = "word/document.xml"
MAX_XML_BYTES = 100 * 1024 * 1024
"""Markup included; five times what a document without formatting could hold as a whole upload."""

TOO_LARGE = "This Word document unpacks to more than 100 MB; export the transcript as .vtt and upload that."

_CHUNK = 64 * 1024
_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_WORD = frozenset(
    f"{namespace} {name}" for namespace in (_NAMESPACE, _STRICT) for name in ("t", "p", "tab", "br", "cr")
)
_UNSEEN = frozenset(
    f"{namespace} {name}" for namespace in (_NAMESPACE, _STRICT) for name in ("del", "moveFrom", "instrText")
) | {"http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"}
"""What holds text that the page does not show: deleted or moved away, codes of fields, and second versions."""


def text_of_document(data: bytes) -> str:
    """Return the document's paragraphs, parted by blank lines; raises DocumentUnreadable or TranscriptTooLong."""
    reader = _Reader()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(MAIN_PART) as part:
            size = 0
            while chunk := part.read(_CHUNK):
                size += len(chunk)
                if size > MAX_XML_BYTES:
                    raise DocumentUnreadable(TOO_LARGE)
                reader.feed(chunk)
        reader.close()
    except (
        zipfile.BadZipFile, zlib.error, expat.ExpatError, KeyError, EOFError, OSError, RuntimeError, ValueError
    ) as error:  # fmt: skip
        raise DocumentUnreadable from error
    return "\n\n".join(paragraph for paragraph in reader.paragraphs if paragraph.strip())


class _Reader:
    """Gathers the text of paragraphs while the XML streams in."""

    def __init__(self) -> None:
        self.paragraphs: list[str] = []
        self._parts: list[str] = []
        self._in_text = False
        self._unseen = 0
        self._characters = 0
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.StartDoctypeDeclHandler = self._refuse
        self.feed = parser.Parse
        self._parser = parser

    def close(self) -> None:
        """Finish; raises ExpatError where the XML is cut off."""
        self._parser.Parse(b"", True)
        self._close_paragraph()

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        if name in _UNSEEN:
            self._unseen += 1
        if name not in _WORD or self._unseen:
            return
        kind = name.rpartition(" ")[2]
        if kind == "t":
            self._in_text = True
        elif kind == "p":
            self._close_paragraph()
        else:
            self._parts.append("\t" if kind == "tab" else "\n")

    def _end(self, name: str) -> None:
        if name in _UNSEEN:
            self._unseen -= 1
        kind = name.rpartition(" ")[2] if name in _WORD else ""
        if kind == "t":
            self._in_text = False
        elif kind == "p":
            self._close_paragraph()

    def _data(self, text: str) -> None:
        if self._in_text and not self._unseen:
            self._characters += len(text)
            if self._characters > MAX_CHARACTERS:
                raise TranscriptTooLong
            self._parts.append(text)

    def _close_paragraph(self) -> None:
        if self._parts:
            self.paragraphs.append("".join(self._parts))
            self._parts.clear()

    def _refuse(self, *_declared: object) -> None:
        raise DocumentUnreadable
