"""A seeded random sample of rows out of a stream."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from autom3l.profile import TableSource
from autom3l.tables.reading import read_batches

Rows = dict[str, tuple[str | None, ...]]


def read_sample_rows(source: TableSource, n: int, seed: int = 0) -> Rows:
    """`n` random full rows (all, where there are fewer) in table order, by column."""
    sample = RowSample(n, seed)
    for batch in read_batches(source):
        sample.add(batch)
    return sample.rows()


class RowSample:
    """The `size` rows with the smallest of seeded random keys, one key per row.

    Holds at most twice `size` rows; which rows does not depend on batch boundaries.
    """

    def __init__(self, size: int, seed: int) -> None:
        self._size = size
        self._random = np.random.default_rng(seed)
        self._keys = np.empty(0)
        self._table: pa.Table | None = None
        self._limit = 1.0

    def add(self, batch: pa.RecordBatch) -> None:
        """Offer the next rows of the table."""
        keys = self._random.random(batch.num_rows)
        chosen = np.flatnonzero(keys < self._limit)
        if not len(chosen):
            return
        part = pa.Table.from_batches([batch]).take(pa.array(chosen))
        held = [part] if self._table is None else [self._table, part]
        self._table = pa.concat_tables(held, promote_options="default")
        self._keys = np.concatenate([self._keys, keys[chosen]])
        if len(self._keys) > 2 * self._size:
            self._shrink()

    def rows(self) -> Rows:
        """The sample by column; a column missing from early batches is empty there."""
        if self._table is None:
            return {}
        if len(self._keys) > self._size:
            self._shrink()
        return {
            name: tuple(column.to_pylist())
            for name, column in zip(
                self._table.column_names, self._table.columns, strict=True
            )
        }

    def _shrink(self) -> None:
        assert self._table is not None  # noqa: S101 (for the type checker)
        kept = np.sort(np.argpartition(self._keys, self._size)[: self._size])
        self._limit = float(self._keys[kept].max())
        self._keys = self._keys[kept]
        self._table = self._table.take(pa.array(kept)).combine_chunks()
