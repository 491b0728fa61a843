"""`aam demo`: a real recording travels the real system."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import click

SAMPLE = Path("infra/sample/standup.ogg")
SAMPLE_PEOPLE = (("Helen", "developer"), ("Robert", "team lead"))


@click.command()
@click.option("--file", "recording", type=click.Path(path_type=Path), help="A recording of your own (audio or video).")
@click.option(
    "--transcript",
    type=click.Path(path_type=Path),
    help="A transcript instead: .vtt, .srt, .txt, .docx or Deepgram's .json.",
)
@click.option(
    "--language", help="The language spoken, such as en, ru or uk; else it is found out, of a recording by Whisper."
)
@click.option("--title", help="The meeting's title; the file's name otherwise.")
def command(recording: Path | None, transcript: Path | None, language: str | None, title: str | None) -> None:
    """Bring a recording to minutes whose every quote is checked.

    Starts the stack when it is not up, registers a demo user, makes a client and a meeting, uploads through a
    presigned URL, shows each stage as it passes, and prints the minutes.  The files are left in .aam/demo/.
    Without options the sample stand-up is used.
    """
    from aam_cli.demo_run import run_demo
    from aam_local.errors import UserError
    from aam_local.paths import find_home

    if recording and transcript:
        raise UserError("Give either a recording or a transcript, not both: a transcript needs no engine.")
    home = find_home()
    file = recording or transcript or home.root / SAMPLE
    if file.is_dir():
        raise UserError(f"{file} is a folder; give the path of one recording or transcript in it.")
    if not file.is_file():
        raise UserError(f"There is no file {file}; give the path of a recording or a transcript.")
    if file.stat().st_size == 0:
        raise UserError(f"{file} is empty; give a recording or a transcript with something in it.")
    own = recording is not None or transcript is not None
    run_demo(
        home,
        file=file,
        is_transcript=transcript is not None,
        language=language or (None if own else "en"),
        title=title or (file.stem[:200] if own else "Daily stand-up"),
        people=() if own else SAMPLE_PEOPLE,
        tell=teller(),
    )


def teller() -> Callable[[str], None]:
    """Return a function that prints a line with the seconds that have passed."""
    began = time.monotonic()

    def tell(line: str) -> None:
        click.echo(f"{time.monotonic() - began:6.1f} s  {line}")

    return tell
