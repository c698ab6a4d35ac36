"""How a target differs from what would be emitted into it, without touching it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autom3l.changes import Action, Changes
from autom3l.diagnostics import Diagnostic
from autom3l.ignoring import ignored
from autom3l.manifest import MANIFEST
from autom3l.merging import unified_text
from autom3l.paths import OWN, fingerprint, sha256
from autom3l.project import Project, origin_files
from autom3l.target import read_target

Kind = Literal["changed", "missing", "stale", "edited", "conflict"]

_MEANING: dict[Kind, str] = {
    "changed": "would be written with other content",
    "missing": "would be written, and is not there",
    "stale": "is no longer part of the project, and would be removed",
    "edited": "was edited since it was emitted",
    "conflict": "was edited, and the new compile says something else there",
}
_KINDS: dict[Action, Kind] = {
    "create": "missing",
    "update": "changed",
    "delete": "stale",
    "conflict": "conflict",
}


@dataclass(frozen=True)
class Difference:
    """One file that is not as it would be emitted; `path` is relative to the target."""

    kind: Kind
    path: str


def compare(target: Path, project: Project) -> tuple[Difference, ...]:
    """Every difference, by path. The manifest and `base/` follow from the files.

    Raises `EmitError` for a target that is not ours.
    """
    manifest = read_target(target)
    managed = manifest.files if manifest else {}
    texts = wanted_texts(target, project)
    apart = ignored(target, managed)
    differences = []
    for path in sorted(texts.keys() | (managed.keys() - apart)):
        found = fingerprint(target, path)
        wanted = sha256(texts[path].encode()) if path in texts else ""
        if found != wanted:
            kind = _kind(found, wanted, managed.get(path, found))
            differences.append(Difference(kind, path))
    return tuple(differences)


def update_differences(changes: Changes) -> tuple[Difference, ...]:
    """What an update would change, by path; edits that it keeps are none."""
    found = [
        Difference(_KINDS[step.action], step.path)
        for step in changes.steps
        if step.action in _KINDS
    ]
    for path in changes.writes:
        if path.startswith(f"{OWN}/") and path.count("/") == 1 and path != MANIFEST:
            kind: Kind = "changed" if changes.found[path] else "missing"
            found.append(Difference(kind, path))
    return tuple(sorted(found, key=lambda difference: difference.path))


def differing(differences: Sequence[Difference], target: Path) -> list[Diagnostic]:
    """The lines that `--check` prints; one where nothing was ever compiled to."""
    if read_target(target) is None:
        message = f"nothing is compiled here: {len(differences)} files would be written"
        return [Diagnostic("E014", message, str(target), "compile without --check")]
    return [
        Diagnostic("E014", f"{d.kind}: {_MEANING[d.kind]}", d.path) for d in differences
    ]


def wanted_texts(target: Path, project: Project) -> dict[str, str]:
    """The files of a project, less those that its user has a compile leave alone."""
    apart = ignored(target, project.tree)
    tree = {path: text for path, text in project.tree.items() if path not in apart}
    return tree | origin_files(project)


def diff_text(target: Path, texts: dict[str, str], paths: Iterable[str]) -> str:
    """Unified diffs from the target to the texts that would stand at these paths."""
    parts = []
    for path in paths:
        present = fingerprint(target, path) and (target / path).is_file()
        old = (target / path).read_bytes() if present else b""
        parts.append(
            unified_text(
                old.decode("utf-8", "replace"),
                texts.get(path, ""),
                f"a/{path}" if present else "/dev/null",
                f"b/{path}" if path in texts else "/dev/null",
            )
        )
    return "".join(parts)


def _kind(found: str, wanted: str, written: str) -> Kind:
    if not found:
        return "missing"
    if found != written:
        return "edited"
    return "changed" if wanted else "stale"
