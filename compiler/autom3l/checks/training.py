"""Numbers of fusion and training that can work."""

from __future__ import annotations

from collections.abc import Iterator

from autom3l.backbones import backbones
from autom3l.checks.subject import Subject, outside
from autom3l.diagnostics import Diagnostic
from autom3l.losses import LOSSES, loss_of

HEADS = 4  # of the attention that fuses


def fusion(subject: Subject) -> Iterator[Diagnostic]:
    """Width and shares within bounds, and a width that attention can divide (P240)."""
    part = subject.pipeline.fusion
    yield from outside("fusion.width", part.width, 1, 8192)
    least = 0 if subject.pipeline.retrieval else 1
    yield from outside("fusion.layers", part.layers, least, 16)
    yield from outside("fusion.members", part.members, 1, 1024)
    yield from outside("fusion.adapter_width", part.adapter_width, 1, 4096)
    yield from outside("fusion.adapter_dropout", part.adapter_dropout, 0, 0.9)
    yield from outside("fusion.dropout", part.dropout, 0, 0.9)
    yield from outside("fusion.modality_dropout", part.modality_dropout, 0, 0.9)
    if part.kind == "attention" and part.width % HEADS:
        message = f"width {part.width} can't be divided among {HEADS} heads"
        yield Diagnostic("P240", message, "fusion.width")


def modalities(subject: Subject) -> Iterator[Diagnostic]:
    """Fusion is of at least two modalities; alone, one is handed on (P242)."""
    encoders = subject.pipeline.encoders
    kind = subject.pipeline.fusion.kind
    parts = (encoders.tabular, encoders.text, encoders.image)
    count = sum(part is not None for part in parts)
    if kind != "concatenate" and count < 2:
        message = f"{kind!r} fuses modalities, of which the features have {count}"
        yield Diagnostic("P242", message, "fusion.kind", "set it to 'concatenate'")


def recipe(subject: Subject) -> Iterator[Diagnostic]:
    """Every number of the recipe within bounds (P240)."""
    part = subject.pipeline.training
    bounds: tuple[tuple[str, float, float], ...] = (
        ("epochs", 1, 100_000),
        ("batch_size", 1, 65_536),
        ("lr", 1e-8, 1),
        ("weight_decay", 0, 1),
        ("warmup", 0, 0.9),
        ("patience", 1, 100_000),
        ("averaging", 1, 100),
        ("label_smoothing", 0, 0.5),
        ("focal_gamma", 1, 10),
        ("seed", 0, 2**32 - 1),
    )
    for name, low, high in bounds:
        yield from outside(f"training.{name}", getattr(part, name), low, high)


def backbone(subject: Subject) -> Iterator[Diagnostic]:
    """How weights are tuned is said exactly when some are (P240, P246)."""
    pipeline = subject.pipeline
    part, tuned = pipeline.training.backbone, backbones(pipeline.encoders).tuned
    if bool(tuned) != (part is not None):
        recipe = "a recipe" if part else "no recipe"
        message = f"{len(tuned)} tuned encoders, {recipe} for them"
        yield Diagnostic("P246", message, "training.backbone")
    if part is None:
        return
    bounds: tuple[tuple[str, float, float], ...] = (
        ("lr", 1e-8, 1),
        ("layer_decay", 0.1, 1),
        ("lora_lr", 1e-8, 1),
        ("lora_rank", 1, 512),
        ("micro_batch", 1, 65_536),
    )
    for name, low, high in bounds:
        yield from outside(f"training.backbone.{name}", getattr(part, name), low, high)


def loss(subject: Subject) -> Iterator[Diagnostic]:
    """The loss is one of the task's; cross-entropy alone is smoothed (P243)."""
    kind, part = subject.pipeline.task.kind, subject.pipeline.training
    chosen = loss_of(part, kind)
    if chosen not in LOSSES[kind]:
        message = f"{chosen!r} is no loss of {kind}"
        hint = "one of " + ", ".join(LOSSES[kind])
        yield Diagnostic("P243", message, "training.loss", hint)
    elif part.label_smoothing and chosen in ("bce", "focal"):
        message = f"label_smoothing is of cross_entropy; the loss is {chosen}"
        yield Diagnostic("P243", message, "training.label_smoothing", "set it to 0")


def classes_only(subject: Subject) -> Iterator[Diagnostic]:
    """Weights, thresholds, smoothing and log loss are of classes (P241)."""
    part = subject.pipeline.training
    kind = subject.pipeline.task.kind
    if kind not in ("regression", "retrieval"):
        return
    for name in ("class_weights", "threshold", "label_smoothing"):
        if getattr(part, name):
            message = f"{name} is for classes; the task is {kind}"
            yield Diagnostic("P241", message, f"training.{name}")
    if part.selection == "log_loss":
        message = f"log_loss is of classes; the task is {kind}"
        yield Diagnostic("P241", message, "training.selection")
