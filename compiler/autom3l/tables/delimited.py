"""Streaming the records of CSV files; agrees with `pandas.read_csv` cell by cell.

That is with `dtype=str, keep_default_na=False, na_values=[""], index_col=False`.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import pyarrow as pa
from pyarrow import csv as arrow_csv

from autom3l.diagnostics import DataError, Diagnostic
from autom3l.profile import TableSource
from autom3l.tables.files import byte_chunks, open_bytes
from autom3l.tables.names import name_columns

BLOCK_BYTES = 1 << 23
_SHOWN_ROWS = 5
_SENTINEL = "end of table"


def csv_header(source: TableSource, path: str) -> tuple[str, ...]:
    """Column names of one file; raises `DataError` D004 where there is no record."""
    with _records(source, path) as rows:
        header = next(rows, None)
    if header is None:
        raise DataError(Diagnostic("D004", "the file is empty", path))
    return name_columns(header, path)


def csv_batches(source: TableSource, path: str) -> Iterator[pa.RecordBatch]:
    """Rows of one file in table order; raises `DataError` for records that don't fit."""
    names = csv_header(source, path)
    extra = _extra_cells(source, path, names)
    columns = [str(i) for i in range(len(names) + extra)]
    bad: list[Any] = []

    def skip(row: Any) -> str:
        if row.text.strip(" \t"):
            bad.append(row.number)
        return "skip"

    stream = pa.PythonFile(_Stream(_utf8(source, path, len(columns))), mode="r")
    try:
        reader = arrow_csv.open_csv(stream, **_options(source, columns, skip))
        yield from _checked(reader, names, path)
    except pa.ArrowInvalid as error:
        raise DataError(_unreadable(error, path)) from None
    if bad:
        raise DataError(_ragged(source, path, len(columns)))


def _extra_cells(source: TableSource, path: str, names: tuple[str, ...]) -> int:
    """1 where every record ends with a separator that the header has not."""
    with _records(source, path) as rows:
        head = list(islice(rows, 1, 2))
    if not head or len(head[0]) != len(names) + 1:
        return 0
    if not head[0][-1]:
        return 1
    message = f"the header names {len(names)} columns, the rows hold {len(head[0])}"
    hint = "name the first column too (a table saved with row names?)"
    raise DataError(Diagnostic("D015", message, path, hint))


def _options(source: TableSource, columns: list[str], skip: Any) -> dict[str, Any]:
    return {
        "read_options": arrow_csv.ReadOptions(
            use_threads=False,
            block_size=BLOCK_BYTES,
            column_names=columns,
            skip_rows_after_names=1,
        ),
        "parse_options": arrow_csv.ParseOptions(
            delimiter=source.separator,
            quote_char=source.quote,
            newlines_in_values=True,
            invalid_row_handler=skip,
        ),
        "convert_options": arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(columns, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    }


def _checked(
    reader: Any, names: tuple[str, ...], path: str
) -> Iterator[pa.RecordBatch]:
    """Batches without the sentinel, which must be the last row, and extra cells."""
    held: pa.RecordBatch | None = None
    for batch in reader:
        if batch.num_rows == 0:
            continue
        if held is not None:
            yield _named(held, names, path)
        held = batch
    last = held.num_rows - 1 if held is not None else -1
    if held is None or held.column(0)[last].as_py() != _SENTINEL:
        message = "a quote is opened and never closed"
        raise DataError(Diagnostic("D013", message, path))
    if last:
        yield _named(held.slice(0, last), names, path)


def _named(batch: pa.RecordBatch, names: tuple[str, ...], path: str) -> pa.RecordBatch:
    cells = batch.columns
    for extra in cells[len(names) :]:
        if extra.null_count != len(extra):
            message = f"some rows hold more than the {len(names)} cells of the header"
            raise DataError(Diagnostic("D015", message, path))
    return pa.RecordBatch.from_arrays(cells[: len(names)], names=list(names))


def _utf8(source: TableSource, path: str, width: int) -> Iterator[bytes]:
    """The file as UTF-8 without byte-order mark and leading blank lines.

    Ends with a sentinel record: swallowed when a quote before it was never closed.
    """
    decoder = codecs.getincrementaldecoder(source.encoding)()
    plain = source.encoding in ("utf-8", "ascii")
    started = False
    for chunk in byte_chunks(path):
        data = chunk if plain else decoder.decode(chunk).encode()
        if not started:
            blank = re.match(rb"(?:[ \t]*[\r\n]+)*", data)
            data = data[blank.end() :] if blank else data
            started = bool(data)
        yield data
    row = source.separator.join([_SENTINEL] + [""] * (width - 1))
    yield f"\n{row}\n".encode()


class _Stream(io.RawIOBase):
    """A readable file over pieces of bytes."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        parts, held = [self._rest], len(self._rest)
        while size < 0 or held < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            parts.append(piece)
            held += len(piece)
        data = b"".join(parts)
        cut = len(data) if size < 0 else size
        self._rest = data[cut:]
        return data[:cut]


@contextmanager
def _records(source: TableSource, path: str) -> Iterator[Iterator[list[str]]]:
    csv.field_size_limit(1 << 30)
    with open_bytes(path) as file:
        text = io.TextIOWrapper(file, source.encoding, newline="")
        reader = csv.reader(text, delimiter=source.separator, quotechar=source.quote)
        yield (row for row in reader if len(row) > 1 or any(c.strip() for c in row))


def _ragged(source: TableSource, path: str, width: int) -> list[Diagnostic]:
    """The first records with a wrong number of cells, by line."""
    found: list[Diagnostic] = []
    count = 0
    csv.field_size_limit(1 << 30)
    with open_bytes(path) as file:
        text = io.TextIOWrapper(file, source.encoding, newline="")
        reader = csv.reader(text, delimiter=source.separator, quotechar=source.quote)
        line = 1
        for row in reader:
            if row and (len(row) > 1 or row[0].strip()) and len(row) != width:
                count += 1
                if count <= _SHOWN_ROWS:
                    message = f"{len(row)} cells where the header has {width}"
                    found.append(Diagnostic("D006", message, f"{path}:{line}"))
            line = reader.line_num + 1
    return found


def _unreadable(error: Exception, path: str) -> Diagnostic:
    if "straddl" in str(error):
        message = f"a record is longer than {BLOCK_BYTES >> 20} MiB"
        return Diagnostic("D013", message, path, "is a quote never closed?")
    return Diagnostic("D007", f"can't be read as CSV: {error}", path)
