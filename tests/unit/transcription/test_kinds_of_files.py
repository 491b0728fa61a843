"""Legacy encodings, Word documents, shapes of Deepgram's replies, and labels that are names or none."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from aam.foundation.errors import leaves
from aam.transcription import errors
from aam.transcription.imports import read_transcript, text_of
from aam.transcription.schemas import Transcript
from aam_fakes.deepgram import listen_reply

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def read(text: str | bytes, name: str = "m.txt", participants: tuple[str, ...] = ()) -> Transcript:
    data = text.encode() if isinstance(text, str) else text
    return read_transcript(data, filename=name, language="en", participants=participants)


def said(transcript: Transcript) -> list[tuple[str, str]]:
    return [(u.speaker, u.text) for u in transcript.utterances]


@pytest.mark.parametrize(
    ("encoding", "name", "text"),
    [
        ("cp1252", "Windows-1252", "Zoë: C’est déjà réglé – à Genève."),
        ("cp1252", "Windows-1252", "Grüße aus Köln, bis zur nächsten Woche"),
        ("latin-1", "Windows-1252", "¿Qué pasó? Mañana lo envío."),
        ("cp1250", "Windows-1250", "Wyślę umowę jutro, będzie płatność"),
        ("cp1250", "Windows-1250", "Dobře, pošlu smlouvu příští týden."),
        ("cp1251", "Windows-1251", "Анна: да."),
        ("cp1251", "Windows-1251", "Да"),
        ("cp1251", "Windows-1251", "ДА, СОГЛАСЕН"),
        ("cp1251", "Windows-1251", "Ірина: так."),
        ("cp1251", "Windows-1251", "№ 5 — это цена"),
        ("koi8-r", "KOI8-U", "Мы решили перенести релиз на десятое декабря"),
        ("koi8-u", "KOI8-U", "Гаразд, я надішлю договір."),
        ("cp866", "CP866", "Олег: Хорошо, пришлю договор."),
        ("mac-cyrillic", "Mac Cyrillic", "Олег: Хорошо, пришлю договор завтра утром."),
    ],
)
def test_legacy_encodings_are_told_apart_by_their_text(encoding: str, name: str, text: str) -> None:
    transcript = read(text.encode(encoding))
    assert text.endswith(transcript.utterances[0].text)
    assert transcript.notes == (f"The file was read as {name}.",)


def docx(*paragraphs: str, before: str = "") -> bytes:
    body = "".join(f"<w:p>{paragraph}</w:p>" for paragraph in paragraphs)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"{before}<w:document {WORD}><w:body>{body}</w:body></w:document>")
    return made.getvalue()


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def test_a_word_document_of_teams_is_read_with_speakers_and_times() -> None:
    document = docx(
        run("Weekly-20261130-Meeting Recording"),
        run("November 30, 2026, 10:00AM"),
        run("Dana ") + run("Reyes") + run("   0:03") + "<w:r><w:br/></w:r>" + run("We pay 900 &amp; no more."),
        f"{run('Oleh Bondar')}{run('   0:12')}<w:r><w:br/></w:r>{run('I will send it.')}<w:del>{run('Never.')}</w:del>",
        run("Oleh Bondar stopped transcription"),
    )
    transcript = read(document, "m.docx")
    assert said(transcript) == [("Dana Reyes", "We pay 900 & no more."), ("Oleh Bondar", "I will send it.")]
    assert [u.start_ms for u in transcript.utterances] == [3000, 12_000]
    assert transcript.notes[0].startswith("3 lines that the exporting program added")
    assert "Dana Reyes   0:03\nWe pay 900 & no more." in text_of(document)


@pytest.mark.parametrize(
    ("data", "leaf"),
    [
        (b"PK\x03\x04 nothing", errors.DocumentUnreadable),
        (docx(run("&e;"), before='<!DOCTYPE d [<!ENTITY e "x">]>'), errors.DocumentUnreadable),
        (docx("<w:unclosed>"), errors.DocumentUnreadable),
        (docx(" " * 101 * 1024 * 1024), errors.DocumentUnreadable),
        (docx(run("x" * 5_000_001)), errors.TranscriptTooLong),
        (docx(run(" ")), errors.NoCues),
    ],
    ids=["no zip", "entities", "broken", "zip bomb", "too long", "empty"],
)
def test_a_document_that_cannot_be_used_is_refused_before_it_grows(data: bytes, leaf: type[Exception]) -> None:
    with pytest.raises(leaf):
        read(data, "m.docx")


def reply(**changes: Callable[[Any], Any]) -> Any:
    made = listen_reply((0, 0.0, 1.0, "Hello there."), (1, 1.0, 2.0, "Hi."))
    for change in changes.values():
        made = change(made)
    return made


def without(key: str) -> Callable[[Any], Any]:
    def change(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: change(inner) for name, inner in value.items() if name != key}
        return [change(inner) for inner in value] if isinstance(value, list) else value

    return change


def test_replies_are_read_in_a_wrapper_and_without_what_is_not_needed() -> None:
    bare = reply()
    for shape in (
        {"result": bare, "error": None},
        [bare],
        {"response": bare},
        without("request_id")(bare),
        without("metadata")(bare),
        without("utterances")(bare),
    ):
        assert said(read(json.dumps(shape))) == [("Speaker 1", "Hello there."), ("Speaker 2", "Hi.")]


def test_a_reply_with_paragraphs_only_or_bare_text_is_read() -> None:
    sentences = [{"text": "Hello there.", "start": 0, "end": 1}, {"text": "So.", "start": 1, "end": 2}]
    alternative = {
        "paragraphs": {"paragraphs": [{"sentences": sentences, "speaker": 4}]},
        "transcript": "Hello there. So.",
    }
    shape = {"results": {"channels": [{"alternatives": [alternative]}]}}
    (only,) = read(json.dumps(shape)).utterances
    assert (only.text, only.start_ms, only.end_ms) == ("Hello there. So.", 0, 2000)
    del alternative["paragraphs"]
    (only,) = read(json.dumps(shape)).utterances
    assert (only.text, only.start_ms, only.end_ms) == ("Hello there. So.", None, None)


def test_an_utterance_whose_words_are_not_its_text_stays_whole() -> None:
    made = reply()
    first = made["results"]["utterances"][0]
    first["words"][1]["speaker"] = 1
    assert said(read(json.dumps(made)))[0] == ("Speaker 1", "Hello")
    first["transcript"] = "Hello over there."
    assert said(read(json.dumps(made)))[0] == ("Speaker 1", "Hello over there.")


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        ({"err_code": "Bad Request", "err_msg": "x"}, "an error that Deepgram answered"),
        ({"result": None, "error": {"message": "x"}}, "an error that Deepgram answered"),
        ({"request_id": "r"}, "only acknowledges"),
        ({"type": "Results", "channel": {}}, "live stream"),
        ({"metadata": {}, "results": {}}, "no channels"),
        ({"hello": 1}, "no reply of Deepgram's"),
    ],
)
def test_json_that_is_no_reply_is_refused_with_the_reason(shape: Any, reason: str) -> None:
    with pytest.raises(errors.ForeignJson, match=reason):
        read(json.dumps(shape), "m.json")


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ("anna-pc: hello\nboris: hi\nanna-pc: so\nboris: ok", ["anna-pc", "boris", "anna-pc", "boris"]),
        ("I: Why?\nR: Because.\nI: And?\nR: So.", ["I", "R", "I", "R"]),
        ("Спикер №1: Кто?\nСпикер №2: Я.", ["Спикер №1", "Спикер №2"]),
        ("(speaker 0) Who?\n(speaker 1) I.", ["speaker 0", "speaker 1"]),
        ("田中：はい。\n佐藤：はい。", ["田中", "佐藤"]),
        ("გიორგი: კარგი.\nნინო: კარგი.", ["გიორგი", "ნინო"]),
        ("Anna van der Berg: Yes.\nО. Петренко: Так.", ["Anna van der Berg", "О. Петренко"]),
        ("Dana & Oleh: Yes.\niPhone (2): No.\nDana & Oleh: So.", ["Dana & Oleh", "iPhone (2)", "Dana & Oleh"]),
        ("**Dana:** Yes.\n**Oleh:** No.", ["Dana", "Oleh"]),
        ("Dana: Yes.\nOleh: No.\nDana: Deadline: Friday.\nBudget: 900.", ["Dana", "Oleh", "Dana", "Dana"]),
        ("Good morning.\nDecision: we ship.\nNext steps: none.", ["Speaker 1"] * 3),
        ("The point is: we ship.\nThe point is: we pay.", ["Speaker 1"] * 2),
        ("Рішення: так.\nБюджет: 900.", ["Speaker 1"] * 2),
    ],
)
def test_a_label_is_a_name_by_how_the_file_uses_it(text: str, speakers: list[str]) -> None:
    assert [u.speaker for u in read(text).utterances] == speakers


def test_identifiers_that_name_speakers_need_no_blank_line_before_them() -> None:
    text = "WEBVTT\n\nDana Reyes\n00:01.000 --> 00:03.000\nPlease send.\nOleh Bondar\n00:04.000 --> 00:06.000\nFine.\n"
    assert said(read(text)) == [("Dana Reyes", "Please send."), ("Oleh Bondar", "Fine.")]


def test_a_participant_is_a_speaker_however_the_name_is_written() -> None:
    text = "Good morning.\nreyes, dana: yes\nwho knows: me"
    assert [u.speaker for u in read(text).utterances] == ["Speaker 1"] * 3
    assert [u.speaker for u in read(text, participants=("Dana Reyes",)).utterances] == [
        "Speaker 1", "reyes, dana", "reyes, dana"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "marker",
    [
        "(speaker ?)", "(speaker unknown)", "[UNKNOWN]:", "[SPEAKER_?]", "[SPEAKER_?]:", "[speaker_unknown]:",
        "Unknown Speaker:", "UNKNOWN:", "Speaker ?:", "Speaker?:", "Unidentified speaker:", "Anonymous:",
        "Неизвестный:", "Неизвестный спикер:", "[Неизвестно]:", "Невідомий:", "Невідомий мовець:", "НЕВІДОМО:",
        "Unbekannter Sprecher:", ">> UNKNOWN:",
    ],
)  # fmt: skip
def test_a_marker_of_an_unknown_voice_is_no_name_and_no_speech(marker: str) -> None:
    lines = ["Dana: We have begun.", f"{marker} Who has the floor?", "Dana: You have.", f"{marker} Thanks."]
    expected = [
        ("Dana", "We have begun."), ("Speaker 1", "Who has the floor?"), ("Dana", "You have."), ("Speaker 1", "Thanks.")
    ]  # fmt: skip
    srt = "\n".join(f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\n{line}\n" for n, line in enumerate(lines, 1))
    for text in (srt, "\n\n".join(lines)):
        assert [(u.speaker, u.text) for u in read(text).utterances] == expected


def test_unknown_voices_in_tags_identifiers_and_headers_are_unnamed() -> None:
    cue = "00:0{}.000 --> 00:0{}.900\n{}\n\n"
    tagged = "WEBVTT\n\n" + cue.format(1, 1, "<v Unknown Speaker>Hello.") + cue.format(3, 3, "<v Dana>Yes.")
    webex = (
        'WEBVTT\n\n1 "Unknown Speaker" (0)\n' + cue.format(1, 1, "Hello.") + '2 "Dana" (1)\n' + cue.format(3, 3, "Yes.")
    )
    headed = "Unknown Speaker  0:01\nHello.\n\nDana Reyes  0:03\nYes.\n"
    for text, name in ((tagged, "Dana"), (webex, "Dana"), (headed, "Dana Reyes")):
        assert [(u.speaker, u.text) for u in read(text).utterances] == [("Speaker 1", "Hello."), (name, "Yes.")]


def test_an_unknown_voice_gets_a_number_that_no_other_has_and_numbered_ones_keep_theirs() -> None:
    text = "(speaker 0) One.\n(speaker 1) Two.\n(speaker ?) Three.\n(speaker 0) Four.\nUnknown 2: Five.\n"
    assert [u.speaker for u in read(text).utterances] == [
        "speaker 0", "speaker 1", "Speaker 2", "speaker 0", "Unknown 2"
    ]  # fmt: skip


@pytest.mark.parametrize("line", ["Who ?: nobody knows.", "[?] is what it said."])
def test_words_that_only_resemble_such_a_marker_are_speech(line: str) -> None:
    assert [u.text for u in read(f"Dana: Well.\n{line}\nDana: So.\n").utterances][1] == line


def test_rolling_captions_are_told_from_true_repetitions() -> None:
    def srt(*cues: tuple[int, int, str]) -> str:
        return "\n".join(f"{n}\n00:00:00,{a:03} --> 00:00:00,{b:03}\n{t}\n" for n, (a, b, t) in enumerate(cues, 1))

    rolling = read(
        srt(
            (0, 200, "one two"),
            (200, 210, "one two"),
            (210, 400, "one two\nyes, yes"),
            (400, 600, "yes, yes\nyes, yes"),
        )
    )
    assert " ".join(u.text for u in rolling.utterances) == "one two yes, yes yes, yes"
    repeated = read(srt((0, 200, "Yes."), (200, 400, "Yes."), (400, 600, "Yes.")))
    assert [u.text for u in repeated.utterances] == ["Yes."] * 3
    growing = read(srt((0, 200, "we"), (200, 400, "we agreed"), (400, 600, "we agreed that")))
    assert [u.text for u in growing.utterances] == ["we agreed that"]


def test_what_is_said_again_after_a_pause_stays_twice_in_growing_captions() -> None:
    def vtt(*cues: tuple[float, float, str]) -> str:
        return "WEBVTT\n\n" + "\n".join(f"00:{a:06.3f} --> 00:{b:06.3f}\n{t}\n" for a, b, t in cues)

    growing = [(1.0, 2.0, "We agreed"), (2.0, 3.0, "We agreed on the"), (3.0, 3.2, "We agreed on the price.")]
    again = [(3.2, 3.9, "Yes."), (5.1, 5.8, "Yes."), (5.8, 6.5, "Yes. Good.")]
    transcript = read(vtt(*growing, *again))
    assert [u.text for u in transcript.utterances] == ["We agreed on the price.", "Yes.", "Yes.", "Good."]
    two_lines = read(vtt((1, 2, "one"), (2, 3, "one\ntwo"), (3, 4, "two\nYes."), (5, 6, "Yes."), (6, 7, "Yes.\nEnd.")))
    assert " ".join(u.text for u in two_lines.utterances) == "one two Yes. Yes. End."
    timed = [
        (1, 2, "one<00:01.500><c> two</c>"),
        (4, 5, "one two\nthree<00:04.500><c> four</c>"),
        (5, 6, "three four\nfive<00:05.500><c> six</c>"),
    ]
    assert " ".join(u.text for u in read(vtt(*timed)).utterances) == "one two three four five six"


def test_no_refusal_of_an_import_says_to_try_again() -> None:
    refusals = [leaf for leaf in leaves() if leaf.__module__ == errors.__name__ and leaf.http_status in (413, 422)]
    assert refusals
    assert not [leaf.code for leaf in refusals if "again" in leaf.sentence or "anew" in leaf.sentence]
