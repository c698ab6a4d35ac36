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
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        text = column.cast(pa.string())
        return pc.if_else(pc.equal(text, ""), None, text)
    if pa.types.is_integer(kind):
        return column.cast(pa.string())
    if pa.types.is_nested(kind) or pa.types.is_null(kind):
        return pa.array(map(cell_text, column.to_pylist()), pa.string())
    encoded = column if pa.types.is_dictionary(kind) else column.dictionary_encode()
    texts = pa.array(map(cell_text, encoded.dictionary.to_pylist()), pa.string())
    return texts.take(encoded.indices)
