"""Which models predict together, by how many rows there are."""

from __future__ import annotations

from autom3l.backbones import backbones
from autom3l.encoders import Encoders
from autom3l.ir import Data, Decision, Ensemble, Split, SplitKind, Task, Trees

# Rows below which a network per fold is worth its time, and how many folds.
FOLDS = ((2_000, 5), (6_000, 3))
# Kinds of split whose rows can as well be dealt into folds.
FOLDABLE: frozenset[SplitKind] = frozenset({"random", "stratified", "group"})


def choose_ensemble(
    data: Data, task: Task, split: Split, encoders: Encoders, rows: int
) -> tuple[Ensemble, tuple[Decision, ...]]:
    """Folds where rows are few, boosted trees where a table holds something."""
    if task.kind == "retrieval":
        return Ensemble(), (_one_space(),)
    folds, why_folds = _folds(data, split, encoders, rows)
    trees, why_trees = _trees(data, task, encoders)
    return Ensemble(folds, trees), (why_folds, why_trees)


def can_fold(data: Data, task: Task, split: Split) -> bool:
    """Whether no file, column or date says which rows validate, and all are at hand.

    The vectors of two networks of a retrieval can't be averaged.
    """
    foldable = split.kind in FOLDABLE and not data.validation and not data.streamed
    return foldable and task.kind != "retrieval"


def kinds_of_trees(data: Data, task: Task, encoders: Encoders) -> tuple[Trees, ...]:
    """What boosted trees could learn here; they have one target, and all rows."""
    if task.kind in ("multilabel", "retrieval") or data.streamed:
        return ("none",)
    kinds: tuple[tuple[Trees, bool], ...] = (
        ("none", True),
        ("table", encoders.tabular is not None),
        ("all", bool(backbones(encoders).frozen)),
    )
    return tuple(kind for kind, possible in kinds if possible)


def _folds(
    data: Data, split: Split, encoders: Encoders, rows: int
) -> tuple[int, Decision]:
    folds = next((count for limit, count in FOLDS if rows < limit), 1)
    reason = "So many rows train one network well."
    if folds > 1:
        reason = (
            "Few rows: none is spared for validation alone, and the mean of several "
            "networks varies less than one of them."
        )
    if data.streamed:
        folds, reason = 1, "Rows that are read in chunks are not dealt into folds."
    elif split.kind not in FOLDABLE or data.validation:
        folds, reason = 1, "What divides the rows also says which of them validate."
    elif folds > 1 and _slow(encoders):
        folds, reason = 1, "An encoder that learns would take its time for every fold."
    choice = f"{folds} networks" if folds > 1 else "one network"
    evidence = f"about {rows:,} training rows"
    return folds, Decision("ensemble", "folds", choice, reason, "rule", evidence, 0.8)


def _one_space() -> Decision:
    reason = "What is searched with and what is found lie in the space of one network."
    return Decision("ensemble", "folds", "one network", reason, "rule")


def _trees(data: Data, task: Task, encoders: Encoders) -> tuple[Trees, Decision]:
    trees: Trees = "none"
    reason = "The features have no table."
    if "table" in kinds_of_trees(data, task, encoders):
        trees = "table"
        reason = (
            "Trees err elsewhere than networks do; how much they count is fitted to "
            "held-out rows."
        )
    elif data.streamed:
        reason = "They would need all rows in memory at once."
    elif task.kind == "multilabel":
        reason = "They would have to be grown for each label."
    return trees, Decision("ensemble", "trees", trees, reason, "rule", "", 0.8)


def _slow(encoders: Encoders) -> bool:
    """Whether a network learns from pixels, or a pretrained one is tuned."""
    image = encoders.image
    return bool(backbones(encoders).tuned) or bool(image and image.kind == "convnet")
