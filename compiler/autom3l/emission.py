"""Write a project into its target folder, and only what the compiler owns there.

`.autom3l/` is the one trace of the compiler in an emitted repository: the spec, the
pipeline, the manifest, and in `base/` the pristine text of every managed file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autom3l.diagnostics import Diagnostic, EmitError
from autom3l.filetree import FileTree
from autom3l.manifest import MANIFEST, Manifest, Trial, manifest_of, read_manifest
from autom3l.manifest import to_json as manifest_json
from autom3l.paths import BLOCKED, OWN, fingerprint, path_problems, sha256
from autom3l.publishing import interrupted, publish

PIPELINE = f"{OWN}/pipeline.json"
SPEC = f"{OWN}/spec.yaml"
TRANSCRIPT = f"{OWN}/spec.transcript.jsonl"
_BASE = f"{OWN}/base"


@dataclass(frozen=True)
class Project:
    """What is emitted. `spec` is the text of its file, `None` with `--from-ir`.

    `transcript`: what a model answered, `None` where none was asked.
    """

    tree: FileTree
    pipeline: str
    spec: str | None
    trial: Trial
    transcript: str | None = None


@dataclass(frozen=True)
class Changes:
    """What emission does to the target: text per path to write, paths to remove.

    `discards`: files of ours that somebody edited or deleted, which is undone. `trial`
    is what the manifest says of the files as they then are.
    """

    writes: dict[str, str]
    removes: tuple[str, ...]
    discards: tuple[str, ...]
    trial: Trial

    def managed(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Written and removed files of the project itself, without `.autom3l/`."""
        written = tuple(p for p in self.writes if not p.startswith(f"{OWN}/"))
        removed = tuple(p for p in self.removes if not p.startswith(f"{OWN}/"))
        return written, removed


def check_target(target: Path, *, overwrite: bool) -> None:
    """Refuse, before any work is done, a target that could not be written at its end.

    Missing or empty: fine. Ours and as it was written: fine. Ours and edited: only with
    `overwrite`. Anything else raises `EmitError`.
    """
    manifest = read_target(target)
    folder = target if target.exists() else target.parent
    if not os.access(folder, os.W_OK | os.X_OK):
        hint = "give yourself the right to write there"
        message = f"{str(folder)!r} is read-only"
        raise EmitError(Diagnostic("E004", message, str(target), hint))
    if manifest and not overwrite:
        _refuse_edits(target, manifest, {})


def emit(target: Path, project: Project, *, overwrite: bool) -> Changes:
    """Bring the target to the project as one step; files already right stay untouched.

    Raises `EmitError` for what `check_target` refuses, for paths that no project may
    have, and where a file that is not ours stands in the way.
    """
    changes = planned_changes(target, project, overwrite=overwrite)
    if changes.writes or changes.removes:
        publish(target, changes.writes, changes.removes)
    return changes


def planned_changes(target: Path, project: Project, *, overwrite: bool) -> Changes:
    """What `emit` would do, without doing it; raises the same errors."""
    problems = path_problems(project.tree)
    if problems:
        raise EmitError(Diagnostic("E010", problem) for problem in problems)
    old = read_target(target)
    if old and not overwrite:
        _refuse_edits(target, old, project.tree)
    manifest = _manifest(project, old)
    texts = described_files(project) | _own_files(project, manifest)
    _refuse_blocked(target, old, texts)
    writes = {p: t for p, t in texts.items() if _digest(t) != fingerprint(target, p)}
    stale = sorted(set(old.files) - set(project.tree)) if old else []
    unasked = [TRANSCRIPT] if project.transcript is None else []
    known = [*stale, *(f"{_BASE}/{path}" for path in stale), *unasked]
    removes = tuple(p for p in known if fingerprint(target, p))
    edits = tuple(p for p, _ in _edits(target, old, project.tree)) if old else ()
    return Changes(writes, removes, edits, manifest.trial)


def described_files(project: Project) -> dict[str, str]:
    """The project with the files of `.autom3l/` that say what it was made from."""
    own = {
        PIPELINE: project.pipeline,
        SPEC: project.spec,
        TRANSCRIPT: project.transcript,
    }
    given = {path: text for path, text in own.items() if text is not None}
    return {**project.tree, **given}


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


def _refuse_edits(target: Path, manifest: Manifest, tree: FileTree) -> None:
    hint = "--overwrite discards the change"
    edits = [
        Diagnostic("E008", f"{verb} since it was emitted", str(target / path), hint)
        for path, verb in _edits(target, manifest, tree)
    ]
    if edits:
        raise EmitError(edits)


def _edits(
    target: Path, manifest: Manifest, tree: FileTree
) -> Iterator[tuple[str, str]]:
    """Path and verb; an edit that happens to equal the new text is none."""
    for path, written in manifest.files.items():
        found = fingerprint(target, path)
        if found not in (written, _digest(tree.get(path))):
            yield path, "edited" if found else "deleted"


def _refuse_blocked(target: Path, old: Manifest | None, texts: dict[str, str]) -> None:
    managed = set(old.files) if old else set()
    diagnostics = []
    for path in sorted(managed | texts.keys()):
        found = fingerprint(target, path)
        ours = path in managed or path.startswith(f"{OWN}/")
        foreign = found and not ours and found != _digest(texts[path])
        if found == BLOCKED or foreign:
            message = "this is not ours, and a managed file belongs here"
            hint = "move it away"
            diagnostics.append(Diagnostic("E009", message, str(target / path), hint))
    if diagnostics:
        raise EmitError(diagnostics)


def _manifest(project: Project, old: Manifest | None) -> Manifest:
    manifest = manifest_of(project.tree, project.trial)
    if old and old.trial == "passed" and old.files == manifest.files:
        return manifest_of(project.tree, "passed")  # these very bytes were tried
    return manifest


def _own_files(project: Project, manifest: Manifest) -> dict[str, str]:
    base = {f"{_BASE}/{path}": text for path, text in project.tree.items()}
    return {MANIFEST: manifest_json(manifest)} | base


def _digest(text: str | None) -> str | None:
    return None if text is None else sha256(text.encode())
