"""How a table is written: format, encoding, separator and quoting, from its files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from autom3l.diagnostics import DataError, Diagnostic
from autom3l.ir import TableFormat
from autom3l.profile import TableSource
from autom3l.tables.dialect import detect_dialect
from autom3l.tables.encoding import ASCII, detect_encoding, marked_encoding
from autom3l.tables.files import open_bytes

_HEAD_BYTES = 1 << 18
_CONTROLS = tuple(map(chr, range(9)))
_FOREIGN = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook", "save the table as CSV"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook", "save the table as CSV"),
    (b"\x1f\x8b", "packed with gzip", "let its name end in .gz"),
    (b"BZh", "packed with bzip2", "unpack it"),
    (b"\xfd7zXZ", "packed with xz", "unpack it"),
    (b"(\xb5/\xfd", "packed with zstd", "unpack it"),
    (b"SQLite format 3", "an SQLite database", "export the table as CSV"),
    (b"ARROW1", "a Feather file", "save the table as Parquet"),
    (b"\x89PNG", "a PNG image", "name a table"),
    (b"\xff\xd8\xff", "a JPEG image", "name a table"),
    (b"%PDF", "a PDF document", "name a table"),
)


def detect_source(paths: Sequence[str]) -> TableSource:
    """How the files are read; they must agree, else `DataError` D012 names two.

    Raises `DataError` D004 for empty files, D007 for undecodable, D008 for binary ones.
    """
    sources = [_detect_one(path) for path in paths]
    first = sources[0]
    encoding = first.encoding
    for other in sources[1:]:
        encoding = _common_encoding(encoding, other.encoding)
        if not encoding or _layout(other) != _layout(first):
            message = f"is not written as {first.paths[0]!r} is"
            hint = f"{_described(other)} here, {_described(first)} there"
            raise DataError(Diagnostic("D012", message, other.paths[0], hint))
    encoding = "utf-8" if encoding == ASCII else encoding
    return TableSource(
        tuple(paths), first.format, first.separator, encoding, first.quote
    )


def _detect_one(path: str) -> TableSource:
    with open_bytes(path) as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith(b"PAR1") or path.lower().endswith((".parquet", ".pq")):
        _check_not_empty(path, bool(head))
        return TableSource((path,), "parquet")
    _check_text(path, head)
    encoding = detect_encoding(path, head)
    text = head.decode(encoding, errors="ignore")
    _check_not_empty(path, bool(text.strip("\ufeff \t\r\n")))
    if _is_json_lines(path, text.lstrip("\ufeff \t\r\n")):
        return TableSource((path,), "jsonl", encoding=encoding)
    dialect = detect_dialect(text, complete=len(head) < _HEAD_BYTES)
    kind: TableFormat = "csv"
    return TableSource((path,), kind, dialect.separator, encoding, dialect.quote)


def _check_not_empty(path: str, filled: bool) -> None:
    if not filled:
        raise DataError(Diagnostic("D004", "the file is empty", path))


def _check_text(path: str, head: bytes) -> None:
    for magic, what, hint in _FOREIGN:
        if head.startswith(magic):
            raise DataError(Diagnostic("D008", f"is {what}", path, hint))
    text = head.decode(marked_encoding(head) or "latin-1", errors="ignore")
    if sum(map(text.count, _CONTROLS)) > max(8, 0.01 * len(text)):
        hint = "CSV, TSV, JSON lines and Parquet can be read"
        raise DataError(Diagnostic("D008", "is a binary file", path, hint))


def _is_json_lines(path: str, start: str) -> bool:
    suffix = Path(path.removesuffix(".gz")).suffix.lower()
    named_json = suffix in (".jsonl", ".ndjson", ".json")
    if named_json and start.startswith("["):
        message = "is one JSON array, not JSON lines"
        hint = "write one object per line: jq -c '.[]'"
        raise DataError(Diagnostic("D008", message, path, hint))
    return named_json or _is_object(start.partition("\n")[0])


def _is_object(line: str) -> bool:
    try:
        return line.startswith("{") and isinstance(json.loads(line), dict)
    except json.JSONDecodeError:
        return False
    except (ValueError, RecursionError):  # JSON, of what can't be read: told as such
        return True


def _common_encoding(one: str, other: str) -> str:
    """A codec that reads files of both encodings; empty when there is none."""
    if other in (one, ASCII):
        return one
    if one == ASCII:
        return other
    return "utf-8-sig" if {one, other} == {"utf-8", "utf-8-sig"} else ""


def _layout(source: TableSource) -> tuple[str, str, str]:
    return source.format, source.separator, source.quote


def _described(source: TableSource) -> str:
    if source.format == "parquet":
        return source.format
    separator = f", separator {source.separator!r}" if source.format == "csv" else ""
    return f"{source.format}, {source.encoding}{separator}"
