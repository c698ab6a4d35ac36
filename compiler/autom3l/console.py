"""What the user sees: progress, warnings and errors on stderr, results on stdout."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Literal

from typer import Exit

from autom3l.diagnostics import Diagnostic, UserError, one_line

Format = Literal["text", "json"]
INTERRUPTED = 130
NO_ANSWER = "stopped: nobody answers"


class Console:
    """The two streams of one command. `seconds` holds what each stage took.

    `told`: what was noted and warned of, with the name of the method.
    """

    def __init__(self, *, quiet: bool = False, form: Format = "text") -> None:
        self.quiet = quiet
        self.form = form
        self.seconds: dict[str, float] = {}
        self.told: list[tuple[str, str]] = []
        self._answered = False

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage, and say so once it is done; a spinner turns on a terminal."""
        started = time.perf_counter()
        with self._spinner(name):
            yield
        self.seconds[name] = time.perf_counter() - started
        if not self.quiet:
            print(f"{name:<9}{self.seconds[name]:7.2f} s", file=sys.stderr)

    def step(self, stage: str, name: str) -> None:
        """Say what a long stage is at."""
        if not self.quiet:
            print(f"{stage}: {name}", file=sys.stderr, flush=True)

    def note(self, text: str) -> None:
        """What the user may want to know while it goes on; nothing where `quiet`."""
        self.told.append(("note", text))
        if not self.quiet:
            print(text, file=sys.stderr)

    def warn(self, messages: Iterable[str]) -> None:
        """One line each."""
        for message in messages:
            self.told.append(("warn", message))
            print(f"warning: {one_line(message)}", file=sys.stderr)

    def tell_again(self, told: Iterable[tuple[str, str]]) -> None:
        """What another console was told."""
        for kind, text in told:
            if kind == "warn":
                self.warn([text])
            else:
                self.note(text)

    def ask(self, question: str) -> str:
        """A line of stdin; its end is as good as Ctrl-C.

        What no terminal shows, as it was piped, is repeated on stderr.
        """
        while True:
            print(question, end="", file=sys.stderr, flush=True)
            line = sys.stdin.buffer.readline() if sys.stdin else b""
            if not line:
                print(file=sys.stderr)
                raise KeyboardInterrupt(NO_ANSWER)
            try:
                answer = line.decode().strip()
            except UnicodeDecodeError:
                print("\nthat is not UTF-8", file=sys.stderr)
                continue
            if not sys.stdin.isatty():
                print(answer, file=sys.stderr)
            return answer

    def result(self, text: str, data: object, *, summary: bool = True) -> None:
        """Print the result in the form asked for.

        A text that only sums up what was done is left out where `quiet`.
        """
        self._answered = True
        if self.form == "json":
            print(json.dumps(data, indent=2, ensure_ascii=False))
        elif not (summary and self.quiet):
            print(text)

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """Turn what the user can mend into lines and an exit code; bugs pass through.

        A reader that closed stdout has seen enough: that is no error.
        """
        try:
            yield
            sys.stdout.flush()
        except UserError as error:
            self._fail(error)
            raise Exit(error.exit_code) from None
        except KeyboardInterrupt as error:
            print(str(error) or "interrupted", file=sys.stderr)
            raise Exit(INTERRUPTED) from None
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def _fail(self, error: UserError) -> None:
        for diagnostic in error.diagnostics:
            print(f"error: {diagnostic}", file=sys.stderr)
        if self.form == "json" and not self._answered:
            problems = [_as_dict(diagnostic) for diagnostic in error.diagnostics]
            data = {"exit_code": error.exit_code, "errors": problems}
            print(json.dumps(data, indent=2, ensure_ascii=False))

    def _spinner(self, name: str) -> AbstractContextManager[object]:
        if self.quiet or not sys.stderr.isatty():
            return nullcontext()
        from rich.console import Console as RichConsole  # a terminal's cost only

        return RichConsole(stderr=True).status(name)


def _as_dict(diagnostic: Diagnostic) -> dict[str, str]:
    return {
        "code": diagnostic.code,
        "message": diagnostic.message,
        "where": diagnostic.where,
        "hint": diagnostic.hint,
    }
