"""The encoder of all tabular features."""

from __future__ import annotations

from collections.abc import Sequence

from autom3l.column import Column, Modality
from autom3l.encoders import TabularEncoder
from autom3l.ir import Decision
from autom3l.profile import DataProfile
from autom3l.zoo import Zoo

WIDTH = 16  # of the embedding of a number or level

TABULAR: tuple[Modality, ...] = (
    "numeric",
    "categorical",
    "boolean",
    "ordinal",
    "datetime",
    "multi_category",
)
NUMBERS: tuple[Modality, ...] = ("numeric", "ordinal", "datetime")


def choose_tabular(
    profile: DataProfile, zoo: Zoo, columns: Sequence[Column]
) -> tuple[TabularEncoder, tuple[Decision, ...]]:
    """Embeddings of every feature, as fine as the rows can fill."""
    bins = min(max(profile.rows // 16, 16), 128)
    card = zoo.of("tabular")[0]
    choice, reason = card.name, "It learns together with the other encoders"
    if any(column.modality in NUMBERS for column in columns):
        choice += f", {bins} bins of each number"
        reason += "; few rows can't fill many bins"
    decision = Decision(
        section="encoders",
        subject="tabular",
        choice=choice,
        reason=f"{reason}.",
        source="rule",
        evidence=f"{len(columns)} tabular features, {profile.rows:,} rows",
        confidence=0.8,
    )
    return TabularEncoder(card.name, bins, WIDTH, WIDTH), (decision,)
