"""Fusion and the training recipe, from the rows there are to learn from."""

from __future__ import annotations

from autom3l.ir import (
    Decision,
    Encoders,
    Fusion,
    Metric,
    Split,
    Task,
    TaskKind,
    Training,
)
from autom3l.profile import DataProfile
from autom3l.spec import Spec

RARE = 0.2
# Metrics under which a rare class weighs as much as a common one.
BALANCED: frozenset[Metric] = frozenset({"balanced_accuracy", "f1", "macro_f1"})
# Metrics of decisions whose best thresholds are not one half.
THRESHOLDED: dict[TaskKind, frozenset[Metric]] = {
    "binary": frozenset({"f1", "macro_f1"}),
    "multilabel": frozenset({"f1", "macro_f1"}),
    "multiclass": frozenset({"quadratic_kappa"}),
    "regression": frozenset(),
}


def choose_fusion(encoders: Encoders, rows: int) -> tuple[Fusion, Decision]:
    """The ensemble of heads; modality dropout where there is a modality to spare."""
    parts = (encoders.tabular, encoders.text, encoders.image)
    modalities = sum(part is not None for part in parts)
    fusion = Fusion(
        members=8,
        layers=3,
        width=192,
        dropout=0.2 if rows < 1_000 else 0.1,
        modality_dropout=0.1 if modalities > 1 else 0.0,
        adapter_width=16 if rows < 5_000 else 64,
        adapter_dropout=0.5 if rows < 10_000 else 0.3,
    )
    return fusion, Decision(
        section="fusion",
        subject="fusion",
        choice=f"{fusion.members} members of {fusion.layers} layers of {fusion.width}, "
        f"dropout {fusion.dropout:g}, modality dropout {fusion.modality_dropout:g}",
        reason="An ensemble that shares its weights is worth its cost; fewer rows need "
        "more dropout and narrower inputs from frozen features; a modality left out "
        "now and then keeps rows without it from being a surprise.",
        source="rule",
        evidence=f"{rows:,} rows, {modalities} modalities",
        confidence=0.7,
    )


def choose_training(
    spec: Spec, profile: DataProfile, task: Task, split: Split
) -> tuple[Training, tuple[Decision, ...]]:
    """The recipe for the rows that are left to train on."""
    rows = round(profile.rows * (1 - split.validation - split.test))
    epochs, batch = _epochs(rows), _batch_size(rows)
    weights, weights_why = _class_weights(task, profile)
    threshold, threshold_why = _threshold(task)
    training = Training(
        epochs=epochs,
        batch_size=batch,
        lr=4e-3,
        weight_decay=1e-2,
        warmup=0.1,
        patience=8,
        averaging=3,
        class_weights=weights,
        threshold=threshold,
        seed=spec.seed,
    )
    return training, (_schedule(training, rows), *weights_why, *threshold_why)


def rarest_share(task: Task, profile: DataProfile) -> float:
    """The share of the rarest class among the labelled rows; 1 for no classes."""
    if task.kind not in ("binary", "multiclass"):
        return 1.0
    counts = dict(profile.column(task.targets[0]).top)
    rows = [counts.get(label, 0) for label in task.classes]
    return min(rows) / max(1, sum(rows))


def _epochs(rows: int) -> int:
    """At most; early stopping usually ends before."""
    steps = ((2_000, 30), (20_000, 20))
    return next((epochs for limit, epochs in steps if rows < limit), 14)


def _batch_size(rows: int) -> int:
    """A power of two with about 40 steps per epoch, from 32 to 256."""
    sizes = (32, 64, 128)
    return next((size for size in sizes if rows < 60 * size), 256)


def _schedule(training: Training, rows: int) -> Decision:
    return Decision(
        section="training",
        subject="schedule",
        choice=f"at most {training.epochs} epochs of batches of {training.batch_size}",
        reason=f"Fewer rows need more passes and smaller batches; training stops "
        f"{training.patience} epochs after the best.",
        source="rule",
        evidence=f"about {rows:,} training rows",
        confidence=0.7,
    )


def _class_weights(
    task: Task, profile: DataProfile
) -> tuple[bool, tuple[Decision, ...]]:
    if task.kind not in ("binary", "multiclass"):
        return False, ()
    share = rarest_share(task, profile)
    balanced = task.metric in BALANCED
    chosen = share < RARE / max(1, len(task.classes) - 1) and balanced
    reason = (
        f"{task.metric} counts every class the same, however rare."
        if balanced
        else f"{task.metric} counts rows as they come; weights would shift the "
        "probabilities away from the true shares."
    )
    return chosen, (
        Decision(
            section="training",
            subject="class weights",
            choice="yes" if chosen else "no",
            reason=reason,
            source="rule",
            evidence=f"the rarest class has {share:.1%} of the rows",
        ),
    )


def _threshold(task: Task) -> tuple[bool, tuple[Decision, ...]]:
    if task.metric not in THRESHOLDED[task.kind]:
        return False, ()
    return True, (
        Decision(
            section="training",
            subject="threshold",
            choice="fitted on the validation rows",
            reason=f"The threshold that is best for {task.metric} is rarely one half.",
            source="rule",
        ),
    )
