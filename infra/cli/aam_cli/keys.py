"""`aam keys`."""

import os
import sys
from typing import TYPE_CHECKING, cast

import click

from aam_cli.chosen import chosen_target

if TYPE_CHECKING:
    from aam_local.vendor_keys import Vendor

VARIABLES = {"deepgram": "DEEPGRAM_API_KEY", "openai": "OPENAI_API_KEY", "openai_audio": "OPENAI_AUDIO_API_KEY"}
GIVES = {
    "deepgram": "transcripts with speakers",
    "openai": "minutes written by a language model",
    "openai_audio": "transcripts by a speech server of your own that asks for a key",
}


@click.group()
def command() -> None:
    """Give the stack your own keys of Deepgram and OpenAI, or see which it has.

    Without keys everything works offline: transcripts are drafts of Whisper's, minutes are sentences quoted from
    the transcript.  The key openai_audio is for a speech server other than OpenAI's.  Keys are kept in the stack's
    own secret and in .aam/secrets.json (mode 0600).
    """


@command.command(name="set")
@click.argument("vendor", type=click.Choice(list(VARIABLES)))
def set_key(vendor: str) -> None:
    """Store a key: from DEEPGRAM_API_KEY or OPENAI_API_KEY, or else asked for and not shown.

    It is never read from the command line, where other users and the shell's history would see it.
    """
    from aam_local.errors import UserError
    from aam_local.state import load_state
    from aam_local.vendor_keys import read_keys, write_key

    target = chosen_target()
    read_keys(target)  # before anybody types a key in vain
    key = (os.environ.get(VARIABLES[vendor]) or ask(vendor)).strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise UserError(
            f"That is no key of {vendor}: it is empty, or has spaces or letters that no key has; copy it again."
        )
    with target.exclusive(click.echo):
        write_key(target, cast("Vendor", vendor), key)
    click.echo(f"Stored: {GIVES[vendor]}. Functions that are at work see it within 5 minutes.")
    if target.home is not None and load_state(target.home).fakes is not None:
        click.echo(
            "The vendors' stand-ins still answer in their place: 'aam up --real-vendors' goes over to the vendors."
        )


def ask(vendor: str) -> str:
    """Return the key as it is typed unseen, or the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline()
    return str(click.prompt(f"Key of {vendor} (not shown)", hide_input=True))


@command.command()
@click.argument("vendor", type=click.Choice(list(VARIABLES)))
def forget(vendor: str) -> None:
    """Take a key away; the stack goes on offline within 5 minutes."""
    from aam_local.vendor_keys import write_key

    target = chosen_target()
    with target.exclusive(click.echo):
        write_key(target, cast("Vendor", vendor), "")
    click.echo(f"The key of {vendor} is gone.")


@command.command()
def status() -> None:
    """Say which keys are set; values are never shown."""
    from aam_local.vendor_keys import read_keys

    for vendor, key in read_keys(chosen_target()).items():
        click.echo(f"{vendor:12} {'set' if key else f'not set (aam keys set {vendor})'}")
