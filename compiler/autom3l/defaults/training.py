"""Fusion and the training recipe, from the rows there are to learn from."""

from __future__ import annotations

import math
from collections.abc import Iterator

from autom3l.backbones import backbones
from autom3l.encoders import Encoders
from autom3l.ir import (
    Decision,
    Fusion,
    Metric,
    Selection,
    Split,
    Task,
    TaskKind,
    Training,
)
from autom3l.losses import LOSSES
from autom3l.profile import DataProfile
from autom3l.spec import Spec

RARE = 0.2
FEW = 2_000  # training rows, below which caution pays
MANY = 10_000  # above which it does not
_MANY_SEEN = 6_000_000  # rows, each as often as it is seen, that teach all they can
# Of a retrieval, the other rows of a batch are what each is told apart from.
_FEWEST_NEGATIVES = 64
CLASSES: frozenset[TaskKind] = frozenset({"binary", "multiclass"})
# Metrics of decisions, which change by whole rows.
STEPPED: frozenset[Metric] = frozenset(
    {"accuracy", "balanced_accuracy", "f1", "macro_f1", "quadratic_kappa"}
)
# Metrics that a change of all probabilities which keeps their order leaves alone.
RANKED: frozenset[Metric] = frozenset({"roc_auc", "average_precision"})
# Metrics under which a rare class weighs as much as a common one.
BALANCED: frozenset[Metric] = frozenset({"balanced_accuracy", "f1", "macro_f1"})
# Metrics of decisions whose best thresholds are not one half.
THRESHOLDED: dict[TaskKind, frozenset[Metric]] = {
    "binary": frozenset({"balanced_accuracy", "f1", "macro_f1"}),
    "multilabel": frozenset({"f1", "macro_f1"}),
    "multiclass": frozenset({"quadratic_kappa"}),
    "regression": frozenset(),
    "retrieval": frozenset(),
}


def choose_fusion(encoders: Encoders, task: Task, rows: int) -> tuple[Fusion, Decision]:
    """The ensemble of heads, for `rows` training rows."""
    parts = (encoders.tabular, encoders.text, encoders.image)
    modalities = sum(part is not None for part in parts)
    if task.kind == "retrieval":
        return _fusion_of_vectors(encoders, rows, modalities)
    fusion = Fusion(
        members=8,
        layers=3,
        width=192,
        dropout=0.2 if rows < FEW else 0.1,
        modality_dropout=0.1 if modalities > 1 else 0.0,
        adapter_width=_adapter_width(task, rows),
        adapter_dropout=_adapter_dropout(encoders, rows),
    )
    return fusion, Decision(
        section="fusion",
        subject="fusion",
        choice=f"{fusion.members} members of {fusion.layers} layers of {fusion.width}, "
        f"dropout {fusion.dropout:g}, modality dropout {fusion.modality_dropout:g}",
        reason=" ".join(_fusion_reasons(encoders, modalities)),
        source="rule",
        evidence=_seen(rows, modalities),
        confidence=0.7,
    )


def _fusion_of_vectors(
    encoders: Encoders, rows: int, modalities: int
) -> tuple[Fusion, Decision]:
    """Projections alone: their vectors keep more of what nobody trained them for."""
    fusion = Fusion(
        members=1,
        layers=0,
        width=256,
        dropout=0.2 if rows < FEW else 0.1,
        modality_dropout=0.0,
        adapter_width=256,
        adapter_dropout=0.5 if backbones(encoders).frozen and rows < MANY else 0.2,
    )
    return fusion, Decision(
        section="fusion",
        subject="fusion",
        choice=f"projections to vectors of {fusion.width}, adapter dropout "
        f"{fusion.adapter_dropout:g}",
        reason="Without layers between, more is kept of what the encoders know of "
        "things that were not trained on.",
        source="rule",
        evidence=_seen(rows, modalities),
        confidence=0.7,
    )


def choose_training(
    spec: Spec, profile: DataProfile, task: Task, split: Split
) -> tuple[Training, tuple[Decision, ...]]:
    """The recipe for the rows that are left to train on."""
    rows = training_rows(profile, split, task)
    epochs, batch = _epochs(task, rows), _batch_size(rows)
    if task.kind == "retrieval":
        batch = max(batch, _FEWEST_NEGATIVES)
    weights, weights_why = _class_weights(task, profile)
    threshold, threshold_why = _threshold(task)
    selection, selection_why = _selection(task, weights)
    training = Training(
        epochs=epochs,
        batch_size=batch,
        lr=2e-3 if rows < FEW else 4e-3,
        weight_decay=1e-2,
        warmup=0.1,
        patience=8,
        averaging=3,
        selection=selection,
        label_smoothing=0.1 if task.kind in CLASSES and rows < FEW else 0.0,
        class_weights=weights,
        threshold=threshold,
        seed=spec.seed,
        loss=LOSSES[task.kind][0],
    )
    return training, (*selection_why, *weights_why, *threshold_why)


