"""Facts about one column, gathered batch by batch."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from autom3l.profile import ColumnProfile
from autom3l.sketches import Counts, DistinctCount, Hashes, Histogram, TopCount

_NUMBER = r"^\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*$"
_WORDS_LIMIT = 10_000
_IS_SPACE = np.isin(np.arange(256), [*b" \t\n\r\x0b\x0c"])
_EMPTY_HASH = np.uint64(0x9E3779B97F4A7C15)


class ColumnFacts:
    """Running facts about one column; `earlier` rows came before it first appeared."""

    def __init__(self, name: str, earlier: int) -> None:
        self.name = name
        self._rows = earlier
        self._missing = earlier
        self._distinct = DistinctCount()
        self._top = TopCount()
        self._numbers = NumberFacts()
        self._words = Histogram(_WORDS_LIMIT)
        self._word_sum = 0
        self._char_sum = 0

    def add(self, cells: Any) -> Hashes:
        """Take in the next cells (an Arrow string array); returns a hash per cell."""
        self._rows += len(cells)
        self._missing += cells.null_count
        encoded = cells.dictionary_encode()
        values, codes = encoded.dictionary, encoded.indices
        present = codes.drop_null().to_numpy(zero_copy_only=False)
        counts = np.bincount(present, minlength=len(values))
        hashes = _hashes(values)
        self._distinct.add(hashes)
        self._top.add(values, counts)
        self._numbers.add(values, counts)
        self._add_lengths(values, counts)
        filled = codes.fill_null(len(values)).to_numpy(zero_copy_only=False)
        per_cell: Hashes = np.append(hashes, _EMPTY_HASH)[filled]
        return per_cell

    def profile(self, values: tuple[str, ...], most: int) -> ColumnProfile:
        """The facts, frozen; `values` is the sample of non-empty cells.

        `most` limits the frequent values.
        """
        present = self._rows - self._missing
        numbers = self._numbers
        return ColumnProfile(
            name=self.name,
            rows=self._rows,
            missing=self._missing,
            distinct=self._distinct.estimate(at_most=present),
            values=values,
            top=self._top.ranked(most),
            numeric=numbers.count,
            integer=numbers.whole,
            minimum=numbers.minimum if numbers.count else None,
            maximum=numbers.maximum if numbers.count else None,
            mean=numbers.mean if numbers.count else None,
            std=numbers.std if numbers.count else None,
            words_mean=self._word_sum / max(1, present),
            words_p95=float(self._words.quantile(0.95)),
            chars_mean=self._char_sum / max(1, present),
        )

    def _add_lengths(self, values: Any, counts: Counts) -> None:
        words = _word_counts(values)
        chars = pc.utf8_length(values).to_numpy()
        self._words.add(words, counts)
        self._word_sum += int((words * counts).sum())
        self._char_sum += int((chars * counts).sum())


class NumberFacts:
    """Count, range, mean and population standard deviation of the plain numbers."""

    def __init__(self) -> None:
        self.count = 0
        self.whole = 0
        self.minimum = math.inf
        self.maximum = -math.inf
        self.mean = 0.0
        self._squares = 0.0

    @property
    def std(self) -> float:
        """Population standard deviation; 0 for one number."""
        return math.sqrt(max(0.0, self._squares / self.count)) if self.count else 0.0

    def add(self, values: Any, counts: Counts) -> None:
        """Take in distinct texts, each as often as it came; merges as Chan et al."""
        numbers, weights = _parsed(values, counts)
        if not len(numbers):
            return
        added = int(weights.sum())
        self.whole += int(weights[numbers == np.floor(numbers)].sum())
        self.minimum = min(self.minimum, float(numbers.min()))
        self.maximum = max(self.maximum, float(numbers.max()))
        mean = float(np.average(numbers, weights=weights))
        shift = mean - self.mean
        total = self.count + added
        self._squares += float((weights * (numbers - mean) ** 2).sum())
        self._squares += shift * shift * self.count * added / total
        self.mean += shift * added / total
        self.count = total


def _hashes(values: Any) -> Hashes:
    """A 64-bit hash per text, the same on every machine."""
    objects = values.to_numpy(zero_copy_only=False)
    hashes: Hashes = pd.util.hash_array(objects.astype(object), categorize=False)
    return hashes


def _word_counts(values: Any) -> Counts:
    """Words per text, none of which is empty.

    A word begins where a byte that is no white space follows one or opens its text. (A
    regular expression would take most of the time of a profile.)
    """
    if not len(values):
        return np.empty(0, np.int64)
    _, offsets, content = values.buffers()
    ends = np.frombuffer(offsets, np.int32)[values.offset :][: len(values) + 1]
    space = _IS_SPACE[np.frombuffer(content, np.uint8)[ends[0] : ends[-1]]]
    begins = ~space
    begins[1:] &= space[:-1]
    firsts = ends[:-1] - ends[0]
    begins[firsts] = ~space[firsts]
    counts: Counts = np.add.reduceat(begins, firsts, dtype=np.int64)
    return counts


def _parsed(values: Any, counts: Counts) -> tuple[npt.NDArray[np.float64], Counts]:
    mask = pc.match_substring_regex(values, _NUMBER)
    texts = pc.ascii_ltrim(pc.utf8_trim_whitespace(values.filter(mask)), "+")
    numbers = texts.cast(pa.float64()).to_numpy(zero_copy_only=False)
    weights = counts[mask.to_numpy(zero_copy_only=False)]
    finite = np.isfinite(numbers)
    return numbers[finite], weights[finite]
