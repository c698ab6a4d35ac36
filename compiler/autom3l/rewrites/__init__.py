"""What text can't do: rewrites of whole files with their syntax understood.

Each rewrite does one thing, is idempotent and leaves alone what it isn't sure of; its
`EXAMPLES` of before and after are its documentation and its tests.
"""

from __future__ import annotations

from autom3l.filetree import FileTree
from autom3l.rewrites.fold_constants import FoldConstants
from autom3l.rewrites.hoist_imports import HoistImports
from autom3l.rewrites.project import Rewrite, parse
from autom3l.rewrites.shake_definitions import ShakeDefinitions

# Folding first: what only a dead branch needed can then be shaken off.
REWRITES: tuple[Rewrite, ...] = (FoldConstants(), HoistImports(), ShakeDefinitions())


def rewrite(tree: FileTree) -> FileTree:
    """The tree after every rewrite; raises `MalformedFileError` with the file."""
    project = parse(tree)
    for step in REWRITES:
        project = step(project)
    return project.tree()
