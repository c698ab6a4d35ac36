"""Put files into place, all or nothing.

Everything new is first written and flushed in a staging folder beside the target, on
the same file system. Then

* a target that does not exist appears by one rename of the staged files;
* a target that exists is changed through a journal. Once it lies in the staging folder
  the change is certain: the files are renamed into place one by one, a matter of some
  milliseconds. A process killed before that leaves the old state, one killed after it
  the new one. Killed amid the renames, it leaves whole files of both, and the journal:
  `recover`, which a compile calls first, completes them; other commands say so.

Why not swap whole folders: a target holds what is not ours (`runs/`, `.git`, perhaps a
training that writes at this moment, shells and editors that stand in it, a container's
mount point). Swapping means to copy all that, to lose what is written meanwhile and to
leave open folders behind. In place, an unmanaged file is never so much as touched.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from autom3l.diagnostics import Diagnostic, EmitError
from autom3l.paths import BLOCKED, fingerprint, is_plain
from autom3l.staging import (
    FILES,
    JOURNAL,
    decide,
    discard,
    locked_staging,
    stage,
    staging_places,
    sync,
    sync_all,
)


@dataclass(frozen=True, config=ConfigDict(extra="forbid", strict=True))
class _Journal:
    """`before`: a fingerprint per path that changes; `removes`: those that go."""

    before: dict[str, str]
    removes: list[str]


_JOURNAL = TypeAdapter(_Journal)


def publish(
    target: Path,
    writes: Mapping[str, str],
    removes: Iterable[str],
    found: Mapping[str, str],
) -> None:
    """Write and remove files of the target (POSIX paths relative to it) as one step.

    `found`: the fingerprint of each when it was decided to. A file that changes on disk
    during the call is left as it is. Raises `EmitError` where one changed before, or
    when the disk refuses.
    """
    with locked_staging(target) as staging:
        _finish(target, staging)
        if target.exists():
            _publish_into(target, staging, writes, sorted(removes), found)
        else:
            stage(staging, writes)
            (staging / FILES).rename(target)
            sync(target.parent)


def recover(target: Path) -> None:
    """Complete, or clear away, what an interrupted `publish` left behind."""
    if any(place.exists() for place in staging_places(target)):
        with locked_staging(target) as staging:
            _finish(target, staging)


def interrupted(target: Path) -> bool:
    """Whether the target waits for `recover` to become wholly new."""
    return any((place / JOURNAL).exists() for place in staging_places(target))


def _publish_into(
    target: Path,
    staging: Path,
    writes: Mapping[str, str],
    removes: list[str],
    before: Mapping[str, str],
) -> None:
    _check_unchanged(target, before)
    _check_writable(target, before)
    stage(staging, writes)
    for path in writes:
        if before[path]:
            shutil.copymode(target / path, staging / FILES / path)
    journal = _Journal(dict(before), removes)
    decide(staging, _JOURNAL.dump_json(journal).decode())
    try:
        _finish(target, staging)
    except KeyboardInterrupt:
        _finish(target, staging)
        raise


def _finish(target: Path, staging: Path) -> None:
    """Carry out the journal, if there is one, then empty the staging folder.

    What was carried out already is skipped, and so is a file that no longer is what it
    was when the journal was written: whoever changed it since is right.
    """
    if (staging / JOURNAL).exists():
        journal = _read(staging / JOURNAL)
        before = journal.before
        same = {path for path in before if _is_still(target, path, before[path])}
        folders = _move(target, staging, sorted(same))
        _delete(target, journal.removes, same)
        sync_all(folders)  # last, for it takes longer than all before
        (staging / JOURNAL).unlink()
    discard(staging)


def _is_still(target: Path, path: str, before: str) -> bool:
    """Whether nobody touched it; a journal that came with a clone is not trusted."""
    ours = is_plain(path) and ".git" not in path.casefold().split("/")
    return ours and fingerprint(target, path) == before != BLOCKED


def _read(path: Path) -> _Journal:
    try:
        return _JOURNAL.validate_json(path.read_bytes())
    except ValidationError:
        message = "the journal of an interrupted compile can't be read"
        hint = f"remove {str(path.parent)!r}, then compile again"
        raise EmitError(Diagnostic("E024", message, str(path), hint)) from None


def _move(target: Path, staging: Path, paths: Iterable[str]) -> list[Path]:
    unusable = ("", BLOCKED)  # moved already; or no file of ours
    files = staging / FILES
    staged = [path for path in paths if fingerprint(files, path) not in unusable]
    folders = sorted({(target / path).parent for path in staged})
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    for path in staged:
        (files / path).replace(target / path)
    return folders


def _delete(target: Path, removes: Iterable[str], same: set[str]) -> None:
    for path in filter(same.__contains__, removes):
        (target / path).unlink()
    for path in removes:
        folder = _existing((target / path).parent)
        gone = is_plain(path) and not fingerprint(target, path)
        while gone and folder != target and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent


def _check_unchanged(target: Path, before: Mapping[str, str]) -> None:
    moved = [path for path in before if fingerprint(target, path) != before[path]]
    if moved:
        message, hint = "changed while the compile ran", "compile again"
        raise EmitError(
            Diagnostic("E020", message, str(target / p), hint) for p in moved
        )


def _check_writable(target: Path, paths: Iterable[str]) -> None:
    folders = {_existing((target / path).parent) for path in paths}
    shut = sorted(str(f) for f in folders if not os.access(f, os.W_OK | os.X_OK))
    if shut:
        hint = "give yourself the right to write there"
        raise EmitError(Diagnostic("E004", "read-only", f, hint) for f in shut)


def _existing(folder: Path) -> Path:
    return folder if folder.exists() else _existing(folder.parent)
