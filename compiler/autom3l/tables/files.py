"""Which files hold the table, and their bytes."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape, has_magic
from pathlib import Path
from typing import BinaryIO, cast

from autom3l.diagnostics import DataError, Diagnostic, did_you_mean

CHUNK_BYTES = 1 << 20


def find_file(path: str, folder: str, where: str) -> str:
    """The one file that `path`, relative to `folder`, names; else as `find_files`."""
    place = Path(folder, path)
    if not _is_file(place, where):
        raise DataError(_missing(place, path, where))
    return str(place)


def find_files(pattern: str, folder: str, where: str) -> tuple[str, ...]:
    """Every file that `pattern` (a path or a glob, relative to `folder`) names, sorted.

    `where` is the key of the spec that holds the pattern. Raises `DataError` D001 for a
    file that is missing, D002 for a glob that is none or has no matches, D003 for a
    path that can't be looked at.
    """
    if not has_magic(pattern) or _is_file(Path(folder, pattern), where):
        return (find_file(pattern, folder, where),)
    found = _matches(pattern, folder, where)
    if not found:
        hint = "a pattern is relative to the spec's folder"
        message = f"no file matches {pattern!r}"
        raise DataError(Diagnostic("D002", message, where, hint))
    return found


def as_pattern(path: str, folder: str, found: tuple[str, ...]) -> str:
    """What `find_files` found by `path`, as a glob where it looks like one.

    So whoever reads it need not look at the disk to know which it is: the signs in a
    name that was meant as it stands are escaped.
    """
    literal = has_magic(path) and found == (str(Path(folder, path)),)
    return escape(path) if literal else path


@contextmanager
def open_bytes(path: str) -> Iterator[BinaryIO]:
    """The bytes of a file, those of a `.gz` unpacked.

    Raises `DataError` D003 when it can't be read, D009 when it can't be unpacked.
    """
    try:
        with _opened(path) as file:
            yield file
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        message = f"can't be unpacked: {error}"
        raise DataError(Diagnostic("D009", message, path, "is it complete?")) from None
    except OSError as error:
        message = f"can't be read: {error.strerror or error}"
        raise DataError(Diagnostic("D003", message, path)) from None


def byte_chunks(path: str) -> Iterator[bytes]:
    """The bytes of a file in pieces of at most 1 MiB."""
    with open_bytes(path) as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _is_file(path: Path, where: str) -> bool:
    try:
        return path.is_file()
    except OSError as error:  # a name of 300 letters, a folder that is closed to us
        raise DataError(_unseen(error, where)) from None


def _unseen(error: OSError, where: str) -> Diagnostic:
    message = f"can't be looked for: {error.strerror or error}"
    return Diagnostic("D003", message, where)


def _matches(pattern: str, folder: str, where: str) -> tuple[str, ...]:
    anchor = Path(pattern).anchor
    try:
        matches = Path(anchor or folder).glob(pattern.removeprefix(anchor))
        return tuple(sorted(str(match) for match in matches if match.is_file()))
    except OSError as error:
        raise DataError(_unseen(error, where)) from None
    except (ValueError, RecursionError):
        message = f"{pattern!r} is no pattern"
        hint = "'**' stands alone between two '/'"
        raise DataError(Diagnostic("D002", message, where, hint)) from None


def _missing(path: Path, pattern: str, where: str) -> Diagnostic:
    if path.is_dir():
        hint = "name one file, or a glob such as 'data/*.csv'"
        return Diagnostic("D001", f"{pattern!r} is a folder", where, hint)
    if path.parent.is_dir():
        names = [p.name for p in path.parent.iterdir() if p.is_file()]
        hint = did_you_mean(path.name, names) or "its folder holds no files"
    else:
        hint = f"there is no folder {str(path.parent)!r}"
    return Diagnostic("D001", f"there is no file {pattern!r}", where, hint)


def _opened(path: str) -> BinaryIO:
    if path.endswith(".gz"):
        return cast(BinaryIO, gzip.open(path, "rb"))
    return Path(path).open("rb")
