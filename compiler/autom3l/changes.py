"""What a compile does to its target, decided file by file before anything is written.

Of each managed file there are three texts: as it was written by the last compile
(base), as it stands now (ours, the user's), and as it is compiled now (theirs). A file
that its user left alone is replaced; one that was edited is refused, overwritten or
merged, as was asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from autom3l import git
from autom3l.diagnostics import ConflictError, Diagnostic, EmitError
from autom3l.filetree import FileTree
from autom3l.ignoring import ignored
from autom3l.manifest import Manifest, Trial, manifest_of
from autom3l.merging import REJECTED, has_markers, merge_texts, unix
from autom3l.paths import BLOCKED, OWN, fingerprint, path_problems, sha256
from autom3l.project import BASE, TRANSCRIPT, Project, own_files
from autom3l.request import Conflict, Edits
from autom3l.target import edit_refused, read_target

Action = Literal["create", "update", "delete", "keep", "conflict"]
DISCARDED = "your change is discarded"


@dataclass(frozen=True)
class Step:
    """What happens to one file of the project, and why where that is not plain."""

    action: Action
    path: str
    note: str = ""

    def conflict(self) -> Diagnostic:
        """The line that tells of a conflict, once it stands in the target."""
        message = f"your change and the new compile conflict: {self.note}"
        return Diagnostic("E016", message, self.path, "resolve it, then commit")


@dataclass(frozen=True)
class Changes:
    """Text per path to write, paths to remove, and what that means for whom.

    `steps`: files of the project which change, or are kept though they are not as they
    would be compiled. `trial` is what the manifest says of the files as they then are.
    `found`: the fingerprints that all this was decided by.
    """

    writes: dict[str, str]
    removes: tuple[str, ...]
    steps: tuple[Step, ...]
    trial: Trial
    found: dict[str, str]

    def managed(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Written and removed files of the project itself, without `.autom3l/`."""
        written = tuple(p for p in self.writes if not p.startswith(f"{OWN}/"))
        removed = tuple(p for p in self.removes if not p.startswith(f"{OWN}/"))
        return written, removed

    def conflicts(self) -> tuple[Step, ...]:
        """Those that the user has to resolve."""
        return tuple(step for step in self.steps if step.action == "conflict")

    def replaced(self) -> list[str]:
        """What stands in the target now and is changed or removed."""
        return [path for path, found in self.found.items() if found]


def planned_changes(target: Path, project: Project, edits: Edits) -> Changes:
    """What brings the target to the project.

    Raises `EmitError` for paths that no project may have, for edits where they are
    refused, and where something that is not ours and can't be merged is in the way;
    `ConflictError` where an earlier conflict was left as it was.
    """
    problems = path_problems(project.tree)
    if problems:
        raise EmitError(Diagnostic("E010", problem) for problem in problems)
    old = read_target(target)
    written = old.files if old else {}
    apart = ignored(target, written.keys() | project.tree.keys())
    tree = {path: text for path, text in project.tree.items() if path not in apart}
    managed = {path: sha for path, sha in written.items() if path not in apart}
    draft = _Draft(target, managed, tree, edits)
    for path in sorted(draft.written.keys() | tree.keys()):
        draft.add(path)
    manifest = _manifest(project, tree, old, apart)
    stale = sorted(draft.written.keys() - tree.keys())
    unasked = [TRANSCRIPT] if project.transcript is None else []
    own = own_files(tree, project, manifest)
    draft.add_own(own, [*(f"{BASE}/{path}" for path in stale), *unasked])
    return draft.changes(manifest.trial)


