"""Imports that blocks bring along move to the top of their module."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

import libcst as cst

from autom3l.rewrites.bindings import Import, defined, imported, origin
from autom3l.rewrites.project import Project

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement


class HoistImports:
    """Move module-level imports under the first ones, each once.

    An import stays where it is when a statement above it could have an effect on it
    (anything but a definition), or when its name is bound by anything else as well.
    Imports inside functions are there for a reason and stay.
    """

    EXAMPLES: ClassVar[tuple[tuple[str, str], ...]] = (
        (
            '"""Data."""\n\nimport os\n\nA = 1\n\nimport re\nimport os\n\nB = 2\n',
            '"""Data."""\n\nimport os\nimport re\n\nA = 1\n\nB = 2\n',
        ),
        (
            "import torch\nfrom a import b, c\nX = 1\nfrom a import c, d\n",
            "import torch\nfrom a import b, c, d\nX = 1\n",
        ),
        (
            "import os\nos.environ['A'] = '1'\nimport torch\n",
            "import os\nos.environ['A'] = '1'\nimport torch\n",
        ),
        ("x = 1\nfrom a import x\n", "x = 1\nfrom a import x\n"),
        ("def f():\n    import a\n", "def f():\n    import a\n"),
    )

    def __call__(self, project: Project) -> Project:
        """Every module with its imports at the top."""
        hoisted = {path: _hoist(module) for path, module in project.modules.items()}
        return replace(project, modules=hoisted)


def _hoist(module: cst.Module) -> cst.Module:
    start = _end_of_imports(module.body)
    head, below = list(module.body[:start]), module.body[start:]
    movable = list(_movable(below, _ambiguous(module.body)))
    if not movable:
        return module
    for line in movable:
        _add(head, line)
    kept = [s for s in below if not any(s is line for line in movable)]
    return module.with_changes(body=[*head, *kept])


def _end_of_imports(body: Sequence[Statement]) -> int:
    for index, statement in enumerate(body):
        if not (imported(statement) or (index == 0 and _is_docstring(statement))):
            return index
    return len(body)


def _is_docstring(statement: Statement) -> bool:
    match statement:
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.SimpleString())]):
            return True
    return False


def _ambiguous(body: Sequence[Statement]) -> set[str]:
    """Names that statements of the module bind to different things."""
    meanings: defaultdict[str, set[str | int]] = defaultdict(set)
    for index, statement in enumerate(body):
        for item in imported(statement):
            meanings[item.binds].add(item.means)
        for name in defined(statement):
            meanings[name].add(index)
    return {name for name, found in meanings.items() if len(found) > 1}


def _movable(
    below: Sequence[Statement], ambiguous: set[str]
) -> Iterator[cst.SimpleStatementLine]:
    for statement in below:
        names = {item.binds for item in imported(statement)}
        if names and isinstance(statement, cst.SimpleStatementLine):
            if not names & (ambiguous | {"*"}):
                yield statement
        elif not any(defined(statement)):
            return


def _add(head: list[Statement], line: cst.SimpleStatementLine) -> None:
    """Append one import to the first ones, without what they already import."""
    known = {item for statement in head for item in imported(statement)}
    if not _comments(line) and known.issuperset(imported(line)):
        return
    for index, other in enumerate(head):
        merged = _merged(other, line, known)
        if merged:
            head[index] = merged
            return
    comments = [above for above in line.leading_lines if above.comment]
    head.append(line.with_changes(leading_lines=comments))


def _merged(
    first: Statement, second: cst.SimpleStatementLine, known: set[Import]
) -> Statement | None:
    """Two `from a import` lines as one; `None` unless that is all they are."""
    match first, second:
        case (
            cst.SimpleStatementLine(body=[cst.ImportFrom(names=[*names]) as one]),
            cst.SimpleStatementLine(body=[cst.ImportFrom(names=[*more]) as other]),
        ) if origin(one) == origin(other) and not _comments(second):
            new = [
                alias.with_changes(comma=cst.MaybeSentinel.DEFAULT)
                for alias, item in zip(more, imported(second), strict=True)
                if item not in known
            ]
            last = names[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
            joined = one.with_changes(names=[*names[:-1], last, *new])
            return first.with_changes(body=[joined])
    return None


def _comments(line: cst.SimpleStatementLine) -> bool:
    return "#" in cst.Module((line,)).code
