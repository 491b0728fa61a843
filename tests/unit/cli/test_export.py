"""`aam export`: one file, checked, for its owner only."""

from __future__ import annotations

import hashlib
import http.server
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import aam_local.invoking
from aam_cli.export import download
from aam_cli.main import main
from aam_local.errors import UserError
from aam_local.paths import Home

C1 = "01930000-0000-7000-8000-0000000000c1"


def aam(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.fixture
def served() -> Iterator[str]:
    """A store that hands out one file."""

    class Store(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/file" else 403)
            self.end_headers()
            self.wfile.write(b"PK the file")

        def log_message(self, *_said: Any) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Store)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_export_is_fetched_checked_and_for_its_owner_only(
    served: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {
        "url": f"{served}/file",
        "sha256": hashlib.sha256(b"PK the file").hexdigest(),
        "size_bytes": 11,
        "members": 3,
        "left_out": 1,
        "not_packed": 2,
    }
    wanted: list[Any] = []

    def answer(_home: Home, output: str, payload: dict[str, Any], *, what: str, seconds: int) -> dict[str, Any]:
        wanted.append((output, payload))
        assert seconds > 900, "an export may take as long as its function lives"
        return made

    monkeypatch.setattr(aam_local.invoking, "call_function", answer)
    file = tmp_path / "x.zip"
    nowhere = aam("export", "client", C1, "--to", str(tmp_path / "none/x.zip"))
    assert (nowhere.exit_code, wanted, "There is no folder" in nowhere.output) == (1, [], True)
    left = tmp_path / "x.zip.partly"
    left.touch()
    left.chmod(0o666)
    done = aam("export", "client", C1, "--to", str(file))
    assert done.exit_code == 0, done.output
    assert wanted == [("ExportFunctionName", {"subject": "client", "id": C1, "recordings": True})]
    assert file.read_bytes() == b"PK the file"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "1 recordings are not in it" in done.output
    assert "2 other objects are not in it; manifest.json says which" in done.output
    assert aam("export", "client", C1, "--to", str(file)).exit_code == 1, "nothing is written over"
    assert len(wanted) == 1


@pytest.mark.parametrize(("path", "digest"), [("/file", "00"), ("/gone", hashlib.sha256(b"PK the file").hexdigest())])
def test_what_is_not_the_file_that_was_made_leaves_nothing(served: str, tmp_path: Path, path: str, digest: str) -> None:
    with pytest.raises(UserError, match="export once more"):
        download(served + path, tmp_path / "x.zip", sha256=digest)
    assert list(tmp_path.iterdir()) == []
