"""One step of a benchmark: a command, its seconds and its peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class StepError(Exception):
    """A command of a benchmark failed; says which, and how its output ended."""


@dataclass(frozen=True)
class Finished:
    """`peak_mb`: resident set in MB (10^6 bytes), of the largest process."""

    seconds: float
    peak_mb: float


def run(command: Sequence[str], folder: Path, step: str) -> Finished:
    """Run `command` in `folder` to its end, its output in `<step>.log` there.

    Raises `StepError` when it exits with anything but 0.
    """
    log = folder / f"{step}.log"
    start = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, stdout=output, stderr=subprocess.STDOUT
        )
        # Unlike Popen.wait, this also tells what the process used.
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        last = "\n".join(log.read_text("utf-8", "replace").splitlines()[-12:])
        raise StepError(f"{step} exited {process.returncode}\n{last}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Finished(seconds, usage.ru_maxrss * unit / 1e6)
