"""What is known of the data after one streaming pass: facts, never raw tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from autom3l.ir import TableFormat


@dataclass(frozen=True)
class TableSource:
    """How the training table is read. `paths`: every file of the glob, sorted."""

    paths: tuple[str, ...]
    format: TableFormat
    separator: str = ","
    encoding: str = "utf-8"
    quote: str = '"'


@dataclass(frozen=True)
class ColumnProfile:
    """Facts about one column over the training rows.

    Counts are exact over all rows; `distinct` is exact up to the stated cap of the
    profiler. `values` is a seeded random sample of non-empty cells, row-aligned only in
    `DataProfile.sample`. `top`: the most frequent non-empty values and their counts, in
    falling order. `minimum` … `std` describe the cells that parse as plain numbers,
    `numeric` is how many do and `integer` how many of those are whole. `words_mean`,
    `chars_mean` and `words_p95` are per non-empty cell.
    """

    name: str
    rows: int
    missing: int
    distinct: int
    values: tuple[str, ...]
    top: tuple[tuple[str, int], ...]
    numeric: int
    integer: int
    minimum: float | None
    maximum: float | None
    mean: float | None
    std: float | None
    words_mean: float
    words_p95: float
    chars_mean: float

    @property
    def present(self) -> int:
        """Cells that are not empty."""
        return self.rows - self.missing


@dataclass(frozen=True)
class GivenTable:
    """A table of validation or test rows: its columns, some cells of its first target.

    `labels` are at least two different ones, signs for missing values aside, where
    there are two.
    """

    columns: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True)
class DataProfile:
    """The training table in facts, and those which the spec gives for other parts.

    `sample`: one row-aligned column of cells per table column (`None` where empty), a
    seeded random sample of at most 20,000 rows in table order; used for what concerns
    several columns at once (duplicates, leaks). `warnings` are shown to the user.
    """

    source: TableSource
    rows: int
    columns: tuple[ColumnProfile, ...]
    sample: dict[str, tuple[str | None, ...]]
    warnings: tuple[str, ...] = ()
    given: dict[Literal["validation", "test"], GivenTable] = field(default_factory=dict)

    def column(self, name: str) -> ColumnProfile:
        """The profile of one column; raises `KeyError`."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)
