"""The emulator's program: MiniStack, with three of its habits changed.

Run by the interpreter of the emulator's own environment, which has none of our packages.

MiniStack writes its state only when it ends gracefully, so a kill -9 would cost the stack; SIGUSR1 asks for the same
save at any time.  The handler runs on the main thread, that is between two events of the server's loop, like the save
at shutdown.

It also unpacks every layer anew for every worker, which is most of what a cold start costs here.  AWS mounts one
read-only copy; so does this: each zip is unpacked once, under its content's hash, and a worker gets links to it.

And it lets pages of any origin call it, without checking signatures outside of S3, so a page in the browser of
whoever runs the stack could ask Secrets Manager for their vendors' keys.  Browsers name a page's origin; requests that
have one reach the API and presigned objects only.
"""

import hashlib
import os
import signal
import threading
import types
import zipfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import lambda_runtime

Application = Callable[..., Awaitable[None]]
"""An ASGI application."""

SAVED = "saved"
"""Touched in the state folder after each save on demand: whoever asked waits for it."""

UNPACKED = Path(os.environ.get("TMPDIR", "."), "unpacked")
_unpacking = threading.Lock()


class SharedZip(zipfile.ZipFile):
    """A zip whose extraction is a link to the one unpacked copy of the same content."""

    def extractall(self, path=None, members=None, pwd=None):  # type: ignore[no-untyped-def]  # noqa: ARG002
        """Link each top-level entry into ``path``."""
        with Path(str(self.filename)).open("rb") as archive:
            copy = UNPACKED / hashlib.file_digest(archive, "sha256").hexdigest()
        with _unpacking:
            if not copy.exists():
                part = copy.with_suffix(".part")
                super().extractall(part)
                part.rename(copy)
        Path(str(self.filename)).unlink()  # the worker's own copy of the zip is not read again
        for entry in copy.iterdir():
            Path(path, entry.name).symlink_to(entry)


def meant_for_pages(scope: Mapping[str, Any]) -> bool:
    """Return whether a page may send this request: to the API, or with a presigned URL of an object."""
    headers = {name.lower() for name, _ in scope["headers"]}
    if b"x-amz-target" in headers:
        return False
    if scope["path"].startswith("/_aws/execute-api/"):
        return True
    presigned = b"X-Amz-Signature=" in scope["query_string"] and b"%2Fs3%2Faws4_request" in scope["query_string"]
    return presigned and scope["path"].strip("/").count("/") > 0


def guarded(serve: Application) -> Application:
    """Return the emulator's application, closed to the pages of a browser except where they belong."""

    async def application(scope: Mapping[str, Any], receive: Any, send: Callable[..., Awaitable[None]]) -> None:
        from_page = scope["type"] == "http" and any(name.lower() == b"origin" for name, _ in scope["headers"])
        if from_page and not meant_for_pages(scope):
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await serve(scope, receive, send)

    return application


def _save(_signal: int, _frame: types.FrameType | None) -> None:
    app.save_all(app._build_persistence_save_dict())
    Path(os.environ["STATE_DIR"], SAVED).touch()


if __name__ == "__main__":
    UNPACKED.mkdir()
    lambda_runtime.zipfile = types.SimpleNamespace(**{**vars(zipfile), "ZipFile": SharedZip})
    signal.signal(signal.SIGUSR1, _save)
    app.app = guarded(app.app)
    app.main()
