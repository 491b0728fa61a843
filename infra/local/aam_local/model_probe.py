"""Load a model of Whisper as the engine would, and print whether it knows more than English: a program of its own."""

import sys
from pathlib import Path

from aam.foundation.errors import AppError
from aam.transcription.whisper.engine import load_engine


def main(folder: Path) -> None:
    """Print "multilingual" or "english"; exits with the packages' own reason where they cannot load it."""
    try:
        decoder = load_engine(folder)
    except AppError as error:
        sys.exit(f"{error.__cause__ or error.detail}")
    sys.stdout.write("multilingual" if decoder.is_multilingual else "english")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
