"""An ensemble that the rows and the features allow."""

from __future__ import annotations

from collections.abc import Iterator

from autom3l.checks.subject import Subject, outside
from autom3l.defaults.ensemble import can_fold, kinds_of_trees
from autom3l.diagnostics import Diagnostic

MAX_FOLDS = 20


def folds(subject: Subject) -> Iterator[Diagnostic]:
    """Folds are made of rows that nothing else divides (P244)."""
    pipeline = subject.pipeline
    count = pipeline.ensemble.folds
    yield from outside("ensemble.folds", count, 1, MAX_FOLDS)
    if count > 1 and not can_fold(pipeline.data, pipeline.task, pipeline.split):
        divider = pipeline.data.validation or pipeline.split.kind
        message = f"{count} folds, though {divider!r} says which rows validate"
        if pipeline.data.streamed:
            message = f"{count} folds of rows that are read in chunks"
        yield Diagnostic("P244", message, "ensemble.folds", "set it to 1")


def trees(subject: Subject) -> Iterator[Diagnostic]:
    """Boosted trees have one target, and features to learn it from (P245)."""
    pipeline = subject.pipeline
    kind = pipeline.ensemble.trees
    kinds = kinds_of_trees(pipeline.data, pipeline.task, pipeline.encoders)
    if kind not in kinds:
        message = f"{kind!r}: no such features, several targets, or a streamed table"
        hint = "one of " + ", ".join(kinds)
        yield Diagnostic("P245", message, "ensemble.trees", hint)
