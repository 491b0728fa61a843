from __future__ import annotations

import re
from datetime import date

import pytest

from aam.artifacts.catalogue import load_catalogue
from aam.artifacts.meeting_facts import MeetingFacts
from aam.artifacts.render import escaped, minutes_markdown
from aam.artifacts.schemas import (
    Artifacts,
    FieldKind,
    Item,
    ItemField,
    Priority,
    Problem,
    Quote,
    Section,
    Support,
)

CATALOGUE = load_catalogue()


def quote(text: str, start_ms: int | None = 12_000, speaker: str = "Anna") -> Quote:
    return Quote(quote=text, utterance_id=3, last_utterance_id=3, start_ms=start_ms, end_ms=start_ms, speaker=speaker)


def page(text: str = "Move it.", said: str = "we move it then", language: str = "en", **changes: object) -> str:
    item = Item(
        id="a-1",
        text=text,
        priority=Priority.HIGH,
        fields=(
            ItemField(name="owner", kind=FieldKind.PERSON),
            ItemField(name="due_date", kind=FieldKind.DATE, value=said),
        ),
        quotes=(quote(said), quote(said, None), quote(said, 3_723_000)),
        support=Support.SUPPORTED,
    )
    quoted = item.model_copy(update={"support": Support.QUOTED, "quotes": item.quotes[:1]})
    bad = item.model_copy(
        update={
            "support": Support.UNSUPPORTED,
            "quotes": (),
            "problems": (Problem(code="quote_not_found", about=said),),
        }
    )
    artifacts = Artifacts(
        engine="extractive",
        model="m",
        prompt_version="1",
        label="extractive draft",
        language=language,
        sections=(
            Section(kind="action_items", title="Action items", items=(item, quoted), unsupported=(bad,)),
            Section(kind="risks", title="Risks"),
            Section(kind="dates", title="Dates", items=(quoted,), left_out=3),
        ),
    )
    occasion = MeetingFacts(
        title=text,
        people=(said,),
        held_on=date(2026, 11, 24),
        duration_ms=4_020_000,
        language="uk",
        label="draft, English",
    )
    return minutes_markdown(artifacts, occasion, catalogue=CATALOGUE)


def test_minutes_as_they_look() -> None:
    assert page() == (
        "# Move it.\n\n**Date:** 2026-11-24 · **Duration:** 1 h 7 min · **Language:** Ukrainian\n\n"
        "**Participants:** we move it then\n\n"
        "> **extractive draft**\n\n> Transcript: **draft, English**\n\n## Action items\n\n"
        "- Move it. (Owner: not stated; Due: we move it then; high priority)\n"
        "  - “we move it then” — Anna, 00:12\n"
        "  - “we move it then” — Anna, utterance 3\n"
        "  - “we move it then” — Anna, 1:02:03\n"
        "- Move it. (Owner: not stated; Due: we move it then; high priority)"
        " — _quoted, meaning not confirmed: read the quote_\n"
        "  - “we move it then” — Anna, 00:12\n\n## Dates\n\n"
        "- Move it. (Owner: not stated; Due: we move it then; high priority)"
        " — _quoted, meaning not confirmed: read the quote_\n"
        "  - “we move it then” — Anna, 00:12\n"
        "- _and 3 more that are not shown here_\n\n"
        "_Nothing found for: Risks._\n\n## Unsupported\n\n"
        "_The transcript does not bear these out. Do not rely on them._\n\n### Action items\n\n"
        "- Move it. (Owner: not stated; Due: we move it then; high priority)\n"
        "  - Why: quote\\_not\\_found: we move it then\n\n---\n\n"
        "_These minutes were made without a language model: sentences of the transcript, chosen by rules. A language "
        "model writes better ones. Store a key with `aam keys set openai`, or name a server of your own, then write "
        "them once more: `aam retry --meeting ID --from write_artifacts`._\n"
    )


def test_an_item_whose_text_is_its_quote_shows_it_once_with_speaker_and_time() -> None:
    shown = page("We move it then.", "we move it then")
    assert "- “we move it then” — Anna, 00:12 (Owner: not stated; Due: we move it then; high priority)\n" in shown
    assert "- We move it then." not in shown.partition("## Unsupported")[0]


def test_what_is_not_known_of_a_meeting_is_left_out_of_its_head() -> None:
    artifacts = Artifacts(engine="openai", model="m", prompt_version="1", language="en", sections=())
    assert minutes_markdown(artifacts, MeetingFacts("Stand-up"), catalogue=CATALOGUE) == "# Stand-up\n"
    short = minutes_markdown(artifacts, MeetingFacts("Stand-up", duration_ms=100, language="ja"), catalogue=CATALOGUE)
    assert short == "# Stand-up\n\n**Duration:** 1 min · **Language:** ja\n"


@pytest.mark.parametrize(("language", "hint"), [("ru", "без языковой модели"), ("uk-UA", "без мовної моделі")])
def test_minutes_without_a_model_say_in_their_language_how_to_get_better_ones(language: str, hint: str) -> None:
    assert hint in page(language=language)
    assert "aam keys set openai" in page(language=language)


def test_minutes_speak_the_language_of_the_artifacts() -> None:
    assert "Ответственный: не указано" in page(language="ru")
    assert "— _есть цитата, смысл не подтверждён: прочтите её_" in page(language="ru")
    assert "## Не підтверджено" in page(language="uk-UA")
    assert "— _є цитата, зміст не підтверджено: прочитайте її_" in page(language="uk-UA")


HOSTILE = [
    "# A heading",
    "x\n\n# A heading\n\n- item",
    "- a list",
    "+ a list",
    "1. a list",
    "12) a list",
    "===",
    "---",
    "> a quote",
    "<script>alert(1)</script>",
    "[click](https://evil.example)",
    "![img](https://evil.example/x.png)",
    "`code` ``` fence",
    "**bold** __bold__ _i_ ~~s~~",
    "| a | b |\n|---|---|",
    "&lt;b&gt; &amp; &#60;",
    "\\# \\[",
    "    indented code",
    "a\u2028# b\u0085# c\x0b# d",
    "\u202egnp.exe",
    "<!-- comment",
    "[ref]: https://evil.example",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_can_pass_for_structure(text: str) -> None:
    markdown_it = pytest.importorskip("markdown_it")
    parser = markdown_it.MarkdownIt("commonmark").enable(["table", "strikethrough"])
    kinds = [
        token.type
        for block in parser.parse(page(text, f"{text} x"))
        for token in [block, *(block.children or [])]
        if token.type not in ("text", "text_special")
    ]
    plain = [
        token.type
        for block in parser.parse(page())
        for token in [block, *(block.children or [])]
        if token.type not in ("text", "text_special")
    ]
    assert kinds == plain


@pytest.mark.parametrize("text", HOSTILE)
def test_escaped_text_shows_as_it_stands(text: str) -> None:
    markdown_it = pytest.importorskip("markdown_it")
    html = markdown_it.MarkdownIt("commonmark").renderInline(escaped(text))
    shown = re.sub("&lt;", "<", re.sub("&gt;", ">", html.replace("&quot;", '"'))).replace("&amp;", "&")
    assert shown == " ".join(re.sub("[\u202e\x0b\x85]", lambda m: "" if m.group() == "\u202e" else " ", text).split())
