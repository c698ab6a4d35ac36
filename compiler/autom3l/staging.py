"""The folder in which new files wait, locked against a second compile of one target."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from autom3l.diagnostics import Diagnostic, EmitError
from autom3l.paths import OWN

FILES = "files"
JOURNAL = "journal.json"
_JOURNAL_DRAFT = "journal.json.new"
_LOCK = "lock"


def staging_places(target: Path) -> tuple[Path, Path]:
    """Where the staging folder of a target can be: beside it, or inside it.

    Inside only where its parent is read-only or, as with a container's mount point, on
    another file system, from which nothing could be renamed into the target.
    """
    return target.parent / f".{target.name}{OWN}", target / OWN / ".staging"


@contextmanager
def locked_staging(target: Path) -> Iterator[Path]:
    """The staging folder, made where there is none and cleared away afterwards.

    With a journal in it, it stays as it is. Raises `EmitError` when another process
    holds it, and for each `OSError` inside.
    """
    places = staging_places(target)
    _refuse_links((*places, places[1].parent, *(place / FILES for place in places)))
    staging = next((place for place in places if place.exists()), _place(target))
    try:
        staging.mkdir(parents=True, exist_ok=True)
        with _lock(staging, target):
            try:
                yield staging
            finally:
                discard(staging)
    except OSError as error:
        where = str(error.filename or target)
        reason = error.strerror or str(error)
        hint = "the target is as it was, or the next compile completes it"
        diagnostic = Diagnostic("E012", f"can't write: {reason}", where, hint)
        raise EmitError(diagnostic) from None


def stage(staging: Path, writes: Mapping[str, str]) -> None:
    """Write texts (POSIX path -> text) under `FILES` and flush them to the disk."""
    files = staging / FILES
    files.mkdir()
    for path, text in writes.items():
        (files / path).parent.mkdir(parents=True, exist_ok=True)
        (files / path).write_bytes(text.encode())  # as it is: no newline translation
    sync_all(files / path for path in writes)


def decide(staging: Path, journal: str) -> None:
    """Put the journal in place, from which moment on the change is certain."""
    draft = staging / _JOURNAL_DRAFT
    draft.write_text(journal, "utf-8")
    sync(draft)
    draft.rename(staging / JOURNAL)
    sync(staging)


def discard(staging: Path) -> None:
    """Throw staged files away, unless a journal still needs them."""
    if not (staging / JOURNAL).exists():
        (staging / _JOURNAL_DRAFT).unlink(missing_ok=True)
        if (staging / FILES).exists():
            shutil.rmtree(staging / FILES)


def sync_all(paths: Iterable[Path]) -> None:
    """Flush many at once, which a disk can combine: far quicker than one by one."""
    with ThreadPoolExecutor(max_workers=16) as pool:
        list(pool.map(sync, paths))


def sync(path: Path) -> None:
    """Flush a file or a folder to the disk; only POSIX can do so for a folder."""
    posix = os.name == "posix"
    if path.is_dir() and not posix:
        return
    handle = os.open(path, os.O_RDONLY if posix else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refuse_links(places: Iterable[Path]) -> None:
    """A link may come with a clone; behind it, foreign files would be removed."""
    if linked := [place for place in places if place.is_symlink()]:
        message, hint = "can't write: a symbolic link is in the way", "remove it"
        raise EmitError(Diagnostic("E012", message, str(p), hint) for p in linked)


@contextmanager
def _lock(staging: Path, target: Path) -> Iterator[None]:
    lock = FileLock(staging / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        message = "another compile is writing to this folder"
        raise EmitError(
            Diagnostic("E013", message, str(target), "wait for it")
        ) from None
    try:
        yield
    finally:
        lock.release()
        _remove(staging)


def _place(target: Path) -> Path:
    beside, inside = staging_places(target)
    if not target.exists():
        return beside
    movable = target.stat().st_dev == target.parent.stat().st_dev
    return beside if movable and os.access(target.parent, os.W_OK) else inside


def _remove(staging: Path) -> None:
    """Remove what `discard` left empty; a file that is not ours stops `rmdir`."""
    if (staging / JOURNAL).exists():
        return
    (staging / _LOCK).unlink(missing_ok=True)
    staging.rmdir()
    if staging.parent.name == OWN and not any(staging.parent.iterdir()):
        staging.parent.rmdir()
