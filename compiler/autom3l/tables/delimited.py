"""Streaming the rows of CSV files; agrees with `pandas.read_csv` cell by cell.

That is with `dtype=str, keep_default_na=False, na_values=[""], index_col=False`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from autom3l.diagnostics import DataError, Diagnostic
from autom3l.profile import TableSource
from autom3l.tables.broken_records import endless_record, ragged_records
from autom3l.tables.names import name_columns
from autom3l.tables.records import numbered_records
from autom3l.tables.text_stream import SENTINEL, TextStream

# Arrow holds dozens of blocks at a time. Small ones do but for a record (a whole book?)
# that is longer; then the file is read again in large ones.
BLOCK_BYTES = (1 << 20, 1 << 24)


def csv_header(source: TableSource, path: str) -> tuple[str, ...]:
    """Column names of one file; raises `DataError` D005 for names that occur twice."""
    with numbered_records(source, path) as records:
        return name_columns(next(records)[1], path)


def csv_batches(source: TableSource, path: str) -> Iterator[pa.RecordBatch]:
    """Rows of one file in table order.

    Raises `DataError`: D006 for records with more or fewer cells than the header, D013
    for a quote that is never closed, D015 for a header without a name for the first
    column. A separator at the end of every record is no cell.
    """
    names = csv_header(source, path)
    width = len(names) + _trailing_cells(source, path, len(names))
    done = 0
    for block_bytes in BLOCK_BYTES:
        try:
            for batch in _parsed(source, path, width, block_bytes, done):
                done += batch.num_rows
                yield _cut(batch, names, path)
        except pa.ArrowInvalid:
            continue
        return
    raise DataError(endless_record(source, path, BLOCK_BYTES[-1]))


def _parsed(
    source: TableSource, path: str, width: int, block_bytes: int, done: int
) -> Iterator[pa.RecordBatch]:
    """Rows after the first `done`.

    Raises `pa.ArrowInvalid` for a record that does not end, or not within a block.
    """
    ragged = False

    def note(record: Any) -> str:
        nonlocal ragged
        ragged = ragged or bool(record.text.strip(" \t"))
        return "skip"

    columns = [str(i) for i in range(width)]
    options = _options(source, columns, block_bytes, note)
    with (
        TextStream(source, path, width) as stream,
        # Closed: its threads must not outlive the interpreter.
        arrow_csv.open_csv(stream, **options) as reader,
    ):
        for batch in _without_sentinel(reader):
            known = min(done, batch.num_rows)
            done -= known
            if known < batch.num_rows:
                yield batch.slice(known)
    if ragged:
        raise DataError(ragged_records(source, path, width))


def _trailing_cells(source: TableSource, path: str, named: int) -> int:
    """1 where the records end with a separator that the header has not."""
    with numbered_records(source, path) as records:
        first = next(islice(records, 1, None), (0, []))[1]
    if len(first) != named + 1:
        return 0
    if not first[-1]:
        return 1
    raise DataError(_unnamed_first(path, named))


def _unnamed_first(path: str, named: int) -> Diagnostic:
    message = f"the header names {named} columns, the rows hold {named + 1} cells"
    return Diagnostic("D015", message, path, "does the first column lack its name?")


def _options(
    source: TableSource, columns: list[str], block_bytes: int, note: Any
) -> dict[str, Any]:
    return {
        "read_options": arrow_csv.ReadOptions(
            use_threads=False,
            block_size=block_bytes,
            column_names=columns,
            skip_rows_after_names=1,
        ),
        "parse_options": arrow_csv.ParseOptions(
            delimiter=source.separator,
            quote_char=source.quote,
            newlines_in_values=True,
            invalid_row_handler=note,
        ),
        "convert_options": arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(columns, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    }


def _without_sentinel(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """All rows but the last, which must be the sentinel; else `pa.ArrowInvalid`."""
    held: pa.RecordBatch | None = None
    for batch in batches:
        if batch.num_rows:
            if held is not None:
                yield held
            held = batch
    if held is None or held.column(0)[-1].as_py() != SENTINEL:
        raise pa.ArrowInvalid("the last record is not the sentinel")
    yield held.slice(0, held.num_rows - 1)


def _cut(batch: pa.RecordBatch, names: tuple[str, ...], path: str) -> pa.RecordBatch:
    """The columns of the header; what follows them must be empty."""
    cells = batch.columns
    for trailing in cells[len(names) :]:
        if trailing.null_count != len(trailing):
            raise DataError(_unnamed_first(path, len(names)))
    rows = pa.RecordBatch.from_arrays(cells[: len(names)], names=list(names))
    if len(names) > 1:
        return rows
    # A line of blanks is no row for pandas; Arrow takes it for the only cell.
    blank = pc.match_substring_regex(rows.column(0), "^[ \t]+$")
    return rows.filter(pc.invert(pc.fill_null(blank, False)))
