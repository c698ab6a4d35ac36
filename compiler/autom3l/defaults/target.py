"""A target column in facts, and how its labels are read."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from autom3l.inference.missing import is_marker
from autom3l.inference.numbers import PLAIN
from autom3l.profile import ColumnProfile, DataProfile

MAX_CLASSES = 1000
# Narrower than for features: "none" or "-" may well be a class of its own.
_NO_LABEL = frozenset({"na", "n/a", "#n/a", "<na>", "nan", "null", "(null)", "?"})
_INFINITE = re.compile(r"[-+]?inf(inity)?", re.IGNORECASE)


@dataclass(frozen=True)
class Target:
    """One target. `counts`: the rows of each label as written, the most frequent first.

    `missing` are cell texts which mean that there is no label, `empty` counts such
    rows. `parsed` of the `present` labels are plain numbers, `whole` when all of those
    are integers; `sample` are cells.
    """

    name: str
    counts: dict[str, int]
    missing: tuple[str, ...]
    distinct: int
    present: int
    empty: int
    parsed: int
    whole: bool
    minimum: float
    maximum: float
    sample: tuple[str, ...]

    @cached_property
    def numbers(self) -> dict[str, float]:
        """The labels that are plain, finite numbers."""
        plain = (label for label in self.counts if PLAIN.fullmatch(label.strip()))
        found = {label: float(label) for label in plain}
        return {label: n for label, n in found.items() if math.isfinite(n)}

    @property
    def others(self) -> tuple[str, ...]:
        """The labels that are no numbers."""
        return tuple(label for label in self.counts if label not in self.numbers)

    @property
    def numeric(self) -> bool:
        """Whether every label is a number, and none a code such as `007`."""
        return self.parsed == self.present and not any(map(_is_code, self.counts))

    @property
    def infinite(self) -> tuple[str, ...]:
        """The labels that say infinity."""
        return tuple(filter(_is_infinite, self.others))

    @cached_property
    def values(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """The sampled cells as numbers; of use where the target is numeric."""
        cells = (cell for cell in self.sample if cell not in self.missing)
        return np.array([float(c) for c in cells if PLAIN.fullmatch(c.strip())])


def read_target(profile: DataProfile, name: str) -> Target:
    """The facts about one target column; raises `KeyError` where it is absent."""
    column = profile.column(name)
    missing = _no_labels(column)
    # Frequent values are listed up to a limit; the sample may hold some more.
    top = dict(column.top)
    seen = top | {v: n for v, n in Counter(column.values).items() if v not in top}
    counts = {value: count for value, count in seen.items() if value not in missing}
    marked = sum(count for value, count in column.top if value in missing)
    return Target(
        name=name,
        counts=counts,
        missing=missing,
        distinct=column.distinct - len(missing),
        present=column.present - marked,
        empty=column.missing + marked,
        parsed=column.numeric,
        whole=column.integer == column.numeric,
        minimum=column.minimum or 0.0,
        maximum=column.maximum or 0.0,
        sample=column.values,
    )


def _no_labels(column: ColumnProfile) -> tuple[str, ...]:
    cells = [value for value, _ in column.top]
    others = [cell for cell in cells if not is_marker(cell)]
    numeric = all(PLAIN.fullmatch(cell.strip()) for cell in others)
    means_nothing = is_marker if numeric else _means_no_label
    return tuple(sorted(filter(means_nothing, cells)))


def _means_no_label(cell: str) -> bool:
    return cell.strip().lower() in _NO_LABEL


def _is_infinite(label: str) -> bool:
    return bool(_INFINITE.fullmatch(label.strip()))


def _is_code(label: str) -> bool:
    """`007` is a name, not the number 7."""
    digits = label.strip()
    return len(digits) > 1 and digits.startswith("0") and digits.isdigit()


def shown(labels: Iterable[str], limit: int = 5) -> str:
    """Some labels for a sentence."""
    given = list(labels)
    parts = [repr(v if len(v) <= 40 else v[:37] + "...") for v in given[:limit]]
    more = len(given) - limit
    return ", ".join(parts) + (f" and {more:,} more" if more > 0 else "")
