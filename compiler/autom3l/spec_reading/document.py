"""A YAML 1.2 file read into plain values that remember their lines."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode
from ruamel.yaml.reader import ReaderError

from autom3l.diagnostics import Diagnostic, SpecError
from autom3l.mistaken import hint_for_table, is_endless, is_pipeline
from autom3l.spec_reading.nodes import Location, Problem, TooLargeError, Walk

MAX_BYTES = 1_000_000

# What a fragment of ruamel.yaml's message usually comes from.
_CAUSES = (
    ("'\\t'", "indent with spaces, not with tabs"),
    ("mapping values", "put text that contains ': ' in quotes"),
    ("undefined alias", "put text that starts with * in quotes"),
    ("start any token", "put text that starts with this character in quotes"),
    ("stream", "a quote or a bracket is not closed"),
    ("another document", "a spec is one document: remove the line ---"),
    ("expected ':'", "write `key: value`"),
    ("expected <block end>", "check the indentation"),
)
# For these, the place that matters is where the thing begins, not where the file ends.
_UNFINISHED = ("quoted scalar", "flow", "simple key")


class NoMappingError(SpecError):
    """The YAML is empty, a list or a single value."""


@dataclass(frozen=True)
class Document:
    """`data`: mappings, lists, text, numbers, booleans, and `None` for the empty."""

    file: str
    data: dict[str, Any]
    lines: dict[Location, int]
    problems: tuple[Problem, ...]

    def line(self, problem: Problem) -> int:
        """The line of a problem, or of the nearest thing around it."""
        place = problem.location
        while place and place not in self.lines:
            place = place[:-1]
        return problem.line or self.lines.get(place, 1)

    def diagnostic(self, problem: Problem) -> Diagnostic:
        """The problem as it is shown: `file:line: dotted.key: what is wrong`."""
        where = f"{self.file}:{self.line(problem)}"
        key = dotted(problem.location)
        message = f"{key}: {problem.message}" if key else problem.message
        return Diagnostic(problem.code, message, where, problem.hint)


def read_document(path: Path, text: str | None = None) -> Document:
    """The YAML mapping in a file; raises `SpecError` when there is none.

    `text` stands for what is in the file.
    """
    text = _read_text(path) if text is None else text
    walk = Walk()
    try:
        root = YAML(typ="safe", pure=True).compose(text)
        if not isinstance(root, MappingNode):
            raise NoMappingError(_no_mapping(path, root))
        data = walk.mapping(root)
        if is_pipeline(data):
            hint = "`autom3l-compile --from-ir FILE -o DIR` compiles one"
            message = "this is a pipeline, not a spec"
            raise SpecError(Diagnostic("S010", message, str(path), hint))
    except MarkedYAMLError as error:
        raise SpecError(_syntax(path, error)) from error
    except ReaderError as error:
        message = f"the character {chr(error.character)!r} is not allowed in YAML"
        line = text.count("\n", 0, error.position) + 1
        raise SpecError(Diagnostic("S002", message, f"{path}:{line}")) from error
    except (RecursionError, TooLargeError) as error:
        where = f"{path}:{error.line}" if isinstance(error, TooLargeError) else path
        message = "nested too deeply, or its aliases unfold without end"
        raise SpecError(Diagnostic("S012", message, str(where))) from error
    return Document(str(path), data, walk.lines, tuple(walk.problems))


def dotted(location: Location) -> str:
    """`columns.Breed1.modality`, with names quoted where a dot would mislead."""
    text = ""
    for step in location:
        if isinstance(step, int):
            text += f"[{step}]"
            continue
        plain = step.isprintable() and step != "" and not set(step) & set(" .:[]'\"")
        text += f"{'.' if text else ''}{step if plain else repr(step)}"
    return text


def _read_text(path: Path) -> str:
    where = str(path)
    try:
        if path.is_dir():
            hint = f"name the file in it, as in {str(path / 'spec.yaml')!r}"
            raise SpecError(Diagnostic("S001", "the spec is a folder", where, hint))
        if is_endless(path):
            raise SpecError(Diagnostic("S001", "no regular file", where))
        if path.stat().st_size > MAX_BYTES:
            message = f"larger than {MAX_BYTES} bytes: no spec is"
            hint = "is it the table? `autom3l init` drafts a spec from one"
            raise SpecError(Diagnostic("S012", message, where, hint))
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        hint = "`autom3l init TABLE --target COLUMN` drafts one"
        raise SpecError(Diagnostic("S001", "no such file", where, hint)) from error
    except (OSError, ValueError) as error:
        raise SpecError(_unreadable(where, error)) from error


def _unreadable(where: str, error: OSError | ValueError) -> Diagnostic:
    if isinstance(error, UnicodeDecodeError):
        line = error.object.count(b"\n", 0, error.start) + 1
        message = f"byte {error.object[error.start]:#04x} is not UTF-8"
        hint = "save the spec as UTF-8"
        return Diagnostic("S013", message, f"{where}:{line}", hint)
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return Diagnostic("S001", f"can't be read: {reason}", where)


def _no_mapping(path: Path, root: object) -> Diagnostic:
    message = "the spec is empty" if root is None else "the spec is not a mapping"
    hint = "write `key: value` lines: at least data.train and target"
    hint = hint_for_table(path) or hint
    return Diagnostic("S010", message, f"{path}:1", hint)


def _syntax(path: Path, error: MarkedYAMLError) -> Diagnostic:
    problem = (error.problem or "it can't be parsed").removeprefix("but ")
    unfinished = any(thing in (error.context or "") for thing in _UNFINISHED)
    mark = (error.context_mark if unfinished else None) or error.problem_mark
    hint = next((cause for sign, cause in _CAUSES if sign in problem), "")
    hint = hint_for_table(path) or hint
    where = f"{path}:{mark.line + 1}" if mark else str(path)
    return Diagnostic("S002", f"not valid YAML: {problem}", where, hint)
