"""The folder that is compiled into: whether it may be, and what was written there."""

from __future__ import annotations

import os
from pathlib import Path

from autom3l.diagnostics import Diagnostic, EmitError
from autom3l.ignoring import ignored
from autom3l.manifest import MANIFEST, Manifest, read_manifest
from autom3l.paths import fingerprint
from autom3l.publishing import interrupted
from autom3l.request import Edits


def check_target(target: Path, edits: Edits) -> None:
    """Refuse, before any work is done, a target that could not be written at its end.

    Missing or empty: fine. Ours and as it was written: fine. Ours and edited: only
    where edits are not refused. Anything else raises `EmitError`.
    """
    manifest = read_target(target)
    folder = target if target.exists() else target.parent
    if not os.access(folder, os.W_OK | os.X_OK):
        hint = "give yourself the right to write there"
        message = f"{str(folder)!r} is read-only"
        raise EmitError(Diagnostic("E004", message, str(target), hint))
    if manifest and edits == "refuse":
        watched = manifest.files.keys() - ignored(target, manifest.files)
        found = {path: fingerprint(target, path) for path in sorted(watched)}
        edited = [path for path in found if found[path] != manifest.files[path]]
        if edited:
            raise EmitError(edit_refused(target, p, found[p]) for p in edited)


def read_target(target: Path) -> Manifest | None:
    """The manifest of a target of ours; `None` where a target is missing or empty."""
    problem = _unusable(target)
    if problem:
        raise EmitError(problem)
    manifest = read_manifest(target)
    if manifest is None and target.exists() and any(target.iterdir()):
        message = f"not empty, and not made by autom3l (it has no {MANIFEST})"
        hint = "choose a new or an empty folder"
        raise EmitError(Diagnostic("E005", message, str(target), hint))
    if interrupted(target):
        message = "an earlier compile was interrupted while it wrote here"
        hint = "compile once more, without --check, --diff or --dry-run, to complete it"
        raise EmitError(Diagnostic("E011", message, str(target), hint))
    return manifest


def edit_refused(target: Path, path: str, found: str) -> Diagnostic:
    """That somebody changed a managed file, and nothing was said of what to do then."""
    verb = "edited" if found else "deleted"
    hint = "--update keeps the change, --overwrite discards it"
    return Diagnostic("E008", f"{verb} since it was emitted", str(target / path), hint)


def _unusable(target: Path) -> Diagnostic | None:
    where = str(target)
    if target.is_symlink():
        hint = "give the folder that it leads to"
        return Diagnostic("E002", "the target is a symbolic link", where, hint)
    if target.exists() and not target.is_dir():
        return Diagnostic("E001", "the target is a file", where, "give a folder")
    if not target.parent.is_dir():
        message = f"the folder {str(target.parent)!r} does not exist"
        return Diagnostic("E003", message, where, "make it first")
    return None
