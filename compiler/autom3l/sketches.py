"""Counting in bounded memory: distinct values, frequent values, a word histogram."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Hashes = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.int64]

DISTINCT_CAP = 65_536
TOP_CAP = 10_000
TOP_CHARS = 1_000


class DistinctCount:
    """How many distinct hashes were seen: the `DISTINCT_CAP` smallest are kept.

    Exact below the cap, beyond it estimated from the largest kept (k minimum values,
    standard error 0.4 %).
    """

    def __init__(self) -> None:
        self._kept: Hashes = np.empty(0, np.uint64)

    def add(self, hashes: Hashes) -> None:
        """Count 64-bit hashes, in any order, repeated or not."""
        if len(self._kept) == DISTINCT_CAP:
            hashes = hashes[hashes < self._kept[-1]]
        if len(hashes):
            merged = np.sort(np.concatenate([self._kept, hashes]))
            first = np.append(True, merged[1:] != merged[:-1])
            self._kept = merged[first][:DISTINCT_CAP]

    def estimate(self, at_most: int) -> int:
        """The number of distinct hashes."""
        if len(self._kept) < DISTINCT_CAP:
            return len(self._kept)
        share = float(self._kept[-1]) / 2.0**64
        return min(at_most, round((DISTINCT_CAP - 1) / share))


class TopCount:
    """Frequent texts with their counts.

    Exact while at most `TOP_CAP` distinct texts came; then the rarer half is forgotten
    each time the table overflows, so that a count may be too low. Texts longer than
    `TOP_CHARS` characters are not counted.
    """

    def __init__(self) -> None:
        self._values: Any = pa.array([], pa.string())
        self._counts: Counts = np.empty(0, np.int64)

    def add(self, values: Any, counts: Counts) -> None:
        """Count distinct texts (an Arrow array), each as often as it came."""
        short = _mask(pc.less_equal(pc.utf8_length(values), TOP_CHARS))
        places = pc.index_in(values, value_set=self._values)
        known = _mask(places.is_valid())
        self._counts[_numbers(places.drop_null())] += counts[known]
        new = short & ~known
        self._values = pa.concat_arrays([self._values, values.filter(pa.array(new))])
        self._counts = np.concatenate([self._counts, counts[new]])
        if len(self._counts) > TOP_CAP:
            kept = np.argsort(-self._counts, kind="stable")[: TOP_CAP // 2]
            self._values = self._values.take(pa.array(kept))
            self._counts = self._counts[kept]

    def ranked(self, most: int = TOP_CAP) -> tuple[tuple[str, int], ...]:
        """The texts in falling order of count, ties in order of the text."""
        table = pa.table({"value": self._values, "count": self._counts})
        order = [("count", "descending"), ("value", "ascending")]
        table = table.sort_by(order).slice(0, most)
        texts, counts = table["value"].to_pylist(), table["count"].to_pylist()
        return tuple(zip(texts, counts, strict=True))


class Histogram:
    """Counts of whole numbers from 0 to `limit`; larger ones count as `limit`."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._bins: Counts = np.zeros(1, np.int64)

    def add(self, numbers: Counts, counts: Counts) -> None:
        """Count each number as often as it came."""
        clipped = np.minimum(numbers, self._limit)
        added = np.bincount(clipped, weights=counts, minlength=len(self._bins))
        added[: len(self._bins)] += self._bins
        self._bins = added.astype(np.int64)

    def quantile(self, share: float) -> int:
        """The smallest number that `share` of all numbers do not exceed; 0 if none."""
        below = np.cumsum(self._bins)
        return int(np.searchsorted(below, share * below[-1])) if below[-1] else 0


def _mask(flags: Any) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = flags.to_numpy(zero_copy_only=False)
    return found


def _numbers(array: Any) -> Counts:
    found: Counts = array.to_numpy(zero_copy_only=False)
    return found
