"""Write a project into its target folder, and only what the compiler owns there."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from autom3l import git
from autom3l.changes import Changes, planned_changes
from autom3l.diagnostics import Diagnostic, EmitError
from autom3l.paths import OWN
from autom3l.project import Project
from autom3l.publishing import publish
from autom3l.request import Edits


def emit(target: Path, project: Project, edits: Edits) -> Changes:
    """Bring the target to the project as one step; files already right stay untouched.

    Raises `EmitError` for what `check_target` and `planned_changes` refuse.
    """
    changes = planned_changes(target, project, edits)
    if changes.writes or changes.removes:
        publish(target, changes.writes, changes.removes, changes.found)
    return changes


def check_undoable(target: Path, changes: Changes, apart: Collection[str]) -> None:
    """Refuse to change files of which git could not give back what stands in them.

    That is so when the target lies in a working tree with changes that are not
    committed; those of the files `apart` do not count.
    """
    theirs = [path for path in changes.replaced() if not path.startswith(f"{OWN}/")]
    if not theirs or not git.is_tree(target):
        return
    unsaved = git.changed(target) | (set(theirs) - git.tracked(target))
    diagnostics = [
        Diagnostic(
            "E021",
            "not committed to git, which could not undo the update",
            str(target / path),
            "commit or stash it, or give --allow-dirty",
        )
        for path in sorted(unsaved.difference(apart))
    ]
    if diagnostics:
        raise EmitError(diagnostics)
