"""Streaming the rows of Parquet files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

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
    """Rows of one file in table order, every cell as text."""
    names = list(parquet_header(path))
    file = _open(path)
    try:
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            texts = [_as_text(column) for column in batch.columns]
            yield pa.RecordBatch.from_arrays(texts, names=names)
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(_corrupt(error, path)) from None


def _open(path: str) -> Any:
    try:
        return parquet.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(_corrupt(error, path)) from None


def _corrupt(error: Exception, path: str) -> Diagnostic:
    reason = str(error).splitlines()[0].rstrip(".")
    return Diagnostic("D009", f"can't be read as Parquet: {reason}", path)


def _as_text(column: Any) -> Any:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _as_text(column.dictionary_decode())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _empty_to_null(column.cast(pa.string()))
    if pa.types.is_integer(kind) or pa.types.is_date(kind):
        return column.cast(pa.string())
    if pa.types.is_timestamp(kind):
        return _timestamp_text(column)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.nulls(len(column), pa.string())
    return pa.array(map(cell_text, column.to_pylist()), pa.string())


def _empty_to_null(column: Any) -> Any:
    return pc.if_else(pc.equal(column, ""), None, column)


def _timestamp_text(column: Any) -> Any:
    """ISO 8601 without a fraction of zeros."""
    text = column.cast(pa.string())
    return pc.replace_substring_regex(text, r"\.0+(Z?)$", r"\1")
