"""What is reported to a user: one line per problem, with a stable code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True)
class Diagnostic:
    """One problem: what is wrong (with the value), where, what to do, stable code.

    `where` is `file:line` or the name of a column, flag or file; it may be empty.
    Codes: S… spec, D… data, P… plan, Z… zoo, R… templates, T… trial,
    E… emission, L… the language model, C… command line.
    `output` are lines of a program that stand below the message.
    """

    code: str
    message: str
    where: str = ""
    hint: str = ""
    output: tuple[str, ...] = ()

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        hint = f" ({self.hint})" if self.hint else ""
        if not self.output:
            return one_line(f"{place}{self.message}{hint} [{self.code}]")
        below = "".join(f"\n    {one_line(line)}" for line in self.output)
        head, end = one_line(place + self.message), one_line(f"{hint} [{self.code}]")
        return f"{head}{below}\n{end}"


class UserError(Exception):
    """Problems the user can mend; every problem of a stage at once, no traceback."""

    exit_code = 2

    def __init__(self, diagnostics: Diagnostic | Iterable[Diagnostic]) -> None:
        if isinstance(diagnostics, Diagnostic):
            diagnostics = (diagnostics,)
        self.diagnostics: tuple[Diagnostic, ...] = tuple(diagnostics)
        super().__init__("\n".join(map(str, self.diagnostics)))


class SpecError(UserError):
    """The spec file can't be read or says something impossible."""


class DataError(UserError):
    """The table or its images can't be used."""


class ZooError(UserError):
    """A card file is malformed."""


class PlanError(UserError):
    """A pipeline contradicts itself, the data or the zoo."""


class EmitError(UserError):
    """The target folder can't be written, or holds what must not be overwritten."""


class DiffersError(UserError):
    """`--check` found that the target is not what would be emitted."""

    exit_code = 1


class ConflictError(UserError):
    """What a user changed and what is compiled now conflict, or did so before."""

    exit_code = 1


class TrialError(UserError):
    """The emitted project failed its own tests or its short training run."""

    exit_code = 4


class ModelError(UserError):
    """Planning could not be done as demanded."""

    exit_code = 3


def one_line(text: str) -> str:
    """A text in which nothing breaks the line or steers a terminal.

    Names of files and columns may hold any character; these stand as `repr` has them.
    """
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode()
        for char in text
    )


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean 'x'?`, or the known words when nothing is close."""
    options = sorted(known)
    close = get_close_matches(word, options, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    shown = ", ".join(map(repr, options[:12]))
    return f"one of {shown}{', ...' if len(options) > 12 else ''}" if options else ""
