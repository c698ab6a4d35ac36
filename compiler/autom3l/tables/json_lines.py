"""Streaming the rows of JSON-lines files."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator

import pyarrow as pa

from autom3l.diagnostics import DataError, Diagnostic
from autom3l.profile import TableSource
from autom3l.tables.cells import cell_text
from autom3l.tables.files import open_bytes

BATCH_ROWS = 10_000
_SHOWN_LINES = 5


def json_batches(source: TableSource, path: str) -> Iterator[pa.RecordBatch]:
    """Rows of one file; a batch has every key seen so far, in order of appearance.

    Raises `DataError` D010 for lines that are no JSON object, or hold what no text can:
    half of a surrogate pair, a number of thousands of digits. No such cell is taken as
    missing, for what was meant can't be known.
    """
    columns: dict[str, list[str | None]] = {}
    rows = 0
    for row in _objects(source, path):
        for name in row:
            if name not in columns:
                columns[name] = [None] * rows
        for name, cells in columns.items():
            cells.append(row.get(name))
        rows += 1
        if rows == BATCH_ROWS:
            yield _batch(columns)
            columns, rows = {name: [] for name in columns}, 0
    if rows:
        yield _batch(columns)


def _objects(source: TableSource, path: str) -> Iterator[dict[str, str | None]]:
    problems: list[Diagnostic] = []
    with open_bytes(path) as file:
        text = io.TextIOWrapper(file, source.encoding)
        for number, line in enumerate(text, start=1):
            if not line.strip():
                continue
            row = _object(line, f"{path}:{number}", problems)
            if row is not None:
                yield row
            if len(problems) == _SHOWN_LINES:
                break
    if problems:
        raise DataError(problems)


def _object(
    line: str, where: str, problems: list[Diagnostic]
) -> dict[str, str | None] | None:
    try:
        row = json.loads(line)
        if isinstance(row, dict):
            return _cells(line, row)
    except (ValueError, RecursionError) as error:
        problems.append(Diagnostic("D010", _in_words(error), where))
        return None
    message = f"{line.strip()[:40]!r} is not a JSON object"
    problems.append(Diagnostic("D010", message, where, "each line is one {...}"))
    return None


def _cells(line: str, row: dict[str, object]) -> dict[str, str | None]:
    """The texts of one object; raises `UnicodeEncodeError` for what is no text."""
    cells = {name: cell_text(value) for name, value in row.items()}
    if "\\u" in line:  # only an escape can name half of a character
        for text in (*cells, *cells.values()):
            (text or "").encode()
    return cells


def _in_words(error: ValueError | RecursionError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"invalid JSON at column {error.colno}: {error.msg}"
    if isinstance(error, UnicodeEncodeError):
        half = error.object[error.start]
        return f"{half!r} is half of a character, which no text can hold"
    if isinstance(error, RecursionError):
        return "lists or objects are nested too deep"
    return f"a number of more than {sys.get_int_max_str_digits():,} digits"


def _batch(columns: dict[str, list[str | None]]) -> pa.RecordBatch:
    arrays = [pa.array(cells, pa.string()) for cells in columns.values()]
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))
