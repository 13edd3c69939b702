"""Start a command again and again and kill it: killer.py KILLS SEED COMMAND...; then let it finish.

COMMAND is that of `python -m gpt2_ref`. Prints as JSON how many it killed, and after how many of them a new snapshot
was there. Each start is a fork of this process, which has imported all that is needed and done nothing with it: a
start takes a moment then, and many moments can be tried. Where there is no fork, a new Python is started.
"""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import safetensors.torch  # noqa: F401 - for the forks
import tokenizers  # noqa: F401
import torch.optim.adamw  # noqa: F401

from gpt2_ref.course import command_line, train  # noqa: F401

os.environ["TOKENIZERS_PARALLELISM"] = "false"  # the tokenizer's threads do not survive a fork


class Forked:
    """A command in a fork, with the verbs of a subprocess."""

    def __init__(self, words: list[str]):
        self.pid = os.fork()
        if self.pid == 0:
            with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
                os._exit(command_line.main(words))
        self.returncode = None

    def poll(self, flags: int = getattr(os, "WNOHANG", 0)) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, flags)
            self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        return self.poll(0)


def start(words: list[str]):
    if hasattr(os, "fork"):
        return Forked(words)
    return subprocess.Popen([sys.executable, "-m", "gpt2_ref", *words], stdout=subprocess.DEVNULL)


def main(kills: int, seed: int, words: list[str]) -> None:
    snapshots = Path(words[words.index("--out") + 1]) / "snapshots"
    draw = random.Random(seed)
    killed, went_on, newest = 0, 0, ""
    while killed < kills:
        process = start(words)
        before = newest
        # Half are killed at any moment, the start included, half in the midst of their steps.
        if draw.random() < 0.5:
            while newest == before and process.poll() is None:
                newest = max((file.name for file in snapshots.glob("step-*")), default="")
        time.sleep(draw.uniform(0, 0.3))
        if process.poll() is not None:
            break
        process.kill()
        process.wait()
        killed += 1
        newest = max((file.name for file in snapshots.glob("step-*")), default="")
        went_on += newest != before
    print(json.dumps({"killed": killed, "went on": went_on, "status": start(words).wait()}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
