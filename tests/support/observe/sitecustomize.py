"""Imported by every Lambda worker of the tests' stack before anything else: sees what the worker does.

Python imports a module of this name when it starts; the emulator hands its PYTHONPATH on to its workers, so no
product code knows of this.  Standard library only.  Three things are done:

- one JSON line each for calls of AWS APIs (botocore's own event ``provide-client-params``, which presigning emits as
  well) and for events answered, into ``records/<pid>.jsonl`` beside this file; never any content, only names and sizes;
- a worker whose function is named by a file in ``holds/`` stops at that point of its next event (``event``: before the
  handler, ``call``: at its first call of AWS, the name of an operation: at its next call of that one, ``reply``: when
  all is done but not said), tells its pid, and goes on
  when the file is gone: so a test can kill it there, or let other things happen first;
- where the setting TESTS_OLDER_DAYS is, listings say that objects and unfinished uploads are older by so many days.
"""

import json
import os
import sys
import time
from datetime import timedelta
from importlib.machinery import PathFinder
from pathlib import Path

HERE = Path(__file__).resolve().parent
FUNCTION = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")
MEMORY_MB = int(os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "0") or 0)
HELD_AT_MOST_S = 120
NOTED = (
    *("Bucket", "Key", "Prefix", "UploadId", "PartNumber", "ContentLength", "CopySource", "StackName"),
    *("QueueUrl", "SecretId", "TableName", "FunctionName", "stateMachineArn", "executionArn"),
)
"""Parameters of AWS calls that name resources and sizes."""


def record(**line):
    """Append one line to this worker's file."""
    with (HERE / "records" / f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"function": FUNCTION, "pid": os.getpid(), **line}) + "\n")


def peak_kb():
    """Return the peak memory of this process, kB; getrusage would count the emulator's at the fork."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), 0)


def hold(point):
    """Stop here if a test asked for it."""
    asked = HERE / "holds" / f"{FUNCTION}.{point}"
    held = asked.with_name(f"{asked.name}.held")
    part = asked.with_name(f"{asked.name}.{os.getpid()}")
    try:
        asked.rename(part)  # only one worker succeeds
    except OSError:
        return
    part.write_text(str(os.getpid()), encoding="ascii")
    part.rename(held)
    until = time.monotonic() + HELD_AT_MOST_S
    while held.exists() and time.monotonic() < until:
        time.sleep(0.01)


class Events:
    """Standard input: the emulator sends one line to begin, and then a line for each event."""

    def __init__(self, real):
        self.real = real
        self.begun = False

    def __getattr__(self, name):
        """Delegate everything else."""
        return getattr(self.real, name)

    def readline(self, *limit):
        """Return the next event; its size goes into the answer's record."""
        line = self.real.readline(*limit)
        if not self.begun:
            self.begun = True
        elif line:
            Answers.request = len(line.encode())
            if '"warm": true' not in line[:60]:
                hold("event")
        return line


class Answers:
    """Standard output: one line for each event answered, and one to say that the worker is ready."""

    request = 0

    def __init__(self, real):
        self.real = real

    def __getattr__(self, name):
        """Delegate everything else."""
        return getattr(self.real, name)

    def write(self, text):
        """Record the answer before it goes out."""
        if Answers.request and text.startswith('{"status": '):
            record(
                what="answered",
                request=Answers.request,
                reply=len(text.encode()),
                failed=not text.startswith('{"status": "ok"'),
                peak_kb=peak_kb(),
                memory_mb=MEMORY_MB,
            )
            Answers.request = 0
            if text.strip() != '{"status": "ok", "result": {"warm": true}}':
                hold("reply")
        return self.real.write(text)


def note(params, model, context=None, **_others):
    """Record one call, or the signing of one."""
    named = {name: params[name] for name in NOTED if name in params}
    body = params.get("Body")
    record(
        what="call",
        service=model.service_model.service_name,
        operation=model.name,
        params=named,
        keys=[entry["Key"] for entry in params.get("Delete", {}).get("Objects", [])],
        body=len(body) if isinstance(body, (bytes, bytearray, memoryview)) else None,
        presigned=bool(context and context.get("is_presign_request")),
    )
    if Answers.request:
        hold("call")
        hold(model.name)


def grow_older(parsed, **_others):
    """Make what a store lists older."""
    by = timedelta(days=int(os.environ["TESTS_OLDER_DAYS"]))
    for kind, moment in (("Versions", "LastModified"), ("DeleteMarkers", "LastModified"), ("Uploads", "Initiated")):
        for each in parsed.get(kind, ()):
            each[moment] -= by


class Botocore:
    """A finder that adds our listener to those that botocore gives every session."""

    def find_spec(self, name, path, target=None):
        """Change one module only."""
        if name != "botocore.handlers":
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is None or spec.loader is None:
            return None
        loaded = spec.loader.exec_module

        def load(module):
            loaded(module)
            module.BUILTIN_HANDLERS.append(("provide-client-params", note))
            if "TESTS_OLDER_DAYS" in os.environ:
                module.BUILTIN_HANDLERS.append(("after-call.s3", grow_older))

        spec.loader.exec_module = load
        return spec


if FUNCTION:
    sys.meta_path.insert(0, Botocore())
    sys.stdin, sys.stdout = Events(sys.stdin), Answers(sys.stdout)
