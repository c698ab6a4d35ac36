"""The recipe where pretrained weights are tuned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from autom3l.backbones import backbones
from autom3l.encoders import Encoders
from autom3l.ir import BackboneTraining, Decision, Training
from autom3l.spec import Hardware

ROWS_SEEN = 20_000  # in all epochs together, from 5 to 20 of them
BACKBONE = BackboneTraining(
    lr=5e-5, layer_decay=0.9, lora_lr=5e-4, lora_rank=8, micro_batch=32
)


def tuned_epochs(rows: int) -> int:
    """At most."""
    return min(max(ROWS_SEEN // max(rows, 1), 5), 20)


def with_tuning(
    training: Training, encoders: Encoders, rows: int, hardware: Hardware
) -> tuple[Training, tuple[Decision, ...]]:
    """The recipe of `rows` training rows, as tuned encoders want it; else as it is.

    A GPU is quickest when it has the whole batch at once.
    """
    if not backbones(encoders).tuned:
        return training, ()
    batch = min(training.batch_size, 64)
    at_once = batch if hardware == "gpu" else BACKBONE.micro_batch
    tuned = replace(
        training,
        epochs=tuned_epochs(rows),
        batch_size=batch,
        lr=1e-3,
        patience=4,
        averaging=2,
        backbone=replace(BACKBONE, micro_batch=at_once),
    )
    return tuned, (
        Decision(
            section="training",
            subject="backbone",
            choice="; ".join((*_rates(encoders), f"at most {tuned.epochs} epochs")),
            reason="Pretrained weights know much already: they learn slowly and in few "
            "passes, the earliest layers least; every checkpoint holds all of them, so "
            "that fewer are kept.",
            source="rule",
            evidence=f"about {rows:,} training rows",
            confidence=0.7,
        ),
    )


def _rates(encoders: Encoders) -> Iterator[str]:
    found = backbones(encoders)
    if found.full:
        decay = f"less by {BACKBONE.layer_decay:g} per layer towards the input"
        yield f"rate {BACKBONE.lr:g}, {decay}"
    if found.lora:
        yield f"adapters of rank {BACKBONE.lora_rank} at {BACKBONE.lora_lr:g}"
