"""The facts of a table, gathered in one stream."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from autom3l.column_facts import ColumnFacts
from autom3l.diagnostics import DataError, Diagnostic
from autom3l.profile import ColumnProfile, DataProfile
from autom3l.sketches import DistinctCount
from autom3l.spec import Spec
from autom3l.tables import (
    check_columns_exist,
    detect_source,
    find_files,
    read_batches,
    read_header,
)
from autom3l.tables.names import is_unnamed
from autom3l.tables.sampling import RowSample

SAMPLE_ROWS = 20_000
SAMPLE_CELLS = 4_000_000
_SEED = 20_240_801
_FEW_ROWS = 200
_MANY_DUPLICATES = 0.02
_MOSTLY_MISSING = 0.5


def profile_data(spec: Spec) -> DataProfile:
    """Facts about the training table of a spec; memory does not grow with its rows.

    Counts are exact, but `distinct` (and the share of duplicate rows) is estimated,
    with a standard error of 0.4 %, above 65,536 distinct values; `top` holds at most
    10,000 values of at most 1,000 characters and is exact up to that many distinct
    ones. The sample holds 20,000 rows, fewer where that would be over 4 million cells.
    Raises `DataError` for all that keeps the table from being read.
    """
    source = detect_source(find_files(spec.data.train, spec.folder))
    header = read_header(source)
    if source.format != "jsonl":
        check_columns_exist(spec, header)
    tally = _Tally(spec.target, len(header))
    for batch in read_batches(source):
        tally.add(batch)
    if not tally.rows:
        message = "the table has a header and no rows"
        raise DataError(Diagnostic("D004", message, source.paths[0]))
    check_columns_exist(spec, tuple(tally.columns))
    sample = tally.sample.rows()
    columns = tuple(
        facts.profile(tuple(c for c in sample[name] if c is not None))
        for name, facts in tally.columns.items()
    )
    warnings = tuple(_warnings(tally, columns, source.encoding))
    return DataProfile(source, tally.rows, columns, sample, warnings)


class _Tally:
    """Running facts about the whole table."""

    def __init__(self, target: Sequence[str], width: int) -> None:
        size = min(SAMPLE_ROWS, SAMPLE_CELLS // max(1, width))
        self.columns: dict[str, ColumnFacts] = {}
        self.sample = RowSample(size, _SEED)
        self.rows = 0
        self.without_target = 0
        self._target = target
        self._distinct = DistinctCount()

    @property
    def duplicates(self) -> int:
        """Rows that repeat an earlier one."""
        return self.rows - self._distinct.estimate(at_most=self.rows)

    def add(self, batch: pa.RecordBatch) -> None:
        """Take in the next rows."""
        rows = np.zeros(batch.num_rows, np.uint64)
        unlabelled = np.zeros(batch.num_rows, bool)
        absent = pa.nulls(batch.num_rows, pa.string())
        for name in dict.fromkeys((*self.columns, *batch.schema.names)):
            facts = self.columns.setdefault(name, ColumnFacts(name, self.rows))
            cells = batch.column(name) if name in batch.schema.names else absent
            rows = rows * np.uint64(0x100000001B3) ^ facts.add(cells)
            if name in self._target:
                unlabelled |= cells.is_null().to_numpy(zero_copy_only=False)
        self._distinct.add(rows)
        self.sample.add(batch)
        self.without_target += int(unlabelled.sum())
        self.rows += batch.num_rows


def _warnings(
    tally: _Tally, columns: Sequence[ColumnProfile], encoding: str
) -> Iterator[str]:
    if tally.rows < _FEW_ROWS:
        yield f"The table has only {tally.rows} rows: scores will vary by chance."
    if tally.without_target:
        yield f"{tally.without_target} rows have no target; they are left out."
    share = tally.duplicates / tally.rows
    if share > _MANY_DUPLICATES:
        yield f"{share:.0%} of the rows repeat an earlier row."
    if not encoding.startswith("utf"):
        yield f"The table is not UTF-8; it is read as {encoding}."
    for position, column in enumerate(columns):
        if is_unnamed(column.name, position):
            yield f"Column {position + 1} has no name; it is read as {column.name!r}."
        if column.missing > _MOSTLY_MISSING * column.rows:
            empty = column.missing / column.rows
            yield f"Column {column.name!r} is empty in {empty:.0%} of the rows."
