"""Run a program that is not trusted to end, to be quiet or to clean up."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

OUTPUT_LIMIT = 64 * 2**20  # bytes
_TAIL = 64 * 2**10  # bytes
_POLL = 0.1  # seconds
# Colours and cursor movements of terminals.
_ESCAPES = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|.?)")


@dataclass(frozen=True)
class Ending:
    """How a program ended: `failure` in words, empty when its exit code was 0."""

    failure: str
    output: Path

    def last_lines(self, count: int, width: int = 160) -> list[str]:
        """The end of what it printed, safe to print: no control characters."""
        with self.output.open("rb") as file:
            file.seek(max(0, self.output.stat().st_size - _TAIL))
            text = file.read().decode(errors="replace")
        lines = (_shown(line)[:width] for line in text.split("\n"))
        return [line for line in lines if line][-count:]


def run_confined(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    output: Path,
    seconds: float,
) -> Ending:
    """Run a command in a folder, its output going to a file; never raises for it.

    Its whole process group is killed when it ends, when its time is over or when it
    has printed more than `OUTPUT_LIMIT`, so nothing that it started is left behind.
    """
    with output.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            failure = _watch(process, output, monotonic() + seconds)
        finally:
            # The group of a program that has ended may be gone, too.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return Ending(failure or _exit_in_words(process.returncode), output)


def _watch(process: subprocess.Popen[bytes], output: Path, deadline: float) -> str:
    """Wait for the end; what makes it necessary to kill, empty when it ended."""
    while True:
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=_POLL)
            return ""
        if output.stat().st_size > OUTPUT_LIMIT:
            return f"printed more than {OUTPUT_LIMIT // 2**20} MiB"
        if monotonic() > deadline:
            return "did not end in time"


def _exit_in_words(code: int) -> str:
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with exit code {code}" if code else ""


def _shown(line: str) -> str:
    """One line as a terminal would end up showing it."""
    text = _ESCAPES.sub("", line.rstrip("\r")).rpartition("\r")[2]
    return "".join(c if c.isprintable() else " " for c in text).rstrip()
