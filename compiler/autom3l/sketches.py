"""Counting in bounded memory: distinct values, frequent values, a word histogram."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

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
            merged = np.unique(np.concatenate([self._kept, hashes]))
            self._kept = merged[:DISTINCT_CAP]

    def estimate(self, at_most: int) -> int:
        """The number of distinct hashes."""
        if len(self._kept) < DISTINCT_CAP:
            return len(self._kept)
        share = float(self._kept[-1]) / 2.0**64
        return min(at_most, round((DISTINCT_CAP - 1) / share))


class TopCount:
    """Frequent values with their counts.

    Exact while at most `TOP_CAP` distinct values came; then the rarer half is forgotten
    each time the table overflows, so that a count may be too low. Values longer than
    `TOP_CHARS` characters are not counted.
    """

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def add(self, values: Sequence[str], counts: Sequence[int]) -> None:
        """Count distinct values, each as often as it came."""
        held = self._counts
        for value, count in zip(values, counts, strict=True):
            if len(value) <= TOP_CHARS:
                held[value] = held.get(value, 0) + count
        if len(held) > TOP_CAP:
            self._counts = dict(self.ranked()[: TOP_CAP // 2])

    def ranked(self) -> list[tuple[str, int]]:
        """The values in falling order of count, ties in order of the text."""
        return sorted(self._counts.items(), key=lambda item: (-item[1], item[0]))


class Histogram:
    """Counts of whole numbers from 0 to `limit`; larger ones count as `limit`."""

    def __init__(self, limit: int) -> None:
        self._bins: Counts = np.zeros(limit + 1, np.int64)

    def add(self, numbers: Counts, counts: Counts) -> None:
        """Count each number as often as it came."""
        clipped = np.minimum(numbers, len(self._bins) - 1)
        added = np.bincount(clipped, weights=counts, minlength=len(self._bins))
        self._bins += added.astype(np.int64)

    def quantile(self, share: float) -> int:
        """The smallest number that `share` of all numbers do not exceed; 0 if none."""
        below = np.cumsum(self._bins)
        return int(np.searchsorted(below, share * below[-1])) if below[-1] else 0
