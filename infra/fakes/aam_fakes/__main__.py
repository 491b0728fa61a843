"""``python -m aam_fakes``: both vendors on the loopback, until it is stopped."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading

from aam_fakes.deepgram import DeepgramFake
from aam_fakes.openai import OpenAIFake
from aam_fakes.scripted_server import FakeServer


def main() -> None:
    """Serve on the ports given (0: free ones); the first line of output is JSON that says where."""
    parser = argparse.ArgumentParser(prog="aam_fakes", description=__doc__)
    parser.add_argument("--deepgram-port", type=int, default=0)
    parser.add_argument("--openai-port", type=int, default=0)
    asked = parser.parse_args()
    over = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: over.set())
    fakes: dict[str, FakeServer] = {
        "deepgram": DeepgramFake(asked.deepgram_port),
        "openai": OpenAIFake(asked.openai_port),
    }
    for fake in fakes.values():
        fake.start()
    sys.stdout.write(json.dumps({vendor: fake.url for vendor, fake in fakes.items()}) + "\n")
    sys.stdout.flush()
    told = dict.fromkeys(fakes, 0)
    while not over.wait(0.5):
        for vendor, fake in fakes.items():
            for objection in fake.objections[told[vendor] :]:
                sys.stderr.write(f"{vendor}: {objection}\n")
                told[vendor] += 1
        sys.stderr.flush()
    for fake in fakes.values():
        fake.stop()


if __name__ == "__main__":
    main()
