"""Sample columns as arrays: one entry per row, so that columns can be compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from autom3l.inference.dates import parse_times
from autom3l.inference.facts import Verdict
from autom3l.inference.numbers import parse_numbers

Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Cells = Sequence[str | None]


@dataclass(frozen=True)
class Aligned:
    """One column's sample: `codes` number the values in `uniques`; -1 is missing.

    `quantities`: the numbers, or seconds since 1970, of a numeric or datetime column,
    one per row, NaN where there is none.
    """

    codes: Codes
    uniques: tuple[str, ...]
    quantities: Floats | None = None

    @cached_property
    def present(self) -> npt.NDArray[np.bool_]:
        """Which rows hold a value."""
        return self.codes >= 0

    def keyed(self, key: Callable[[str], str]) -> Codes:
        """Codes of the rows after `key` has been applied to every value."""
        table, _ = pd.factorize(np.array([key(v) for v in self.uniques], dtype=object))
        return np.append(table.astype(np.int64), -1)[self.codes]


def align(cells: Cells, verdict: Verdict) -> Aligned:
    """The cells of a sample column, stripped, without its markers of missing values."""
    markers = {"", *(marker.strip() for marker in verdict.missing)}
    stripped = (None if cell is None else cell.strip() for cell in cells)
    known = [None if cell in markers else cell for cell in stripped]
    places, found = pd.factorize(np.array(known, dtype=object))
    codes, uniques = places.astype(np.int64), tuple(map(str, found))
    table = _quantities(uniques, verdict)
    if table is None:
        return Aligned(codes, uniques)
    return Aligned(codes, uniques, np.append(table, np.nan)[codes])


def _quantities(values: tuple[str, ...], verdict: Verdict) -> Floats | None:
    if verdict.modality == "numeric" and verdict.number is not None:
        return parse_numbers(values, verdict.number)
    if verdict.modality == "datetime" and verdict.datetime is not None:
        times = parse_times(values, verdict.datetime.format)
        epoch = pd.Timestamp(0, tz="UTC")
        seconds = (times - epoch) / pd.Timedelta(seconds=1)
        return seconds.to_numpy().astype(np.float64)
    return None
