"""The encoder of all tabular features."""

from __future__ import annotations

from collections.abc import Sequence

from autom3l.ir import Column, Decision, Modality, TabularEncoder
from autom3l.profile import DataProfile
from autom3l.zoo import Zoo

TABULAR: tuple[Modality, ...] = (
    "numeric",
    "categorical",
    "boolean",
    "ordinal",
    "datetime",
    "multi_category",
)


def choose_tabular(
    profile: DataProfile, zoo: Zoo, columns: Sequence[Column]
) -> tuple[TabularEncoder, tuple[Decision, ...]]:
    """The multilayer perceptron, as wide as the rows can fill."""
    width, dropout, bins = _size(profile.rows)
    card = zoo.of("tabular")[0]
    decision = Decision(
        section="encoders",
        subject="tabular",
        choice=f"{card.name}, width {width}, {bins} bins, dropout {dropout:g}",
        reason="It learns together with the other encoders; few rows can't fill a wide "
        "network or many bins.",
        source="rule",
        evidence=f"{len(columns)} tabular features, {profile.rows:,} rows",
        confidence=0.8,
    )
    return TabularEncoder(card.name, width, 2, bins, dropout), (decision,)


def _size(rows: int) -> tuple[int, float, int]:
    """Width, dropout and quantile bins."""
    if rows < 1_000:
        return 64, 0.3, 8
    if rows < 10_000:
        return 128, 0.2, 16
    return 256, 0.1, 32
