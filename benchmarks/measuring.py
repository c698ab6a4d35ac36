"""One step of a benchmark: a command, its seconds and its peak memory."""

from __future__ import annotations

import json
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
    log, usage = folder / f"{step}.log", folder / f"{step}.usage.json"
    # Linux counts the memory of whoever starts a process as the process's own peak, so
    # it is started by this small module, not by a benchmark that has loaded pandas.
    measured = [sys.executable, __file__, str(usage.resolve()), *command]
    with log.open("wb") as output:
        done = subprocess.run(
            measured, check=False, cwd=folder, stdout=output, stderr=subprocess.STDOUT
        )
    if done.returncode != 0:
        last = "\n".join(log.read_text("utf-8", "replace").splitlines()[-12:])
        raise StepError(f"{step} exited {done.returncode}\n{last}")
    return Finished(**json.loads(usage.read_text("utf-8")))


def main() -> int:
    """Run the command of the command line; write what it used to its first argument."""
    usage_file, *command = sys.argv[1:]
    start = time.perf_counter()
    process = subprocess.Popen(command)
    # Unlike Popen.wait, this also tells what the process used.
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    used = {"seconds": seconds, "peak_mb": usage.ru_maxrss * unit / 1e6}
    Path(usage_file).write_text(json.dumps(used), encoding="utf-8")
    return process.returncode


if __name__ == "__main__":
    sys.exit(main())
