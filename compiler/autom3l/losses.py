"""Which losses teach which tasks; the first is the default."""

from __future__ import annotations

from autom3l.ir import Loss, TaskKind, Training

LOSSES: dict[TaskKind, tuple[Loss, ...]] = {
    "binary": ("cross_entropy", "focal"),
    "multiclass": ("cross_entropy", "focal"),
    "multilabel": ("bce", "focal"),
    "regression": ("mse", "mae", "huber"),
    "retrieval": ("info_nce",),
}


def loss_of(training: Training, kind: TaskKind) -> Loss:
    """The loss that a recipe means, by its name."""
    return LOSSES[kind][0] if training.loss == "auto" else training.loss
