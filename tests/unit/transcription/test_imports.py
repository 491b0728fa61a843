from __future__ import annotations

import json

import pytest

from aam.foundation.errors import AppError
from aam.transcription import errors
from aam.transcription.imports import MAX_BYTES, read_transcript
from aam.transcription.schemas import Transcript
from aam_fakes.deepgram import listen_reply


def read(text: str | bytes, name: str = "m.vtt") -> Transcript:
    data = text.encode() if isinstance(text, str) else text
    return read_transcript(data, filename=name, language="en")


def said(transcript: Transcript) -> list[tuple[str, str]]:
    return [(u.speaker, u.text) for u in transcript.utterances]


def vtt(*cues: tuple[float, float, str]) -> str:
    def clock(at: float) -> str:
        return f"00:{int(at) // 60:02}:{at % 60:06.3f}"

    return "WEBVTT\n\n" + "\n".join(f"{clock(start)} --> {clock(end)}\n{text}\n" for start, end, text in cues)


VTT = """WEBVTT - Stand-up
Kind: captions

NOTE
not spoken
00:00:00.000 -> nothing

STYLE
::cue { color: red }

REGION
id:fred

intro
00:01.500 --> 00:03.000 position:10% line:0
<v.loud Anna Petrenko>We <i>decided</i> to move</v>
the release &amp; the demo

2
00:00:03.250 --> 01:00:04.5
Boris: Fine&nbsp;by me &lt;3
"""


def test_vtt_as_it_is_written_in_the_wild() -> None:
    transcript = read(VTT)
    assert said(transcript) == [
        ("Anna Petrenko", "We decided to move the release & the demo"),
        ("Speaker 1", "Boris: Fine by me <3"),
    ]
    assert [(u.start_ms, u.end_ms) for u in transcript.utterances] == [(1500, 3000), (3250, 3_604_500)]
    assert (transcript.engine, transcript.model, transcript.notes) == ("import", "vtt", ())


def test_srt_with_tags_crlf_and_no_blank_line_between_cues() -> None:
    text = (
        "1\r\n00:00:01,000 --> 00:00:02,000\r\n{\\an8}<b>Anna:</b> hello there\r\n"
        "2\r\n00:00:02,000 --> 00:00:03,000\r\n2 < 3\r\n"
    )
    assert said(read(text, "m.srt")) == [("Anna", "hello there 2 < 3")]


def test_two_voices_of_one_cue_are_two_utterances() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna>Ready?</v>\n<v Boris>Ready.</v>\n"
    transcript = read(text)
    assert said(transcript) == [("Anna", "Ready?"), ("Boris", "Ready.")]
    assert transcript.notes == ()


def test_cues_that_stand_apart_by_speaker_are_sorted_and_a_single_early_one_keeps_its_place() -> None:
    apart = [
        (1, "Anna", "One."),
        (5, "Anna", "Three."),
        (9, "Anna", "Five."),
        (3, "Boris", "Two."),
        (7, "Boris", "Four."),
    ]
    transcript = read(vtt(*((at, at + 1, f"<v {name}>{text}") for at, name, text in apart)))
    assert [u.text for u in transcript.utterances] == ["One.", "Two.", "Three.", "Four.", "Five."]
    assert transcript.notes == ("The cues were not in the order of time; they were sorted.",)
    slipped = read(vtt((5, 9, "Anna: We pay nine"), (4, 8, "Anna: hundred euros."), (10, 11, "Boris: Fine.")))
    assert said(slipped) == [("Anna", "We pay nine hundred euros."), ("Boris", "Fine.")]
    assert [(u.start_ms, u.end_ms) for u in slipped.utterances] == [(5000, 8000), (10_000, 11_000)]
    assert len(slipped.notes) == 2


def test_overlaps_of_one_speaker_are_shortened_and_told() -> None:
    transcript = read(vtt((1, 6, "<v B>One."), (5, 9, "<v B>Two."), (8, 10, "<v A>Three.")))
    assert [(u.start_ms, u.end_ms) for u in transcript.utterances] == [(1000, 5000), (5000, 9000), (8000, 10_000)]
    assert transcript.notes == ("2 cues overlapped the next; where both were one speaker's, the first was shortened.",)


