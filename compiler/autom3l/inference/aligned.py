"""Sample columns as arrays: one entry per row, so that columns can be compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from autom3l.inference.dates import parse_times
from autom3l.inference.facts import Verdict
from autom3l.inference.numbers import parse_number

Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Cells = Sequence[str | None]


@dataclass(frozen=True)
class Aligned:
    """One column's sample: `codes` number the values in `uniques`; -1 is missing."""

    codes: Codes
    uniques: tuple[str, ...]

    @property
    def present(self) -> npt.NDArray[np.bool_]:
        """Which rows hold a value."""
        return self.codes >= 0

    def numbers(self, parse: Callable[[str], float | None]) -> Floats:
        """A number per row by `parse` of the distinct values; NaN where none."""
        parsed = [parse(value) for value in self.uniques]
        table = np.array([np.nan if n is None else n for n in parsed] + [np.nan])
        return table.astype(np.float64)[self.codes]

    def keyed(self, key: Callable[[str], str]) -> Codes:
        """Codes of the rows after `key` has been applied to every value."""
        table, _ = pd.factorize(np.array([key(v) for v in self.uniques], dtype=object))
        return np.append(table.astype(np.int64), -1)[self.codes]


def align(cells: Cells, missing: Iterable[str] = ()) -> Aligned:
    """The cells of a sample column, stripped, without its markers of missing values."""
    markers = {"", *(marker.strip() for marker in missing)}
    stripped = (None if cell is None else cell.strip() for cell in cells)
    known = [None if cell in markers else cell for cell in stripped]
    codes, uniques = pd.factorize(np.array(known, dtype=object))
    return Aligned(codes.astype(np.int64), tuple(map(str, uniques)))


def quantities_of(column: Aligned, verdict: Verdict) -> Floats | None:
    """The numbers or seconds that a numeric or datetime column stands for."""
    if verdict.modality == "numeric" and verdict.number is not None:
        format_ = verdict.number
        return column.numbers(lambda text: parse_number(text, format_))
    if verdict.modality == "datetime" and verdict.datetime is not None:
        times = parse_times(column.uniques, verdict.datetime.format)
        epoch = pd.Timestamp(0, tz="UTC")
        seconds = ((times - epoch) / pd.Timedelta(seconds=1)).to_numpy(np.float64)
        return np.append(seconds, np.nan)[column.codes]
    return None
