"""Whether n-grams stand beside frozen embeddings of texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autom3l.backbones import backbones
from autom3l.column import Pair
from autom3l.encoders import Encoders
from autom3l.ir import Decision, Task

BUCKETS = 2**15
FEWEST = 150  # training rows, of which few words would recur


def with_ngrams(
    encoders: Encoders, task: Task, pairs: Sequence[Pair], rows: int
) -> tuple[Encoders, tuple[Decision, ...]]:
    """The encoders for `rows` training rows; what is compared is left as it is."""
    text = encoders.text
    if text is None or "text" not in backbones(encoders).frozen:
        return encoders, ()
    buckets, reason = BUCKETS, (
        "Embeddings blur single words, names and codes; a linear model of what words "
        "and parts of words a text has learns together with the network."
    )
    if task.kind == "retrieval":
        buckets, reason = 0, "Things that were not trained on have words of their own."
    elif pairs:
        buckets, reason = 0, "Texts are compared: derived numbers say what they share."
    elif rows < FEWEST:
        buckets, reason = 0, "Of so few rows, hardly a word recurs."
    return replace(encoders, text=replace(text, buckets=buckets)), (
        Decision(
            section="encoders",
            subject="n-grams",
            choice=f"{buckets:,} buckets beside the embeddings" if buckets else "none",
            reason=reason,
            source="rule",
            evidence=f"about {rows:,} training rows",
            confidence=0.8,
        ),
    )
