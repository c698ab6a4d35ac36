"""The value that rewrites hand on: a file tree with its Python parsed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

import libcst as cst

from autom3l.filetree import FileTree, MalformedFileError


@dataclass(frozen=True)
class Project:
    """`modules`: path to parsed Python file; `texts`: every other file."""

    modules: Mapping[str, cst.Module]
    texts: Mapping[str, str]

    def tree(self) -> FileTree:
        """The project as files again."""
        code = {path: module.code for path, module in self.modules.items()}
        return dict(sorted((code | dict(self.texts)).items()))


class Rewrite(Protocol):
    """One change of a project that keeps what it does.

    `EXAMPLES`: single modules before and after.
    """

    EXAMPLES: ClassVar[tuple[tuple[str, str], ...]]

    def __call__(self, project: Project) -> Project:
        """The project changed; unchanged where unsure."""


def parse(tree: FileTree) -> Project:
    """Parse every `.py` file; raises `MalformedFileError` with file and place."""
    modules = {
        path: _module(path, text) for path, text in tree.items() if path.endswith(".py")
    }
    texts = {path: text for path, text in tree.items() if path not in modules}
    return Project(modules, texts)


def _module(path: str, text: str) -> cst.Module:
    try:
        return cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        raise MalformedFileError(f"{path}: {error}") from error
