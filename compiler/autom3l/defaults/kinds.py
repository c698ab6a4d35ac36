"""Which kind of task a target calls for, from its labels alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from autom3l.defaults.target import MAX_CLASSES, MAX_SCALE, Target, shown
from autom3l.inference.facts import Facts
from autom3l.inference.lists import lists
from autom3l.inference.numbers import read_numbers
from autom3l.ir import Metric, TaskKind
from autom3l.metrics import kinds_of
from autom3l.profile import ColumnProfile

MIN_ROWS_PER_STEP = 5
MAX_UNIQUE = 0.9
MOSTLY = 0.9


@dataclass(frozen=True)
class KindVerdict:
    """A kind of task with its reason, its evidence, and how sure the rule is."""

    kind: TaskKind
    reason: str
    evidence: str
    confidence: float = 1.0


def judge_target(target: Target, column: ColumnProfile) -> KindVerdict:
    """The kind of task that the labels of one target suggest."""
    rules: tuple[Callable[[], KindVerdict | None], ...] = (
        lambda: _two_labels(target),
        lambda: _scale(target),
        lambda: _numbers(target),
        lambda: _lists(target, column),
    )
    found = (rule() for rule in rules)
    return next((v for v in found if v is not None), _names(target))


def by_metric(metric: Metric, target: Target) -> KindVerdict | None:
    """The kind that a metric of the spec settles, where the labels leave a choice."""
    kinds = kinds_of(metric)
    evidence = f"metric: {metric}; {target.distinct:,} distinct labels"
    if kinds == ("regression",):
        return KindVerdict("regression", f"{metric} scores numbers.", evidence)
    classes = "multiclass" in kinds and 2 < target.distinct <= MAX_CLASSES
    if classes and target.numeric and "regression" not in kinds:
        return KindVerdict("multiclass", f"{metric} scores classes.", evidence)
    return None


def is_scale(target: Target) -> bool:
    """Whether the labels are the steps 0…k or 1…k of a scale, none left out."""
    steps = sorted(target.numbers.values())
    if not target.numeric or not target.whole or len(steps) < 3:
        return False
    return steps[0] in (0, 1) and steps[-1] - steps[0] + 1 == len(steps)


def _two_labels(target: Target) -> KindVerdict | None:
    if target.distinct != 2:
        return None
    rows = ", ".join(f"{label!r} {n:,}" for label, n in target.counts.items())
    reason = "The target has two labels."
    return KindVerdict("binary", reason, f"rows: {rows}")


def _scale(target: Target) -> KindVerdict | None:
    """Whole numbers that are few and frequent name classes rather than measure."""
    if not target.numeric or not target.whole or target.distinct > MAX_SCALE:
        return None
    if target.present < MIN_ROWS_PER_STEP * max(target.distinct, 1):
        return None
    mean = target.present / target.distinct
    evidence = (
        f"{target.distinct} whole numbers from {target.minimum:g} to "
        f"{target.maximum:g}, a mean of {mean:,.0f} rows each"
    )
    if is_scale(target):
        reason = "The labels are the steps of one scale, none left out."
        return KindVerdict("multiclass", reason, evidence, 0.8)
    reason = f"At most {MAX_SCALE} whole numbers, each in many rows, name classes."
    return KindVerdict("multiclass", reason, evidence, 0.65)


def _numbers(target: Target) -> KindVerdict | None:
    """Mostly numbers, however written; `labels` refuses those that can't be read."""
    parsed = target.parsed
    if parsed < MOSTLY * target.present:
        written = read_numbers(target.counts)
        parsed = sum(target.counts[v] for v in written.numbers) if written else 0
    few = target.distinct <= MAX_SCALE and not target.numeric
    if few or parsed < MOSTLY * target.present:
        return None
    evidence = f"{target.distinct:,} different numbers in {target.present:,} rows"
    if target.parsed:
        evidence += f", {target.minimum:g} to {target.maximum:g}"
    sure = target.distinct > 100 or not target.whole
    reason = "The labels are numbers with many different values."
    return KindVerdict("regression", reason, evidence, 0.95 if sure else 0.7)


def _lists(target: Target, column: ColumnProfile) -> KindVerdict | None:
    if target.numeric:
        return None
    found = lists(Facts(column, target.missing))
    if found is None or found.items is None:
        return None
    return KindVerdict("multilabel", found.reason, found.evidence, 0.85)


def _names(target: Target) -> KindVerdict:
    evidence = f"{target.distinct:,} different labels: {shown(target.counts, 3)}"
    return KindVerdict("multiclass", "The labels are names.", evidence, 0.95)
