"""Which files hold the table, and their bytes."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from glob import has_magic
from pathlib import Path
from typing import BinaryIO

from autom3l.diagnostics import DataError, Diagnostic, did_you_mean

CHUNK_BYTES = 1 << 20


def find_files(pattern: str, folder: str) -> tuple[str, ...]:
    """Every file that `pattern` (a path or a glob, relative to `folder`) names, sorted.

    Raises `DataError` D001 for a file that is missing, D002 for a glob without matches.
    """
    path = Path(folder, pattern)
    if path.is_file():
        return (str(path),)
    if not has_magic(pattern):
        raise DataError(_missing(path, pattern))
    root = Path(path.anchor) if path.is_absolute() else Path()
    relative = str(path.relative_to(root))
    found = tuple(sorted(str(p) for p in root.glob(relative) if p.is_file()))
    if not found:
        hint = "the pattern is relative to the spec's folder"
        message = f"no file matches {pattern!r}"
        raise DataError(Diagnostic("D002", message, "data.train", hint))
    return found


@contextmanager
def open_bytes(path: str) -> Iterator[BinaryIO]:
    """The bytes of a file, those of a `.gz` unpacked; raises `DataError` D003."""
    try:
        if path.endswith(".gz"):
            with gzip.open(path, "rb") as packed:
                yield packed  # type: ignore[misc]
        else:
            with Path(path).open("rb") as plain:
                yield plain
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        message = f"can't be unpacked: {error}"
        raise DataError(Diagnostic("D008", message, path, "is it complete?")) from None
    except OSError as error:
        message = f"can't be read: {error.strerror}"
        raise DataError(Diagnostic("D003", message, path)) from None


def byte_chunks(path: str) -> Iterator[bytes]:
    """The bytes of a file in pieces of about 1 MiB."""
    with open_bytes(path) as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _missing(path: Path, pattern: str) -> Diagnostic:
    if path.is_dir():
        hint = "name one file, or a glob such as 'data/*.csv'"
        return Diagnostic("D001", f"{pattern!r} is a folder", "data.train", hint)
    if not path.parent.is_dir():
        hint = f"there is no folder {str(path.parent)!r}"
        return Diagnostic("D001", f"no such file {pattern!r}", "data.train", hint)
    names = [p.name for p in path.parent.iterdir() if p.is_file()]
    hint = did_you_mean(path.name, names) or "its folder is empty"
    return Diagnostic("D001", f"no such file {pattern!r}", "data.train", hint)
