"""What a name that some code mentions can mean within a project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import NamedTuple


class Symbol(NamedTuple):
    """A module-level name of one file; the name `*` stands for all of them."""

    path: str
    name: str


@dataclass(frozen=True)
class Namespace:
    """The modules of a project and what their imports bind.

    `modules`: dotted name to path. `imports`: per path, bound name to absolute dotted
    name.
    """

    modules: Mapping[str, str]
    imports: Mapping[str, Mapping[str, str]]

    def referents(self, path: str, mention: str) -> Iterator[Symbol]:
        """Every symbol that a mention in the file `path` may mean."""
        first, dot, rest = mention.partition(".")
        if first:
            yield Symbol(path, first)
        meaning = self.imports.get(path, {}).get(first, first)
        yield from self._resolve(absolute(path, f"{meaning}{dot}{rest}"))

    def _resolve(self, dotted: str) -> Iterator[Symbol]:
        parts = dotted.split(".")
        for length in range(len(parts), 0, -1):
            path = self.modules.get(".".join(parts[:length]))
            if path is not None:
                yield Symbol(path, parts[length] if length < len(parts) else "*")
                return


def module_name(path: str) -> str:
    """`pets/data.py` is `pets.data`, `pets/__init__.py` is `pets`."""
    parts = PurePosixPath(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def absolute(path: str, dotted: str) -> str:
    """A dotted name without leading dots, those being relative to the file `path`."""
    rest = dotted.lstrip(".")
    level = len(dotted) - len(rest)
    if not level:
        return dotted
    folder = PurePosixPath(path).parts[:-1]
    return ".".join([*folder[: len(folder) - level + 1], rest])