class _Draft:
    """Changes as they are decided. `written`: fingerprints after the last compile."""

    def __init__(
        self, target: Path, written: dict[str, str], tree: FileTree, edits: Edits
    ) -> None:
        self.written = written
        self._target = target
        self._tree = tree
        self._edits = edits
        self._writes: dict[str, str] = {}
        self._removes: list[str] = []
        self._steps: list[Step] = []
        self._found: dict[str, str] = {}
        self._problems: list[Diagnostic] = []
        self._unresolved: list[Diagnostic] = []
        merging = edits in ("inline", "rej")
        self._renames = _renames(target, written, tree) if merging else {}

    def add(self, path: str) -> None:
        """Decide about one file of the project, managed so far or from now on."""
        found = self._look(path)
        if found == _digest(self._tree.get(path)):
            return
        if found == BLOCKED:
            self._problems.append(_in_the_way(self._target, path))
        elif found == self.written.get(path, ""):
            self._replace(path, found)
        elif self._edits in ("inline", "rej"):
            self._merge(path, found, self._edits)
        elif path not in self.written:
            self._problems.append(_in_the_way(self._target, path))
        elif self._edits == "overwrite":
            self._replace(path, found, DISCARDED)
        else:
            self._problems.append(edit_refused(self._target, path, found))

    def add_own(self, texts: dict[str, str], removes: Iterable[str]) -> None:
        """Bring `.autom3l/` up to date: nobody edits what is in it."""
        for path, text in texts.items():
            found = self._look(path)
            if found == BLOCKED:
                self._problems.append(_in_the_way(self._target, path))
            elif found != _digest(text):
                self._writes[path] = text
        self._removes += [path for path in removes if self._look(path)]

    def changes(self, trial: Trial) -> Changes:
        """All of them; raises what speaks against it."""
        if self._problems:
            raise EmitError(self._problems)
        if self._unresolved:
            raise ConflictError(self._unresolved)
        touched = (*self._writes, *self._removes)
        found = {path: self._found[path] for path in touched}
        steps = tuple(sorted(self._steps, key=lambda step: step.path))
        return Changes(self._writes, tuple(self._removes), steps, trial, found)

    def _look(self, path: str) -> str:
        return self._found.setdefault(path, fingerprint(self._target, path))

    def _replace(self, path: str, found: str, note: str = "") -> None:
        if path in self._tree:
            self._writes[path] = self._tree[path]
            self._steps.append(Step("update" if found else "create", path, note))
        else:
            self._removes.append(path)
            self._steps.append(Step("delete", path, note))

    def _merge(self, path: str, found: str, conflict: Conflict) -> None:
        theirs = self._tree.get(path)
        place = path if found else self._renames.get(path, "")
        moved = "" if found else f"renamed from {path}"
        if not place:
            self._steps.append(Step("keep", path, "you deleted it"))
        elif theirs is None:
            note = "no longer part of the project, but edited"
            self._steps.append(Step("keep", place, note))
        elif _digest(theirs) == self.written.get(path):
            self._check_resolved(place)
            self._steps.append(Step("keep", place, moved or "edited"))
        elif self._check_resolved(place):
            self._merge_texts(path, place, theirs, conflict, moved)

    def _merge_texts(
        self, path: str, place: str, theirs: str, conflict: Conflict, moved: str
    ) -> None:
        base = self._base(path)
        if base is None:
            return
        self._look(place)
        ours = (self._target / place).read_bytes()
        merged = merge_texts(place, base, ours, theirs, conflict)
        if merged.text is not None and merged.text.encode() != ours:
            self._writes[place] = merged.text
        note = moved or "merged with your edits"
        if merged.rejected:
            note = f"see {place}{REJECTED}"
            self._look(f"{place}{REJECTED}")
            self._writes[f"{place}{REJECTED}"] = merged.rejected
        elif merged.conflicts:
            note = f"{merged.conflicts} marked in it"
        action: Action = "update" if place in self._writes else "keep"
        self._steps.append(
            Step("conflict" if merged.conflicts else action, place, note)
        )

    def _check_resolved(self, path: str) -> bool:
        """Whether no earlier conflict waits here: to merge into one would bury it."""
        rejected = f"{path}{REJECTED}"
        if fingerprint(self._target, rejected):
            message = "an earlier conflict waits here"
            hint = "carry over what it says, then remove it"
            self._leave(rejected, message, hint)
        elif has_markers((self._target / path).read_bytes()):
            message = "an earlier conflict is still marked in it"
            self._leave(path, message, "resolve it first")
        else:
            return True
        return False

    def _leave(self, path: str, message: str, hint: str) -> None:
        where = str(self._target / path)
        self._unresolved.append(Diagnostic("E015", message, where, hint))

    def _base(self, path: str) -> str | None:
        """As the last compile wrote it; nothing, where it did not know the file."""
        if path not in self.written:
            return ""
        place = self._target / BASE / path
        usable = fingerprint(self._target, f"{BASE}/{path}") not in ("", BLOCKED)
        content = unix(place.read_bytes()) if usable else b""
        if sha256(content) != self.written[path]:
            message = "not the text of the last compile, which is needed to merge"
            hint = f"restore {OWN}/ from version control"
            self._problems.append(Diagnostic("E019", message, str(place), hint))
            return None
        return content.decode()


def _renames(target: Path, written: dict[str, str], tree: FileTree) -> dict[str, str]:
    """Where managed files that are missing went, as git sees it."""
    gone = [path for path in written if path in tree and not fingerprint(target, path)]
    if not gone or not git.is_tree(target):
        return {}
    kinds = {PurePosixPath(path).suffix for path in gone}
    strangers = [
        path
        for path in sorted(git.present(target) - written.keys() - tree.keys())
        if PurePosixPath(path).suffix in kinds and not path.startswith(f"{OWN}/")
    ]
    return git.renames(
        _contents(target, gone, f"{BASE}/"), _contents(target, strangers)
    )


def _contents(target: Path, paths: list[str], prefix: str = "") -> dict[str, bytes]:
    there = [p for p in paths if fingerprint(target, prefix + p) not in ("", BLOCKED)]
    return {path: unix((target / prefix / path).read_bytes()) for path in there}


def _manifest(
    project: Project, tree: FileTree, old: Manifest | None, apart: set[str]
) -> Manifest:
    """Of the same files the old one says the same, whoever compiled them since."""
    files = old.files if old else {}
    frozen = {path: files[path] for path in sorted(apart & files.keys())}
    shipped = not project.own_templates and not apart
    manifest = manifest_of(tree, project.trial, frozen, as_shipped=shipped)
    if old is None:
        return manifest
    tried = old.trial == "passed" or project.trial == "skipped"
    return old if old.files == manifest.files and tried else manifest


def _in_the_way(target: Path, path: str) -> Diagnostic:
    message, hint = "this is not ours, and a managed file belongs here", "move it away"
    return Diagnostic("E009", message, str(target / path), hint)


def _digest(text: str | None) -> str:
    return "" if text is None else sha256(text.encode())
