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


def choose_tabular(
    profile: DataProfile, zoo: Zoo, columns: Sequence[Column]
) -> tuple[TabularEncoder, tuple[Decision, ...]]:
    """Embeddings of every feature, as fine as the rows can fill."""
    bins = min(max(profile.rows // 16, 16), 128)
    card = zoo.of("tabular")[0]
    decision = Decision(
        section="encoders",
        subject="tabular",
        choice=f"{card.name}, {bins} bins of each number",
        reason="It learns together with the other encoders; few rows can't fill many "
        "bins.",
        source="rule",
        evidence=f"{len(columns)} tabular features, {profile.rows:,} rows",
        confidence=0.8,
    )
    return TabularEncoder(card.name, bins, WIDTH, WIDTH), (decision,)