@pytest.mark.parametrize(
    "timing", ["soon --> later", "00:00:0a,000 --> 00:00:03,000", "--> 00:00:03,000", "00:00:02.000 -->"]
)
def test_words_below_unreadable_times_are_kept_between_their_neighbours(timing: str) -> None:
    text = (
        f"WEBVTT\n\n00:01.000 --> 00:02.000\nBefore.\n\n{timing}\nDana: kept.\n\n00:04.000 --> 00:05.000\nDana: yes.\n"
    )
    transcript = read(text)
    assert said(transcript) == [("Speaker 1", "Before."), ("Dana", "kept."), ("Dana", "yes.")]
    assert [(u.start_ms, u.end_ms) for u in transcript.utterances] == [(1000, 2000), (2000, 4000), (4000, 5000)]
    assert transcript.notes == ("1 cue had unreadable times; its words were kept in its place.",)


def test_a_single_time_below_a_number_is_a_timing_line_without_its_end() -> None:
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\nOne.\n\n2\n00:00:04,000\nTwo.\n\n3\n00:00:06,000 --> 00:00:07,000\nThree.\n"
    )
    assert said(read(text)) == [("Speaker 1", "One."), ("Speaker 1", "Two."), ("Speaker 1", "Three.")]


def test_unreadable_times_in_a_row_share_the_gap_and_at_the_ends_take_the_nearest_time() -> None:
    lost = "x --> y\n{}.\n\n"
    text = "WEBVTT\n\n" + lost.format("a") + "00:01.000 --> 00:02.000\nb.\n\n" + lost.format("c") + lost.format("d")
    transcript = read(text + "00:06.000 --> 00:07.000\ne.\n\n" + lost.format("f"))
    assert [(u.text, u.start_ms, u.end_ms) for u in transcript.utterances] == [
        ("a.", 1000, 1000), ("b.", 1000, 2000), ("c.", 2000, 4000), ("d.", 4000, 6000), ("e.", 6000, 7000),
        ("f.", 7000, 7000),
    ]  # fmt: skip
    assert transcript.notes == ("4 cues had unreadable times; their words were kept in their places.",)


def test_a_file_without_one_readable_time_keeps_its_words_without_times() -> None:
    transcript = read("WEBVTT\n\nx --> y\nOne.\n\nx --> y\nTwo.\n")
    assert [(u.text, u.start_ms) for u in transcript.utterances] == [("One.", None), ("Two.", None)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251"])
@pytest.mark.parametrize(
    "words",
    [
        "Мы решили перенести релиз на десятое декабря, потому что платёжный провайдер опаздывает.",
        "Ми вирішили перенести реліз на десяте грудня, бо платіжний провайдер запізнюється. Є її ґанок.",
    ],
)
def test_every_encoding_reads_the_same(encoding: str, words: str) -> None:
    transcript = read(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{words}\n".encode(encoding))
    assert transcript.utterances[0].text == words


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0",
        b"\xff\xfe\x00\x00a\0\0\0",
        bytes(range(128, 256)) * 4,
        b"\xff\xfe\x00\xd8",
        b"\xef\xbb\xbf\xff",
        "decided to move".encode("utf-16-le") + b"x",
    ],
)
def test_what_is_no_text_of_ours_is_refused(data: bytes) -> None:
    with pytest.raises(errors.TranscriptUndecodable):
        read(data, "m.txt")


def test_plain_text_by_lines_and_by_paragraphs() -> None:
    lines = read("Anna: hello all\nlet us start\nBoris: see https://x.org: ok\n", "m.TXT")
    assert said(lines) == [
        ("Anna", "hello all"),
        ("Anna", "let us start"),
        ("Boris", "see https://x.org: ok"),
    ]
    assert lines.has_timing is False
    paragraphs = read("Anna: hello all\nlet us start\n\nand go on\nBoris: yes\n", "m.txt")
    assert said(paragraphs) == [("Anna", "hello all let us start"), ("Anna", "and go on"), ("Boris", "yes")]


@pytest.mark.parametrize(
    "line", ["at 10: we start", "note that: this", "http://x.org/: a", ": empty", "Anna:", "12:30 ok"]
)
def test_what_only_looks_like_a_speaker_stays_text(line: str) -> None:
    assert said(read(line, "m.txt")) == [("Speaker 1", line)]


def test_deepgram_json() -> None:
    transcript = read(json.dumps(listen_reply((0, 0.0, 1.0, "Hello there."), (1, 1.0, 2.0, "Hi."))), "m.json")
    assert said(transcript) == [("Speaker 1", "Hello there."), ("Speaker 2", "Hi.")]
    assert (transcript.engine, transcript.model) == ("import", "json")
    assert transcript.utterances[0].words[1].start_ms == 500


