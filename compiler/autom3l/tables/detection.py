"""How a table is written: format, encoding, separator and quoting, from its files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from autom3l.diagnostics import DataError, Diagnostic
from autom3l.ir import TableFormat
from autom3l.profile import TableSource
from autom3l.tables.dialect import detect_dialect
from autom3l.tables.encoding import ASCII, detect_encoding
from autom3l.tables.files import open_bytes

_HEAD_BYTES = 1 << 18
_PARQUET_MAGIC = b"PAR1"
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
    encoding = _common_encoding(sources)
    for other in sources[1:]:
        if _layout(other) != _layout(first) or not encoding:
            message = f"is written otherwise than {first.paths[0]!r}"
            hint = f"{_described(other)} here, {_described(first)} there"
            raise DataError(Diagnostic("D012", message, other.paths[0], hint))
    return TableSource(
        tuple(paths), first.format, first.separator, encoding, first.quote
    )


def _detect_one(path: str) -> TableSource:
    with open_bytes(path) as file:
        head = file.read(_HEAD_BYTES)
    if not head.strip():
        raise DataError(Diagnostic("D004", "the file is empty", path))
    if head.startswith(_PARQUET_MAGIC) or path.endswith((".parquet", ".pq")):
        return TableSource((path,), "parquet")
    _check_text(path, head)
    encoding = detect_encoding(path, head)
    text = head.decode(encoding, errors="ignore")
    if not text.strip():
        raise DataError(Diagnostic("D004", "the file is empty", path))
    kind = _text_format(path, text)
    if kind == "jsonl":
        return TableSource((path,), kind, encoding=encoding)
    dialect = detect_dialect(text, complete=len(head) < _HEAD_BYTES)
    return TableSource((path,), kind, dialect.separator, encoding, dialect.quote)


def _check_text(path: str, head: bytes) -> None:
    for magic, what, hint in _FOREIGN:
        if head.startswith(magic):
            raise DataError(Diagnostic("D008", f"is {what}", path, hint))
    wide = head[:4].count(0) or head[:2] in (b"\xff\xfe", b"\xfe\xff")
    control = sum(head.count(bytes([b])) for b in range(9))
    if not wide and control > 0.01 * len(head):
        hint = "CSV, TSV, JSON lines and Parquet can be read"
        raise DataError(Diagnostic("D008", "is a binary file", path, hint))


def _text_format(path: str, text: str) -> TableFormat:
    start = text.lstrip("\ufeff \t\r\n")
    suffixes = Path(path.removesuffix(".gz")).suffix.lower()
    if suffixes in (".jsonl", ".ndjson", ".json"):
        if start.startswith("["):
            hint = "write one JSON object per line instead: jq -c '.[]'"
            message = "is one JSON array, not JSON lines"
            raise DataError(Diagnostic("D008", message, path, hint))
        return "jsonl"
    return "jsonl" if _is_json_object(start) else "csv"


def _is_json_object(start: str) -> bool:
    if not start.startswith("{"):
        return False
    try:
        return isinstance(json.loads(start.splitlines()[0]), dict)
    except json.JSONDecodeError:
        return False


def _common_encoding(sources: Sequence[TableSource]) -> str:
    """One codec that reads every file; empty when there is none."""
    found = {s.encoding for s in sources} - {ASCII}
    if found == {"utf-8", "utf-8-sig"}:
        return "utf-8-sig"
    if not found:
        return "utf-8"
    return found.pop() if len(found) == 1 else ""


def _layout(source: TableSource) -> tuple[str, str, str]:
    return source.format, source.separator, source.quote


def _described(source: TableSource) -> str:
    return f"{source.format}, {source.encoding}, separator {source.separator!r}"