def training_rows(profile: DataProfile, split: Split, task: Task) -> int:
    """About how many rows are left to learn from.

    A retrieval learns from the rows whose sides belong together.
    """
    rows = profile.rows
    if task.kind == "retrieval" and task.classes:
        rows = dict(profile.column(task.targets[0]).top).get(task.classes[1], rows)
    return round(rows * (1 - split.validation - split.test))


def rarest_share(task: Task, profile: DataProfile) -> float:
    """The share of the rarest class among the labelled rows; 1 for no classes."""
    if task.kind not in CLASSES:
        return 1.0
    counts = dict(profile.column(task.targets[0]).top)
    rows = [counts.get(label, 0) for label in task.classes]
    return min(rows) / max(1, sum(rows))


def _epochs(task: Task, rows: int) -> int:
    """At most; early stopping usually ends before.

    Numbers go on being learnt where labels have been learnt by heart.
    """
    seen = 600_000 if task.kind == "regression" else 200_000
    fewest = min(max(_MANY_SEEN // max(rows, 1), 2), 12)
    return min(max(seen // max(rows, 1), fewest), 40)


def _batch_size(rows: int) -> int:
    """A power of two with 40 steps per epoch, from 32 to 256; more from 4,000 on,
    up to 4,096."""
    few, many = (round(math.log2(max(rows, 1) / steps)) for steps in (40, 4_000))
    return 1 << min(max(few, 5), max(many, 8), 12)


def _adapter_width(task: Task, rows: int) -> int:
    """Narrow where rows are few, but with room for every class."""
    outputs = min(len(task.classes), 128)
    return max(min(max(rows // 64, 8), 64), outputs)


def _adapter_dropout(encoders: Encoders, rows: int) -> float:
    """Wide frozen features, which stay as they are, need more of it than tuned ones."""
    found = backbones(encoders)
    if not found.frozen:
        return 0.2
    if found.tuned:
        return 0.3
    steps = ((1_000, 0.7), (10_000, 0.5))
    return next((dropout for limit, dropout in steps if rows < limit), 0.2)


def _fusion_reasons(encoders: Encoders, modalities: int) -> Iterator[str]:
    yield "An ensemble that shares its weights is worth its cost; fewer rows need more"
    if backbones(encoders).frozen:
        yield "dropout and narrower inputs from frozen features."
    else:
        yield "dropout."
    if modalities > 1:
        yield "A modality left out now and then keeps rows without it from being a"
        yield "surprise."


def _selection(task: Task, weights: bool) -> tuple[Selection, tuple[Decision, ...]]:
    """Weights shift probabilities, so that their loss says little of the metric.

    Of two classes, accuracy itself chose as well on the tables that were measured.
    """
    stepped = task.metric in STEPPED - {"accuracy" if task.kind == "binary" else ""}
    if not stepped or weights or task.kind == "multilabel":
        return "metric", ()
    return "log_loss", (
        Decision(
            section="training",
            subject="selection",
            choice="log_loss",
            reason=f"{task.metric} moves in leaps when few rows validate; the loss "
            "chooses steadier checkpoints.",
            source="rule",
            confidence=0.7,
        ),
    )


def _seen(rows: int, modalities: int) -> str:
    several = "modality" if modalities == 1 else "modalities"
    return f"{rows:,} rows, {modalities} {several}"


def schedule_decision(training: Training, rows: int) -> Decision:
    """How long the recipe trains on `rows` rows, once it is what it stays."""
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
    if task.kind not in CLASSES:
        return False, ()
    share = rarest_share(task, profile)
    balanced = task.metric in BALANCED
    fitted = task.metric in THRESHOLDED[task.kind]
    rare = share < RARE / max(1, len(task.classes) - 1)
    chosen = rare and balanced and not fitted
    reason = f"{task.metric} counts every class the same, however rare."
    if not balanced:
        looks = (
            "sees their order alone" if task.metric in RANKED else "counts each once"
        )
        reason = (
            f"Of rows, {task.metric} {looks}; weights would shift the probabilities "
            "away from the true shares."
        )
    elif fitted:
        reason = (
            "The fitted threshold makes up for rare classes; weights would only blur "
            "the probabilities that it cuts."
        )
    elif not rare:
        reason = "No class is so rare that weights would pay."
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
            choice="fitted on held-out rows",
            reason=f"The threshold that is best for {task.metric} is rarely one half.",
            source="rule",
        ),
    )
