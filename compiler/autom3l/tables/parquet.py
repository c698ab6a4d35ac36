"""Streaming the rows of Parquet files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from autom3l.diagnostics import DataError, Diagnostic
from autom3l.tables.cells import cell_text
from autom3l.tables.names import check_unique

BATCH_ROWS = 10_000


def parquet_header(path: str) -> tuple[str, ...]:
    """Column names of one file; raises `DataError` D009 when it can't be opened."""
    names = tuple(_open(path).schema_arrow.names)
    check_unique(names, path)
    return names


def parquet_batches(path: str) -> Iterator[pa.RecordBatch]:
    """Rows of one file in table order, every cell as text.

    Raises `DataError` D019 for a cell that has no text: bytes in a column of texts that
    are not UTF-8, a time outside the years 1 to 9999. None is taken as missing, for
    what was meant can't be known; only a column of binary data reads as empty.
    """
    names = list(parquet_header(path))
    file = _open(path)
    rows = 0
    try:
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            texts = [
                _column(column, f"{path}: column {name!r}", rows)
                for name, column in zip(names, batch.columns, strict=True)
            ]
            rows += batch.num_rows
            yield pa.RecordBatch.from_arrays(texts, names=names)
    except (pa.ArrowException, OSError) as error:
        raise DataError(_corrupt(error, path)) from None


def _open(path: str) -> Any:
    from pyarrow import parquet  # noqa: PLC0415 (slow, for tables of this format only)

    try:
        return parquet.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise DataError(_corrupt(error, path)) from None


def _corrupt(error: Exception, path: str) -> Diagnostic:
    reason = str(error).splitlines()[0].rstrip(".")
    return Diagnostic("D009", f"can't be read as Parquet: {reason}", path)


def _column(column: Any, where: str, rows: int) -> Any:
    """The cells as text; `rows` came before them."""
    try:
        return _as_text(column)
    except (OverflowError, UnicodeError, pa.ArrowInvalid) as error:
        wrong = (i for i, cell in enumerate(column, rows + 1) if _has_no_text(cell))
        row = next(wrong, None)
        if row is None:
            raise
        time = isinstance(error, OverflowError)
        what = "a time outside the years 1 to 9999" if time else "bytes not in UTF-8"
        hint = "empty such cells, or write them as text"
        message = f"row {row} holds {what}"
        raise DataError(Diagnostic("D019", message, where, hint)) from None


def _has_no_text(cell: Any) -> bool:
    try:
        cell.as_py()
    except (OverflowError, UnicodeError):
        return True
    return False


def _as_text(column: Any) -> Any:
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        text = column.cast(pa.string())
        text.validate(full=True)  # Parquet promises UTF-8, and writers break it
        return pc.if_else(pc.equal(text, ""), None, text)
    if pa.types.is_integer(kind):
        return column.cast(pa.string())
    if pa.types.is_nested(kind) or pa.types.is_null(kind):
        return pa.array(map(cell_text, column.to_pylist()), pa.string())
    encoded = column if pa.types.is_dictionary(kind) else column.dictionary_encode()
    texts = pa.array(map(cell_text, encoded.dictionary.to_pylist()), pa.string())
    return texts.take(encoded.indices)
