"""Two columns that make up the target: parts of a sum, factors of a product."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import numpy.typing as npt

from autom3l.inference.aligned import Aligned, Floats, quantities_of
from autom3l.inference.association import Target
from autom3l.inference.facts import Verdict

MIN_AGREEMENT = 0.99
_MIN_ROWS = 50
_GLANCE = 64
_MAX_COLUMNS = 100


def mark_parts(
    verdicts: Mapping[str, Verdict],
    columns: Mapping[str, Aligned],
    targets: Sequence[Target],
) -> dict[str, Verdict]:
    """The verdicts with the role `leak` for two columns that give a number by one sign.

    Tried: sum, difference, product and quotient, to a thousandth of the target.
    """
    judged = dict(verdicts)
    numbers = {
        name: quantities
        for name, verdict in verdicts.items()
        if verdict.role == "feature" and verdict.modality == "numeric"
        if name in columns
        if (quantities := quantities_of(columns[name], verdict)) is not None
    }
    for target in targets:
        if target.numbers is None or len(numbers) > _MAX_COLUMNS:
            continue
        for first, second in combinations(numbers, 2):
            found = _formula(numbers[first], numbers[second], target.numbers)
            for name in (first, second) if found else ():
                judged[name] = _part(judged[name], first, second, target.name, found)
    return judged


def _formula(first: Floats, second: Floats, target: Floats) -> str:
    """The sign under which two columns give the target; empty when none does."""
    known = np.isfinite(first) & np.isfinite(second) & np.isfinite(target)
    rows = np.flatnonzero(known)
    if len(rows) < _MIN_ROWS:
        return ""
    for part in (rows[:_GLANCE], rows):
        signs = [
            sign
            for sign, made in _made(first[part], second[part])
            if _agrees(made, target[part])
        ]
        if not signs:
            return ""
    return signs[0]


def _made(first: Floats, second: Floats) -> Iterator[tuple[str, Floats]]:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        yield "{0} + {1}", first + second
        yield "{0} - {1}", first - second
        yield "{1} - {0}", second - first
        yield "{0} * {1}", first * second
        yield "{0} / {1}", first / second
        yield "{1} / {0}", second / first


def _agrees(made: Floats, target: npt.NDArray[np.float64]) -> bool:
    close = np.isclose(made, target, rtol=1e-3, atol=1e-9)
    return bool(close.mean() >= MIN_AGREEMENT)


def _part(
    verdict: Verdict, first: str, second: str, target: str, formula: str
) -> Verdict:
    return replace(
        verdict,
        role="leak",
        reason=f"{target!r} is made of this column and another one.",
        confidence=0.9,
        evidence=(
            f"{formula.format(repr(first), repr(second))} is {target!r} in at least "
            f"{MIN_AGREEMENT:.0%} of the sampled rows"
        ),
    )
