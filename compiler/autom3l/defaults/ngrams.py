"""Whether n-grams stand beside frozen embeddings of texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autom3l.backbones import backbones
from autom3l.column import Pair
from autom3l.diagnostics import Diagnostic, PlanError
from autom3l.encoders import Encoders
from autom3l.ir import Decision, Task

BUCKETS = 2**15
FEWEST = 150  # training rows, of which few words would recur


def with_ngrams(
    encoders: Encoders,
    task: Task,
    pairs: Sequence[Pair],
    rows: int,
    *,
    asked: bool | None = None,
) -> tuple[Encoders, tuple[Decision, ...]]:
    """The encoders for `rows` training rows, with n-grams if `asked`, else by rules.

    What is compared is left as it is. Raises `PlanError` (P134) where n-grams that are
    asked for can't be.
    """
    text = encoders.text
    if text is None or "text" not in backbones(encoders).frozen:
        if asked:
            raise _refused("no text has frozen embeddings that they could stand beside")
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
    if asked and (pairs or task.kind == "retrieval"):
        raise _refused(reason[0].lower() + reason[1:].rstrip("."))
    if asked is not None:
        buckets, reason = BUCKETS if asked else 0, "The spec says so."
    return replace(encoders, text=replace(text, buckets=buckets)), (
        Decision(
            section="encoders",
            subject="n-grams",
            choice=f"{buckets:,} buckets beside the embeddings" if buckets else "none",
            reason=reason,
            source="rule" if asked is None else "spec",
            evidence=f"about {rows:,} training rows",
            confidence=0.8 if asked is None else 1.0,
        ),
    )


def _refused(why: str) -> PlanError:
    message = f"true, but {why}"
    return PlanError(Diagnostic("P134", message, "encoders.ngrams", "remove it"))
