"""Which metrics score which tasks, and what each says; the first is the default."""

from __future__ import annotations

from autom3l.ir import Metric, TaskKind

METRICS: dict[TaskKind, tuple[Metric, ...]] = {
    "binary": (
        "roc_auc",
        "average_precision",
        "accuracy",
        "balanced_accuracy",
        "f1",
        "macro_f1",
        "log_loss",
    ),
    "multiclass": (
        "accuracy",
        "balanced_accuracy",
        "macro_f1",
        "log_loss",
        "quadratic_kappa",
    ),
    "multilabel": ("macro_f1", "f1", "roc_auc", "average_precision", "log_loss"),
    "regression": ("r2", "rmse", "mae", "rmsle"),
    "retrieval": ("map_at_100", "mrr", "recall_at_1", "recall_at_10"),
}


def kinds_of(metric: Metric) -> tuple[TaskKind, ...]:
    """The kinds of task that a metric can score."""
    return tuple(kind for kind, metrics in METRICS.items() if metric in metrics)
