"""Columns that give the target away: how well does one column alone predict it?

Every feature that is no text and no image is tried alone on the sample; see
`association.held_out_gain`. Strong honest columns stay below the threshold: a petal's
width gains 0.94 on the species of an iris.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from autom3l.inference.aligned import Aligned
from autom3l.inference.association import (
    Target,
    determination,
    entropy,
    held_out_gain,
    nearest_gain,
)
from autom3l.inference.facts import Verdict

MAX_GAIN = 0.98
# An honest column is not missing in step with the target.
MAX_GAIN_OF_MISSING = 0.8
_MIN_ROWS = 50
# Few rows can be parted by chance where values never repeat.
_MIN_ROWS_SIZED = 300
_MANY_LEVELS = 20
_MIN_CLASSES = 5
_PARENT_SHARE = 0.5
_UNTESTED = ("text", "image")
_WRAPPING = " \t[]{}()\"'"
_STEP = re.compile(r"\s*(?:>>|>|/|\\|\||;|,|:)\s*")


def mark_leaks(
    verdicts: Mapping[str, Verdict],
    columns: Mapping[str, Aligned],
    targets: Sequence[Target],
) -> dict[str, Verdict]:
    """The verdicts with the role `leak` for columns that give a target away."""
    judged = dict(verdicts)
    for name, verdict in verdicts.items():
        tested = verdict.role == "feature" and verdict.modality not in _UNTESTED
        if not tested or name not in columns:
            continue
        findings = (_give_away(columns[name], verdict, target) for target in targets)
        if finding := next(filter(None, findings), None):
            judged[name] = finding
    return judged


@dataclass(frozen=True)
class _View:
    """What is read from a column, in words for the user, and what it gains."""

    what: str
    gain: float
    limit: float = MAX_GAIN


def _give_away(column: Aligned, verdict: Verdict, target: Target) -> Verdict | None:
    if len(target.known) < _MIN_ROWS:
        return None
    views = _views(column, target)
    view = next((view for view in views if view.gain >= view.limit), None)
    if view is None:
        return _parent(column, verdict, target)
    return replace(
        verdict,
        role="leak",
        reason=f"{view.what} gives {target.name!r} away.",
        confidence=0.9,
        evidence=(
            f"alone it saves {view.gain:.1%} of the errors of a constant guess on "
            f"held-out halves of {len(target.known):,} sampled rows, "
            f"threshold {view.limit:.0%}"
        ),
    )


def _views(column: Aligned, target: Target) -> Iterator[_View]:
    if 0.02 < column.present.mean() < 0.98:
        gain = held_out_gain(column.present.astype(np.int64), target)
        yield _View("Whether there is a value", gain, MAX_GAIN_OF_MISSING)
    yield _View("The value", held_out_gain(column.codes, target))
    if len(column.uniques) <= _MANY_LEVELS:
        return
    if column.quantities is None:
        for what, key in _beginnings(target).items():
            yield _View(what, held_out_gain(column.keyed(key), target))
    elif len(column.codes) >= _MIN_ROWS_SIZED:
        yield _View("The size of the value", nearest_gain(column.quantities, target))


def _beginnings(target: Target) -> dict[str, Callable[[str], str]]:
    labels = [label.casefold() for label in target.labels if len(label) > 1]
    # "female" before "male", which it holds.
    labels.sort(key=lambda label: (-len(label), label))

    def named(cell: str) -> str:
        return next((label for label in labels if label in cell.casefold()), "")

    return {
        "The first part of the cell": _first_step,
        "The first word of the cell": lambda cell: cell.split()[0],
        "The first letter of the cell": lambda cell: cell[:1],
        "The first two characters": lambda cell: cell[:2],
        "The first three characters": lambda cell: cell[:3],
        "The first four characters": lambda cell: cell[:4],
        "A label inside the cell": named,
    }


def _first_step(cell: str) -> str:
    return _STEP.split(cell.strip(_WRAPPING), maxsplit=1)[0].strip(_WRAPPING).lower()


def _parent(column: Aligned, verdict: Verdict, target: Target) -> Verdict | None:
    """Whether the column is a coarser class of the target: it follows from it."""
    rows = target.known[column.present[target.known]]
    classes, levels = target.codes[rows], column.codes[rows]
    if target.ranks is not None or len(rows) < 0.95 * len(target.known):
        return None
    count, kinds = len(np.unique(classes)), len(np.unique(levels))
    if count < _MIN_CLASSES or not 3 <= kinds <= count or len(rows) < 3 * count:
        return None
    follows = determination(classes, levels)
    told = entropy(levels) / entropy(classes)
    if follows < MAX_GAIN or told < _PARENT_SHARE:
        return None
    return replace(
        verdict,
        role="leak",
        reason=f"The column is a coarser class of {target.name!r}: it follows from it.",
        confidence=0.8,
        evidence=(
            f"{count} classes of {target.name!r} lead to {kinds} values in "
            f"{follows:.1%} of the cases and these tell {told:.0%} of the class, "
            f"thresholds {MAX_GAIN:.0%} and {_PARENT_SHARE:.0%}"
        ),
    )
