"""A case is one text file: commands, the files they find, and what they must say.

    $ autom3l-compile spec.yaml -o out
    --- spec.yaml
    data: {train: train.csv}
    --- stderr, exit 2
    error: spec.yaml:1: target: this key must be there [S004]

A file's header may go on: `escaped` (bytes written as in Python), `rows x 40` (all
lines but the first come 40 times), `folder`, `link to PATH`. The last command is the
one that is judged; those before it must succeed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_HEADER = re.compile(r"^--- (.+)\n", re.MULTILINE)
_EXPECTED = re.compile(r"stderr, exit (\d+)")
_KINDS = re.compile(r"(\S+)(?: (escaped|rows x \d+|folder|link to \S+))?")


@dataclass(frozen=True)
class Case:
    """`files`: what stands in the folder, as (header, content), in order."""

    commands: tuple[str, ...]
    files: tuple[tuple[str, str], ...]
    stderr: str
    exit_code: int

    def lay_out(self, folder: Path) -> None:
        """Make the files that the commands find."""
        for header, content in self.files:
            match = _KINDS.fullmatch(header)
            assert match, f"no header of a file: {header!r}"
            _make(folder / match[1], match[2] or "", content)

    def text(self) -> str:
        """The case as it stands in its file."""
        commands = "".join(f"$ {command}\n" for command in self.commands)
        parts = [*self.files, (f"stderr, exit {self.exit_code}", self.stderr)]
        return commands + "".join(f"--- {head}\n{body}" for head, body in parts)


def read_case(path: Path) -> Case:
    """The case in a file."""
    start, *parts = _HEADER.split(path.read_text("utf-8"))
    commands = tuple(line.removeprefix("$ ") for line in start.splitlines())
    *files, (last, stderr) = zip(parts[::2], parts[1::2], strict=True)
    expected = _EXPECTED.fullmatch(last)
    assert expected, f"{path} does not end with what is expected"
    return Case(commands, tuple(files), stderr, int(expected[1]))


def snapshot(folder: Path) -> dict[str, bytes | None]:
    """Everything in a folder: the bytes of files, `None` for the rest."""
    found = sorted(folder.rglob("*"))
    return {
        path.relative_to(folder).as_posix(): (
            path.read_bytes() if path.is_file() else None
        )
        for path in found
    }


def _make(path: Path, kind: str, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "folder":
        path.mkdir()
    elif kind.startswith("link to "):
        path.symlink_to(kind.removeprefix("link to "))
    elif kind == "escaped":
        escaped = content.removesuffix("\n").encode("latin-1")
        path.write_bytes(escaped.decode("unicode_escape").encode("latin-1"))
    elif kind.startswith("rows x "):
        times = int(kind.removeprefix("rows x "))
        first, *rest = content.splitlines(keepends=True)
        path.write_text(first + "".join(rest) * times, "utf-8")
    else:
        path.write_text(content, "utf-8")
