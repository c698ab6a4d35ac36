"""How much one column tells about another, counted on held-out halves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from autom3l.column import NumberFormat
from autom3l.inference.aligned import Cells, Codes, Floats, align
from autom3l.inference.facts import Verdict
from autom3l.inference.numbers import read_numbers
from autom3l.ir import TaskKind

MAX_LABELS = 100
_MAX_CLASSES = 20


@dataclass(frozen=True)
class Target:
    """A target in the sample: class codes, or numbers and their ranks in [0, 1].

    `labels`: at most `MAX_LABELS` classes by code; empty for numbers.
    """

    name: str
    codes: Codes
    labels: tuple[str, ...] = ()
    numbers: Floats | None = None
    ranks: Floats | None = None

    @property
    def known(self) -> npt.NDArray[np.int64]:
        """The rows whose target is known."""
        return np.flatnonzero(self.codes >= 0)


def as_target(name: str, cells: Cells, task: TaskKind | str) -> Target:
    """The target of a task; `auto`: numbers with more than 20 values are a quantity."""
    labels = {cell.strip() for cell in cells if cell}
    written = read_numbers(labels) if task in ("auto", "regression") else None
    format_ = written.format if written else NumberFormat()
    column = align(cells, Verdict("numeric", "", 1.0, number=format_))
    quantities = column.quantities
    if quantities is None or task not in ("auto", "regression"):
        return Target(name, column.codes, column.uniques[:MAX_LABELS])
    numeric = bool(np.isfinite(quantities[column.present]).all())
    if task == "auto" and not (numeric and len(column.uniques) > _MAX_CLASSES):
        return Target(name, column.codes, column.uniques[:MAX_LABELS])
    known = np.where(np.isfinite(quantities), column.codes, -1)
    return Target(name, known, (), quantities, _ranks(quantities))


def held_out_gain(codes: Codes, target: Target) -> float:
    """The share of a constant guess's errors that a table by `codes` takes away.

    The table is learned on every other row and scored on the rest, and the reverse: the
    most frequent class per code, or the mean rank. For numbers the gain is R2 of ranks.
    """
    rows = target.known
    keys = codes[rows] + 1
    if target.ranks is not None:
        return _explained(keys, target.ranks[rows])
    classes = target.codes[rows]
    constant = int(np.bincount(classes).max())
    hits = sum(
        int((_most_frequent(keys[half], classes[half], keys) == classes)[~half].sum())
        for half in _halves(len(rows))
    )
    errors = len(rows) - constant
    return (hits - constant) / errors if errors else 0.0


def nearest_gain(quantities: Floats, target: Target) -> float:
    """As `held_out_gain`, but the row with the nearest quantity tells the target."""
    rows = target.known
    rows = rows[np.isfinite(quantities[rows])]
    if len(rows) < 2:
        return 0.0
    classes = target.codes.astype(np.float64)
    told = (classes if target.ranks is None else target.ranks)[rows]
    guesses = np.empty_like(told)
    for half in _halves(len(rows)):
        asked = _nearest(quantities[rows][half], quantities[rows][~half])
        guesses[~half] = told[half][asked]
    if target.ranks is not None:
        return _r2(guesses, told)
    constant = int(np.bincount(target.codes[rows]).max())
    errors = len(rows) - constant
    return (int((guesses == told).sum()) - constant) / errors if errors else 0.0


def determination(known: Codes, told: Codes) -> float:
    """How much of `told`, beyond its most frequent value, follows from `known`.

    Both without missing rows (-1); 1 where `told` is constant. Counted on the rows it
    is learned from, so it means something for repeated values only.
    """
    joint, counts = np.unique(known * (told.max() + 1) + told, return_counts=True)
    best = np.zeros(known.max() + 1, dtype=np.int64)
    np.maximum.at(best, joint // (told.max() + 1), counts)
    common = int(np.bincount(told).max())
    rest = len(told) - common
    return (int(best.sum()) - common) / rest if rest else 1.0


def entropy(codes: Codes) -> float:
    """The entropy in nats of non-negative codes."""
    shares = np.bincount(codes) / len(codes)
    return float(-(shares[shares > 0] * np.log(shares[shares > 0])).sum())


def _halves(rows: int) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    even = np.arange(rows) % 2 == 0
    return even, ~even


def _most_frequent(keys: Codes, classes: Codes, asked: Codes) -> Codes:
    """The most frequent class of each asked key; unseen keys get the overall one."""
    width = int(classes.max()) + 1
    joint, counts = np.unique(keys * width + classes, return_counts=True)
    # The last write wins: the class with the highest count, of equals the first.
    order = np.lexsort((-joint, counts))
    overall = int(np.bincount(classes).argmax())
    table = np.full(int(asked.max()) + 1, overall, dtype=np.int64)
    table[joint[order] // width] = joint[order] % width
    return table[asked]


def _explained(keys: Codes, ranks: Floats) -> float:
    guesses = np.empty_like(ranks)
    for half in _halves(len(ranks)):
        size = int(keys.max()) + 1
        sums = np.bincount(keys[half], weights=ranks[half], minlength=size)
        counts = np.bincount(keys[half], minlength=size)
        overall = float(ranks[half].mean())
        table = np.where(counts > 0, sums / np.maximum(counts, 1), overall)
        guesses[~half] = table[keys][~half]
    return _r2(guesses, ranks)


def _nearest(known: Floats, asked: Floats) -> npt.NDArray[np.int64]:
    """The position in `known` of the quantity nearest to each one asked."""
    order = np.argsort(known, kind="stable")
    right = np.clip(np.searchsorted(known[order], asked), 1, len(known) - 1)
    gap_left = asked - known[order][right - 1]
    gap_right = known[order][right] - asked
    return order[np.where(gap_left <= gap_right, right - 1, right)]


def _r2(guesses: Floats, truth: Floats) -> float:
    total = float(((truth - truth.mean()) ** 2).sum())
    return 1 - float(((truth - guesses) ** 2).sum()) / total if total else 0.0


def _ranks(numbers: Floats) -> Floats:
    """Dense ranks scaled to [0, 1]: a skewed target is judged like an even one."""
    ranks = np.full(len(numbers), np.nan)
    known = np.isfinite(numbers)
    values, places, counts = np.unique(
        numbers[known], return_inverse=True, return_counts=True
    )
    middles = np.cumsum(counts) - counts / 2
    ranks[known] = middles[places] / max(1, len(places)) if len(values) else 0.0
    return ranks
