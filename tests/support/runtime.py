"""A built function under Lambda's own runtime client, in an interpreter that sees nothing but its layers.

Events are handed out by a runtime API on loopback, as Lambda does it:
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

from tests.support.built import path_of
from tests.support.template import functions

CLIENT = ("awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py")
"""What Lambda's image brings along."""


@dataclass
class Runtime:
    """The API's side: one event at a time goes in, its answer or error comes out."""

    server: ThreadingHTTPServer
    events: Queue[Any] = field(default_factory=Queue)
    answers: Queue[tuple[str, Any]] = field(default_factory=Queue)

    def invoke(self, event: Any, *, seconds: float = 60) -> tuple[str, Any]:
        """Hand an event out; ``response`` or ``error``, and what was said."""
        self.events.put(event)
        return self.answers.get(timeout=seconds)


def handler_of(runtime: list[Runtime]) -> type[BaseHTTPRequestHandler]:
    """Return the HTTP side of the runtime API."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            """Answer with the next event; wait until there is one."""
            event = runtime[0].events.get()
            body = json.dumps(event).encode()
            self.send_response(200)
            deadline = int((time.time() + 900) * 1000)
            for name, value in {
                "Content-Type": "application/json",
                "Content-Length": str(len(body)),
                "Lambda-Runtime-Aws-Request-Id": "00000000-0000-4000-8000-000000000001",
                "Lambda-Runtime-Deadline-Ms": str(deadline),
                "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:123456789012:function:cleanup",
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            """Take an answer, or an error."""
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"null")
            runtime[0].answers.put((self.path.rpartition("/")[2], said))
            self.send_response(202)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_said: Any) -> None:
            """Print nothing."""

    return Handler


@contextmanager
def running(name: str, *, folder: Path, environment: dict[str, str]) -> Iterator[Runtime]:
    """Yield a built function that waits for events; ended afterwards."""
    packages = Path(sysconfig.get_paths()["purelib"])
    client = folder / "runtime"
    client.mkdir()
    for found in packages.iterdir():
        if found.name.partition(".")[0] in CLIENT:
            (client / found.name).symlink_to(found)
    made: list[Runtime] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(made))
    server.daemon_threads = True
    made.append(Runtime(server))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"127.0.0.1:{server.server_address[1]}"
    path = [str(client), *(str(each) for each in path_of(name))]
    program = (
        f"import sys; sys.path[:0] = {path!r}\n"
        "from awslambdaric.lambda_runtime_client import LambdaRuntimeClient\n"
        "from awslambdaric import bootstrap\n"
        f"bootstrap.run({functions()[name]['Handler']!r}, LambdaRuntimeClient({address!r}, False))\n"
    )
    log = (folder / "function.log").open("w", encoding="utf-8")
    process = subprocess.Popen(
        [os.path.realpath(sys.executable), "-I", "-S", "-B", "-c", program],
        stdout=log,
        stderr=log,
        env={
            "AWS_LAMBDA_RUNTIME_API": address,
            "LAMBDA_TASK_ROOT": path[1],
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "TZ": "UTC",
            "LANG": "C.UTF-8",
            **environment,
        },
    )
    try:
        yield made[0]
    finally:
        process.kill()
        process.wait(10)
        log.close()
        server.shutdown()
        server.server_close()
