"""What the API's function imports before its first request."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
HEAVY = ("boto3", "botocore", "pg8000", "argon2", "jwt", "alembic", "av", "numpy", "openai", "deepgram", "pocketsphinx")
PROGRAM = f"""
import sys
sys.path[:0] = [{str(ROOT / "functions" / "api")!r}, {str(ROOT / "layers" / "core")!r}]
import app
print(*sorted({{name.partition(".")[0] for name in sys.modules}} & set({HEAVY!r})))
"""


def test_nothing_heavy_is_imported_and_nothing_read_from_the_environment() -> None:
    run = subprocess.run(
        [sys.executable, "-I", "-c", PROGRAM], capture_output=True, text=True, timeout=60, env={}, check=False
    )
    assert (run.returncode, run.stdout.strip()) == (0, ""), run.stdout + run.stderr
