"""Streaming a table of any format, file after file."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from autom3l.diagnostics import DataError, Diagnostic
from autom3l.profile import TableSource
from autom3l.tables.delimited import csv_batches, csv_header
from autom3l.tables.json_lines import json_batches
from autom3l.tables.parquet import parquet_batches, parquet_header


def read_header(source: TableSource) -> tuple[str, ...]:
    """Column names in table order; of JSON lines the keys of the first 10,000 rows.

    Raises `DataError` D011 for files of one glob with different headers.
    """
    headers = [_header(source, path) for path in source.paths]
    if source.format == "jsonl":
        return tuple(dict.fromkeys(name for header in headers for name in header))
    for path, header in zip(source.paths, headers, strict=True):
        if header != headers[0]:
            differing = map(repr, sorted({*header} ^ {*headers[0]}))
            message = f"its header differs from that of {source.paths[0]!r}"
            hint = f"in {', '.join(differing) or 'their order'}"
            raise DataError(Diagnostic("D011", message, path, hint))
    return headers[0]


def read_batches(source: TableSource) -> Iterator[pa.RecordBatch]:
    """Rows of every file in order; all columns are Arrow strings, null where empty.

    In CSV and Parquet each batch has the columns of the header. In JSON lines a batch
    has the keys seen so far in its file.
    """
    for path in source.paths:
        if source.format == "csv":
            yield from csv_batches(source, path)
        elif source.format == "jsonl":
            yield from json_batches(source, path)
        else:
            yield from parquet_batches(path)


def _header(source: TableSource, path: str) -> tuple[str, ...]:
    if source.format == "csv":
        return csv_header(source, path)
    if source.format == "parquet":
        return parquet_header(path)
    first = next(json_batches(source, path), None)
    return tuple(first.schema.names) if first is not None else ()
