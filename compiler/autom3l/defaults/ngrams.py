"""Whether n-grams stand beside embeddings of texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autom3l.backbones import backbones
from autom3l.column import Pair
from autom3l.diagnostics import Diagnostic, PlanError
from autom3l.encoders import Encoders, TextEncoder
from autom3l.ir import Decision, Task

BUCKETS = 2**15
# Of a cell, words first. More of a long text lower the log loss (by 2 % on 630 rows).
# Each cell takes as much memory as the fullest, 4 bytes an n-gram, and time (three
# times that of 512 where all are as full).
MOST = 2048
MOST_OF_MANY = 512
MANY = 5_000  # training rows
FEWEST = 150  # training rows, of which few words would recur
# From here on, a language model that is tuned learnt as much without them (measured on
# 4,000 and 17,000 rows; on 600, they lowered the log loss by a tenth).
ENOUGH_TO_TUNE = 2_000


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
    text, found = encoders.text, backbones(encoders)
    if text is None or "text" not in found.pretrained:
        if asked:
            raise _refused("no text has embeddings that they could stand beside")
        return encoders, ()
    impossible = ""
    if task.kind == "retrieval":
        impossible = "Things that were not trained on have words of their own."
    elif pairs:
        impossible = "Texts are compared: derived numbers say what they share."
    if asked and impossible:
        raise _refused(impossible[0].lower() + impossible[1:].rstrip("."))
    buckets, reason = 0, impossible or _needless(rows, tuned="text" in found.tuned)
    if asked is not None:
        buckets, reason = BUCKETS if asked else 0, "The spec says so."
    elif not reason:
        buckets, reason = BUCKETS, (
            "Embeddings blur single words, names and codes; a linear model of what "
            "words and parts of words a text has learns together with the network."
        )
    text, choice = _hashed(text, buckets, rows)
    return replace(encoders, text=text), (
        Decision(
            section="encoders",
            subject="n-grams",
            choice=choice,
            reason=reason,
            source="rule" if asked is None else "spec",
            evidence=f"about {rows:,} training rows",
            confidence=0.8 if asked is None else 1.0,
        ),
    )


def _hashed(text: TextEncoder, buckets: int, rows: int) -> tuple[TextEncoder, str]:
    """With n-grams in so many buckets, if any, and how that is told."""
    if not buckets:
        return text, "none"
    most = MOST if rows < MANY else MOST_OF_MANY
    choice = f"up to {most:,} of a text, in {buckets:,} buckets"
    return replace(text, buckets=buckets, ngrams=most), choice


def _needless(rows: int, *, tuned: bool) -> str:
    """Why so many rows gain nothing by them; empty: they do."""
    if rows < FEWEST:
        return "Of so few rows, hardly a word recurs."
    if tuned and rows >= ENOUGH_TO_TUNE:
        return "A language model that is tuned on so many rows learns words itself."
    return ""


def _refused(why: str) -> PlanError:
    message = f"true, but {why}"
    return PlanError(Diagnostic("P134", message, "encoders.ngrams", "remove it"))
