"""How a target differs from what would be emitted into it, without touching it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Literal

from autom3l.diagnostics import Diagnostic
from autom3l.emission import Project, described_files, read_target
from autom3l.paths import fingerprint, sha256

Kind = Literal["changed", "missing", "stale", "edited"]

_MEANING: dict[Kind, str] = {
    "changed": "would be written with other content",
    "missing": "would be written, and is not there",
    "stale": "is no longer part of the project, and would be removed",
    "edited": "was edited since it was emitted",
}


@dataclass(frozen=True)
class Difference:
    """One file that is not as it would be emitted; `path` is relative to the target."""

    kind: Kind
    path: str

    def diagnostic(self) -> Diagnostic:
        """The line that `--check` prints."""
        return Diagnostic("E014", f"{self.kind}: {_MEANING[self.kind]}", self.path)


def compare(target: Path, project: Project) -> tuple[Difference, ...]:
    """Every difference, by path. The manifest and `base/` follow from the files.

    Raises `EmitError` for a target that is not ours.
    """
    manifest = read_target(target)
    managed = manifest.files if manifest else {}
    texts = described_files(project)
    differences = []
    for path in sorted(texts.keys() | managed.keys()):
        found = fingerprint(target, path)
        wanted = sha256(texts[path].encode()) if path in texts else ""
        if found != wanted:
            kind = _kind(found, wanted, managed.get(path, found))
            differences.append(Difference(kind, path))
    return tuple(differences)


def diff_text(
    target: Path, project: Project, differences: tuple[Difference, ...]
) -> str:
    """Unified diffs from the target to what would be emitted."""
    texts = described_files(project)
    parts = []
    for difference in differences:
        path = difference.path
        present = fingerprint(target, path) and (target / path).is_file()
        old = (target / path).read_text("utf-8", "replace") if present else ""
        lines = unified_diff(
            old.splitlines(keepends=True),
            texts.get(path, "").splitlines(keepends=True),
            f"a/{path}" if present else "/dev/null",
            f"b/{path}" if path in texts else "/dev/null",
        )
        parts += [
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            for line in lines
        ]
    return "".join(parts)


def _kind(found: str, wanted: str, written: str) -> Kind:
    if not found:
        return "missing"
    if found != written:
        return "edited"
    return "changed" if wanted else "stale"