def test_deepgram_json_without_utterances_is_cut_at_speakers_and_pauses() -> None:
    reply = listen_reply((0, 0.0, 1.0, "Hello there."), (0, 3.0, 4.0, "So now."), (1, 4.0, 5.0, "Hi."))
    del reply["results"]["utterances"]
    assert said(read(json.dumps(reply), "m.json")) == [
        ("Speaker 1", "Hello there."),
        ("Speaker 1", "So now."),
        ("Speaker 2", "Hi."),
    ]


@pytest.mark.parametrize("with_utterances", [True, False])
def test_channels_of_deepgram_are_speakers_where_none_were_asked_for(with_utterances: bool) -> None:
    two = listen_reply(
        (0, 0.0, 1.0, "Hello there."),
        (1, 1.0, 2.0, "Hi."),
        (0, 2.0, 3.0, "Go on."),
        by_channel=True,
        speakers=False,
        with_utterances=with_utterances,
    )
    expected = [("Speaker 1", "Hello there."), ("Speaker 2", "Hi."), ("Speaker 1", "Go on.")]
    assert said(read(json.dumps(two), "m.json")) == expected
    for utterance in two["results"].get("utterances", ()):
        del utterance["channel"]
    assert said(read(json.dumps(two), "m.json")) == expected


def test_a_channel_that_deepgrams_utterances_leave_out_is_kept() -> None:
    reply = listen_reply((0, 0.0, 1.0, "Hello there."), (1, 1.0, 2.0, "Hi."), by_channel=True, speakers=False)
    reply["results"]["utterances"] = [u for u in reply["results"]["utterances"] if u["channel"] == 0]
    assert said(read(json.dumps(reply), "m.json")) == [("Speaker 1", "Hello there."), ("Speaker 2", "Hi.")]


@pytest.mark.parametrize(
    ("text", "name", "leaf"),
    [
        ("", "m.vtt", errors.NoCues),
        ("WEBVTT\n\nNOTE nothing\n", "m.vtt", errors.NoCues),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n<b></b>\n", "m.vtt", errors.NoCues),
        (" \n\n ", "m.txt", errors.NoCues),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n♪ ♪\n", "m.vtt", errors.NoCues),
        ("WEBVTT\n\n24:00:00.001 --> 24:00:02.000\nlate\n", "m.vtt", errors.TimesTooLate),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n" + "x" * 100_001, "m.vtt", errors.CueTooLong),
        ("x " * 50_001, "m.txt", errors.CueTooLong),
        ("\n\n".join("x" * 99_000 for _ in range(51)), "m.txt", errors.TranscriptTooLong),
        ('{"hello": 1}', "m.json", errors.ForeignJson),
        ("[" * 100_000, "m.json", errors.ForeignJson),
        ('{"metadata": {"request_id": "r"}, "results": {"channels": []}}', "m.json", errors.ForeignJson),
        (json.dumps(listen_reply()), "m.json", errors.NoCues),
        (json.dumps(listen_reply((0, 0.0, 1.0, "x"))).replace("0.9", "NaN"), "m.json", errors.ForeignJson),
        (json.dumps(listen_reply((0, 0.0, 1.0, "x\0y"))), "m.json", errors.ForeignJson),
        (json.dumps(listen_reply((0, 0.0, 1e17, "x"))), "m.json", errors.ForeignJson),
        (json.dumps(listen_reply((0, 0.0, 1e6, "x"))), "m.json", errors.TimesTooLate),
        (
            json.dumps(listen_reply((0, 0.0, 1.0, "x"))).replace('"channel": 0', '"channel": 1e10'),
            "m.json",
            errors.ForeignJson,
        ),
        ("<!DOCTYPE html><p>x</p>", "m.txt", errors.UnknownTranscriptFormat),
        ("{\\rtf1 x}", "m.txt", errors.UnknownTranscriptFormat),
        ("[Script Info]\nTitle: x", "m.srt", errors.UnknownTranscriptFormat),
        ("x\n" * 200_001, "m.txt", errors.TooManyCues),
        ("WEBVTT\n" + "\n00:01.000 --> 00:02.000\nx\n" * 200_001, "m.vtt", errors.TooManyCues),
        ("x" * (MAX_BYTES + 1), "m.txt", errors.TranscriptTooLarge),
    ],
    ids=lambda value: None if isinstance(value, type) else str(value)[:24],
)
def test_what_cannot_be_used_has_its_own_name(text: str, name: str, leaf: type[AppError]) -> None:
    with pytest.raises(leaf) as caught:
        read(text, name)
    assert caught.value.detail.endswith((".", "!"))
