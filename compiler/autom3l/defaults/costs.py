"""How long pretrained features take to compute, and networks to tune."""

from __future__ import annotations

from collections.abc import Sequence

from autom3l.card import Card, CardModality
from autom3l.encoders import Tuning
from autom3l.ir import Decision, Source
from autom3l.profile import ColumnProfile
from autom3l.spec import Constraints, Hardware

# Measured on two cores with all-MiniLM-L6-v2 and mobilenetv2_100, whose depthwise
# convolutions wait for memory.
GFLOPS_PER_SECOND: dict[CardModality, float] = {"text": 100, "image": 20}
GPU_TIMES_FASTER = 50  # roughly; told as "a fiftieth"
MACHINES: dict[Hardware, str] = {"cpu": "two CPU cores", "gpu": "a GPU"}
# Forward, and backward twice: to the weights and to the layer before.
PASSES = 3
# Length for which a text card states its work, and tokens per word of English prose.
CARD_TOKENS = 128
TOKENS_PER_WORD = 1.35
_GPU_MINUTES = 60


def feature_minutes(
    card: Card, facts: Sequence[ColumnProfile], hardware: Hardware
) -> float:
    """Minutes of that hardware for one pass over every cell of the columns."""
    gflops = sum(_gflops(card, f) for f in facts)
    faster = GPU_TIMES_FASTER if hardware == "gpu" else 1
    return gflops / GFLOPS_PER_SECOND[card.modality] / 60 / faster


def minutes_to_tune(constraints: Constraints) -> int:
    """How many there are for it; 0 where nothing says that it may take longer."""
    if constraints.tuning_minutes is None:
        return _GPU_MINUTES if constraints.hardware == "gpu" else 0
    return constraints.tuning_minutes


def frozen(
    card: Card,
    facts: Sequence[ColumnProfile],
    hardware: Hardware,
    source: Source = "rule",
    but: str = "",
) -> Decision:
    """Why the pretrained weights stay as they are; `but`: why they were not tuned."""
    cells = sum(f.present for f in facts)
    minutes = _told(feature_minutes(card, facts, hardware))
    evidence = f"one pass over {cells:,} cells takes {minutes} minutes "
    evidence += f"on {MACHINES[hardware]}"
    return Decision(
        section="encoders",
        subject=f"{card.modality} tuning",
        choice="frozen",
        reason="Its features are computed once and kept, so an epoch takes seconds on "
        "any machine; tuning all weights costs about three such passes per epoch.",
        source=source,
        evidence="; ".join(filter(None, (evidence, but))),
        confidence=0.7,
    )


def tuned(
    card: Card,
    facts: Sequence[ColumnProfile],
    tuning: Tuning,
    hardware: Hardware,
    source: Source = "spec",
) -> Decision:
    """What it costs that pretrained weights are tuned."""
    epoch = _told(PASSES * feature_minutes(card, facts, hardware))
    learn = "All pretrained weights learn" if tuning == "full" else "Adapters learn"
    evidence = f"an epoch takes {epoch} minutes on {MACHINES[hardware]}"
    if hardware == "cpu":
        evidence += ", on a GPU a fiftieth"
    return Decision(
        section="encoders",
        subject=f"{card.modality} tuning",
        choice=tuning,
        reason=f"{learn}, so the features fit this table; every epoch computes them "
        "anew, with their gradients.",
        source=source,
        evidence=evidence,
        confidence=1.0 if source == "spec" else 0.7,
    )


def _told(minutes: float) -> str:
    return "less than 0.1" if minutes < 0.1 else f"about {minutes:.1f}"


def _gflops(card: Card, facts: ColumnProfile) -> float:
    if card.modality == "image":
        return facts.present * card.gflops
    tokens = min(facts.words_mean * TOKENS_PER_WORD + 2, card.max_tokens)
    return facts.present * card.gflops * tokens / CARD_TOKENS
