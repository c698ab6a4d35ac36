"""Two columns that make up the target: parts of a sum, factors of a product."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations

import numpy as np
import numpy.typing as npt

from autom3l.inference.aligned import Aligned, Floats
from autom3l.inference.association import Target
from autom3l.inference.facts import Verdict

MIN_AGREEMENT = 0.99
_MIN_ROWS = 50
_GLANCE = 100
_MAX_COLUMNS = 100

Signs = Mapping[str, Callable[[Floats, Floats], Floats]]

_SIGNS: Signs = {
    "{0} + {1}": lambda first, second: first + second,
    "{0} - {1}": lambda first, second: first - second,
    "{1} - {0}": lambda first, second: second - first,
    "{0} * {1}": lambda first, second: first * second,
    "{0} / {1}": lambda first, second: first / second,
    "{1} / {0}": lambda first, second: second / first,
}


def _span(unit: float, first: Floats, second: Floats) -> Floats:
    return (first - second) / unit


_UNITS = (("seconds", 1.0), ("minutes", 60.0), ("hours", 3600.0), ("days", 86_400.0))
_SPANS: Signs = {
    **{f"{{0}} - {{1}} in {u}": partial(_span, n) for u, n in _UNITS},
    **{f"{{1}} - {{0}} in {u}": partial(_span, -n) for u, n in _UNITS},
}


def mark_parts(
    verdicts: Mapping[str, Verdict],
    columns: Mapping[str, Aligned],
    targets: Sequence[Target],
) -> dict[str, Verdict]:
    """The verdicts with the role `leak` for two columns that give a number by one sign.

    Tried: sum, difference, product and quotient, to a thousandth of the target. Of two
    times only the later one is a leak: an end is not known beforehand.
    """
    judged = dict(verdicts)
    numbers = {
        name: quantities
        for name, verdict in verdicts.items()
        if verdict.role == "feature" and name in columns
        if (quantities := columns[name].quantities) is not None
    }
    for target in targets:
        if target.numbers is None or len(numbers) > _MAX_COLUMNS:
            continue
        for first, second in combinations(numbers, 2):
            kinds = {verdicts[first].modality, verdicts[second].modality}
            if len(kinds) > 1:
                continue
            times = "datetime" in kinds
            signs = _SPANS if times else _SIGNS
            found = _formula(numbers[first], numbers[second], target.numbers, signs)
            if not found:
                continue
            later = (first if found.startswith("{0}") else second,)
            for name in later if times else (first, second):
                judged[name] = _part(judged[name], first, second, target.name, found)
    return judged


def _formula(first: Floats, second: Floats, target: Floats, signs: Signs) -> str:
    """The sign under which two columns give the target; empty when none does."""
    rows = np.flatnonzero(np.isfinite(target))
    for part in (rows[:_GLANCE], rows):
        one, two, asked = first[part], second[part], target[part]
        known = np.isfinite(one) & np.isfinite(two)
        if known.sum() < _MIN_ROWS:
            return ""
        with np.errstate(all="ignore"):
            signs = {
                sign: make
                for sign, make in signs.items()
                if _agrees(make(one[known], two[known]), asked[known])
            }
    return next(iter(signs), "")


def _agrees(made: Floats, target: npt.NDArray[np.float64]) -> bool:
    close = np.abs(made - target) <= 1e-3 * np.abs(target) + 1e-9
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
