"""The metric that selects checkpoints: the spec's, or the usual one of the task."""

from __future__ import annotations

from autom3l.ir import Decision, Metric, Source, TaskKind
from autom3l.metrics import METRICS
from autom3l.spec import Spec

_REASONS: dict[TaskKind, str] = {
    "binary": "It judges the ranking of rows at every threshold, and rare positives "
    "count as much as common negatives.",
    "multiclass": "The share of rows with the right class is what most readers expect; "
    "name macro_f1 where rare classes count as much, quadratic_kappa where a near miss "
    "is better than a far one.",
    "multilabel": "Every label counts the same, however rare.",
    "retrieval": "It asks that all that belongs together is found, and stands first.",
    "regression": "The share of variance explained compares across targets and units.",
}

_MATCHING = (
    "Matches are rare, and it asks for both: that they are found, and that nothing "
    "else is taken for one."
)


def choose_metric(spec: Spec, kind: TaskKind) -> tuple[Metric, Decision]:
    """The metric of a task whose fit with the spec's metric was checked."""
    asked = spec.metric
    if asked == "auto" and spec.task == "matching":
        return "f1", Decision("task", "metric", "f1", _MATCHING, "rule")
    metric = METRICS[kind][0] if asked == "auto" else asked
    reason = _REASONS[kind] if asked == "auto" else "The spec says so."
    source: Source = "rule" if asked == "auto" else "spec"
    return metric, Decision("task", "metric", metric, reason, source)
