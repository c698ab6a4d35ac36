"""The facts of a table, gathered in one stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import pyarrow as pa

from autom3l.column_facts import ColumnFacts
from autom3l.diagnostics import DataError, Diagnostic
from autom3l.inference.missing import is_marker
from autom3l.profile import ColumnProfile, DataProfile, GivenTable, TableSource
from autom3l.sketches import DistinctCount
from autom3l.spec import Spec
from autom3l.tables import (
    check_columns_exist,
    detect_source,
    find_file,
    find_files,
    read_batches,
    read_header,
)
from autom3l.tables.names import is_unnamed
from autom3l.tables.sampling import RowSample

Part = Literal["validation", "test"]
SAMPLE_ROWS = 20_000
SAMPLE_CELLS = 4_000_000
SAMPLE_BYTES = 1 << 28
_SEED = 20_240_801
_GROUP_BYTES = 1 << 24
_FEW_ROWS = 200
_MANY_DUPLICATES = 0.02
_MOSTLY_MISSING = 0.5


def profile_data(spec: Spec) -> DataProfile:
    """Facts about the training table of a spec; memory does not grow with its rows.

    Counts are exact, but `distinct` (and the share of duplicate rows) is estimated,
    with a standard error of 0.4 %, above 65,536 distinct values; `top` holds at most
    10,000 values of at most 1,000 characters and is exact up to that many distinct
    ones. The sample holds 20,000 rows. Wide tables get less of both: 4 million cells;
    long texts a smaller sample: about 256 MiB. Raises `DataError` for all that keeps
    the table, or the tables given for validation and test, from being read.
    """
    source, given = _sources(spec)
    if source.format != "jsonl":
        check_columns_exist(spec, read_header(source))
    tally = _Tally(spec.target)
    for batch in _grouped(read_batches(source)):
        tally.add(batch)
    _check_rows(spec, tally, source)
    sample = tally.sample_rows()
    columns = tuple(
        facts.profile(
            tuple(c for c in sample[name] if c is not None),
            most=SAMPLE_CELLS // len(tally.columns),
        )
        for name, facts in tally.columns.items()
    )
    warnings = tuple(_warnings(tally, columns, source.encoding))
    return DataProfile(source, tally.rows, columns, sample, warnings, given)


def _sources(spec: Spec) -> tuple[TableSource, dict[Part, GivenTable]]:
    """How the training table is read; the emitted project reads all files alike."""
    train = find_files(spec.data.train, spec.folder, "data.train")
    asked: dict[Part, str | None]
    asked = {"validation": spec.data.validation, "test": spec.data.test}
    given: dict[Part, str] = {}
    problems: list[Diagnostic] = []
    for part, path in asked.items():
        if path is not None:
            try:
                given[part] = find_file(path, spec.folder, f"data.{part}")
            except DataError as error:
                problems += error.diagnostics
    if problems:
        raise DataError(problems)
    source = detect_source((*train, *given.values()))
    tables: dict[Part, GivenTable] = {}
    for part, path in given.items():
        one = replace(source, paths=(path,))
        header = read_header(one)
        absent = [name for name in spec.target if name not in header]
        problems += (
            Diagnostic("D016", f"has no target column {name!r}", path, "leave it out")
            for name in absent
        )
        if not absent:
            tables[part] = GivenTable(header, _some_labels(one, spec.target))
    if problems:
        raise DataError(problems)
    return replace(source, paths=train), tables


def _some_labels(source: TableSource, targets: Sequence[str]) -> tuple[str, ...]:
    """Cells of the target, read until two of them differ."""
    found: dict[str, None] = {}
    if not targets:
        return ()
    target = targets[0]
    for batch in read_batches(source):
        if target in batch.schema.names:
            column = batch.column(batch.schema.names.index(target))
            found |= dict.fromkeys(column.drop_null().unique().to_pylist())
        if sum(not is_marker(label) for label in found) > 1:
            break
    return tuple(found)


def _grouped(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows in larger batches, for each costs time per column."""
    held: list[pa.Table] = []
    size = 0
    for batch in batches:
        held.append(pa.Table.from_batches([batch]))
        size += batch.nbytes
        if size >= _GROUP_BYTES:
            yield _joined(held)
            held, size = [], 0
    if held:
        yield _joined(held)


def _joined(tables: list[pa.Table]) -> pa.RecordBatch:
    """One batch; a column that only some tables have is empty in the others."""
    table = pa.concat_tables(tables, promote_options="default")
    return table.combine_chunks().to_batches()[0]


class _Tally:
    """Running facts about the whole table."""

    def __init__(self, target: Sequence[str]) -> None:
        self.columns: dict[str, ColumnFacts] = {}
        self.rows = 0
        self.without_target = 0
        self._target = target
        self._distinct = DistinctCount()
        self._sample: RowSample | None = None

    @property
    def duplicates(self) -> int:
        """Rows that repeat an earlier one."""
        return self.rows - self._distinct.estimate(at_most=self.rows)

    def sample_rows(self) -> dict[str, tuple[str | None, ...]]:
        """The sample by column."""
        return self._sample.rows() if self._sample else {}

    def add(self, batch: pa.RecordBatch) -> None:
        """Take in the next rows; a column it lacks is empty in all of them."""
        if self._sample is None:
            self._sample = RowSample(_sample_size(batch), _SEED)
        self._sample.add(batch)
        rows = np.zeros(batch.num_rows, np.uint64)
        unlabelled = np.zeros(batch.num_rows, bool)
        absent = pa.nulls(batch.num_rows, pa.string())
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        for name in dict.fromkeys((*self.columns, *columns)):
            if name not in self.columns:
                self.columns[name] = ColumnFacts(name, earlier=self.rows)
            cells = columns.get(name, absent)
            hashes = self.columns[name].add(cells)
            rows = rows * np.uint64(0x100000001B3) ^ hashes
            if name in self._target:
                unlabelled |= cells.is_null().to_numpy(zero_copy_only=False)
        self._distinct.add(rows)
        self.without_target += int(unlabelled.sum())
        self.rows += batch.num_rows


def _sample_size(batch: pa.RecordBatch) -> int:
    by_cells: int = SAMPLE_CELLS // max(1, batch.num_columns)
    by_bytes = int(SAMPLE_BYTES * batch.num_rows / max(1, batch.nbytes))
    return max(1, min(SAMPLE_ROWS, by_cells, by_bytes))


def _check_rows(spec: Spec, tally: _Tally, source: TableSource) -> None:
    if not tally.rows:
        message = "the table has a header and no rows"
        raise DataError(Diagnostic("D004", message, source.paths[0]))
    check_columns_exist(spec, tuple(tally.columns))
    if spec.target and tally.without_target == tally.rows:
        message = f"no row has a value in {', '.join(map(repr, spec.target))}"
        raise DataError(Diagnostic("D017", message, source.paths[0]))


def _warnings(
    tally: _Tally, columns: Sequence[ColumnProfile], encoding: str
) -> Iterator[str]:
    if tally.rows < _FEW_ROWS:
        yield f"The table has only {tally.rows} rows: scores will vary by chance."
    if tally.without_target:
        yield (
            f"Rows without a target, left out in training: {tally.without_target} "
            f"of {tally.rows}."
        )
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
