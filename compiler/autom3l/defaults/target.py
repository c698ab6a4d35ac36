"""A target column in facts, and how its labels are read."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from autom3l.column import NumberFormat
from autom3l.inference.missing import is_marker
from autom3l.inference.numbers import PLAIN, parse_numbers, read_numbers
from autom3l.profile import ColumnProfile, DataProfile

MAX_CLASSES = 1000
# So many different numbers, each in many rows, may be the names of classes.
MAX_SCALE = 20
# Narrower than for features: "none" or "-" may well be a class of its own.
_NO_LABEL = frozenset({"na", "n/a", "#n/a", "<na>", "nan", "null", "(null)", "?"})
_INFINITE = re.compile(r"[-+]?inf(inity)?", re.IGNORECASE)


@dataclass(frozen=True)
class Target:
    """One target. `counts`: the rows of each label as written, the most frequent first.

    `missing` are cell texts which mean that there is no label, `empty` counts such
    rows. `parsed` of the `present` labels are plain numbers, `whole` when all of those
    are integers; `sample` are cells. `number` says how they are written, after
    `measured`, where that is not plainly.
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
    number: NumberFormat | None = None

    @cached_property
    def numbers(self) -> dict[str, float]:
        """The labels that are finite numbers, plain ones where `number` is not set."""
        found = _numbers(tuple(self.counts), self.number)
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
        cells = [cell for cell in self.sample if cell not in self.missing]
        known = _numbers(tuple(dict.fromkeys(cells)), self.number)
        return np.array([known[cell] for cell in cells if cell in known])


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


def measured(target: Target) -> Target:
    """The target as a quantity: its numbers as they are written, as in "$1,200".

    The same one where its labels are plain numbers, or no numbers at all.
    """
    if target.parsed == target.present:
        return target
    written = read_numbers(v for v in target.counts if not _is_infinite(v))
    if written is None or written.format == NumberFormat():
        return target
    numbers = written.numbers
    # Labels that are too rare to be listed are taken to be written like the others.
    unread = sum(n for label, n in target.counts.items() if label not in numbers)
    return replace(
        target,
        parsed=target.present - unread,
        whole=all(number.is_integer() for number in numbers.values()),
        minimum=min(numbers.values()),
        maximum=max(numbers.values()),
        number=written.format,
    )


def _numbers(cells: tuple[str, ...], format_: NumberFormat | None) -> dict[str, float]:
    if format_ is None:
        return {cell: float(cell) for cell in cells if PLAIN.fullmatch(cell.strip())}
    found = zip(cells, parse_numbers(cells, format_).tolist(), strict=True)
    return {cell: number for cell, number in found if math.isfinite(number)}


def _no_labels(column: ColumnProfile) -> tuple[str, ...]:
    cells = [value for value, _ in column.top]
    others = [cell for cell in cells if not is_marker(cell)]
    numeric = all(PLAIN.fullmatch(cell.strip()) for cell in others)
    means_nothing = is_marker if numeric or _amounts(others) else _means_no_label
    return tuple(sorted(filter(means_nothing, cells)))


def _amounts(cells: list[str]) -> bool:
    """Whether these are numbers with signs or units, too many for names of classes."""
    written = read_numbers(cells) if len(cells) > MAX_SCALE else None
    return written is not None and not written.others


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
