"""Definitions that nothing reaches are shaken off, and the imports they needed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import ClassVar

import libcst as cst

from autom3l.rewrites.bindings import Import, imported
from autom3l.rewrites.project import Project
from autom3l.rewrites.reachability import reached


class ShakeDefinitions:
    """Drop module-level functions, classes, constants and imports that nothing reaches.

    Reached is what runs on import, `main`, dunder names, entry points in other files,
    tests and fixtures, what an unknown decorator may register, imports of `__init__.py`
    and `conftest.py` or under a `noqa`; and, from any of these on, whatever they name.
    """

    EXAMPLES: ClassVar[tuple[tuple[str, str], ...]] = (
        (
            "import os\nimport re\nA = 1\nB = re.compile(A)\n"
            "def f():\n    return os\ndef g():\n    return f()\nprint(A)\n",
            "A = 1\nprint(A)\n",
        ),
        (
            "from a import b, c\ndef main() -> 'list[c]':\n    pass\n",
            "from a import c\ndef main() -> 'list[c]':\n    pass\n",
        ),
        (
            "__all__ = ['f']\ndef f():\n    pass\ndef g():\n    pass\n",
            "__all__ = ['f']\ndef f():\n    pass\n",
        ),
        (
            "@app.command()\ndef f():\n    pass\n",
            "@app.command()\ndef f():\n    pass\n",
        ),
        ("A = 1; B = 2\n", "A = 1; B = 2\n"),
    )

    def __call__(self, project: Project) -> Project:
        """The project without what nothing in any of its files reaches."""
        kept: defaultdict[tuple[str, int], set[Import]] = defaultdict(set)
        for unit in reached(project):
            kept[unit.path, unit.place].update([unit.imports] if unit.imports else [])
        modules = {
            path: module.with_changes(
                body=[
                    _only(statement, kept[path, place])
                    for place, statement in enumerate(module.body)
                    if (path, place) in kept
                ]
            )
            for path, module in project.modules.items()
        }
        return replace(project, modules=modules)


def _only(statement: cst.CSTNode, used: set[Import]) -> cst.CSTNode:
    """An import with the used names only; any other statement as it is."""
    match statement:
        case cst.SimpleStatementLine(
            body=[cst.Import(names=[*names]) | cst.ImportFrom(names=[*names]) as node]
        ) if not used.issuperset(imported(statement)):
            items = imported(statement)
            kept = [a for a, i in zip(names, items, strict=True) if i in used]
            kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
            return statement.with_changes(body=[node.with_changes(names=kept)])
    return statement
