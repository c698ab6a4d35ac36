"""How long pretrained features take to compute."""

from __future__ import annotations

from collections.abc import Sequence

from autom3l.card import Card, CardModality
from autom3l.encoders import Tuning
from autom3l.ir import Decision
from autom3l.profile import ColumnProfile

# Measured on two cores with all-MiniLM-L6-v2 and mobilenetv2_100, whose depthwise
# convolutions wait for memory; a GPU is some fifty times as fast.
GFLOPS_PER_SECOND: dict[CardModality, float] = {"text": 100, "image": 20}
# Length for which a text card states its work, and tokens per word of English prose.
CARD_TOKENS = 128
TOKENS_PER_WORD = 1.35


def feature_minutes(card: Card, facts: Sequence[ColumnProfile]) -> float:
    """Minutes on two CPU cores for one pass over every cell of the columns."""
    gflops = sum(_gflops(card, f) for f in facts)
    return gflops / GFLOPS_PER_SECOND[card.modality] / 60


def frozen(card: Card, facts: Sequence[ColumnProfile]) -> Decision:
    """Why the pretrained weights stay as they are."""
    cells = sum(f.present for f in facts)
    minutes = feature_minutes(card, facts)
    return Decision(
        section="encoders",
        subject=f"{card.modality} tuning",
        choice="frozen",
        reason="Its features are computed once and kept, so an epoch takes seconds on "
        "any machine; tuning all weights costs about three such passes per epoch.",
        source="rule",
        evidence=f"one pass over {cells:,} cells takes about {minutes:.1f} minutes "
        "on two CPU cores",
        confidence=0.7,
    )


def tuned(card: Card, facts: Sequence[ColumnProfile], tuning: Tuning) -> Decision:
    """What it costs that the spec wants pretrained weights tuned."""
    epoch = 3 * feature_minutes(card, facts)
    learn = "All pretrained weights learn" if tuning == "full" else "Adapters learn"
    return Decision(
        section="encoders",
        subject=f"{card.modality} tuning",
        choice=tuning,
        reason=f"{learn}, so the features fit this table; every epoch computes them "
        "anew, with their gradients.",
        source="spec",
        evidence=f"an epoch takes about {epoch:.1f} minutes on two CPU cores, on a GPU "
        "a fiftieth",
    )


def _gflops(card: Card, facts: ColumnProfile) -> float:
    if card.modality == "image":
        return facts.present * card.gflops
    tokens = min(facts.words_mean * TOKENS_PER_WORD + 2, card.max_tokens)
    return facts.present * card.gflops * tokens / CARD_TOKENS
