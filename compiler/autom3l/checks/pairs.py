"""The pairs of a matching: features that are read alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from autom3l.checks.subject import Subject
from autom3l.diagnostics import Diagnostic, did_you_mean


def sides(subject: Subject) -> Iterator[Diagnostic]:
    """Both sides are features of one modality, and no column is in two pairs (P280)."""
    pipeline = subject.pipeline
    features = {column.name: column for column in pipeline.features()}
    names = [name for pair in pipeline.pairs for name in (pair.left, pair.right)]
    for name, count in Counter(names).items():
        if name not in features:
            hint = did_you_mean(name, features)
            yield Diagnostic("P280", f"{name!r} is no feature", "pairs", hint)
        if count > 1:
            yield Diagnostic("P280", f"{name!r} is on {count} sides", "pairs")
    for pair in pipeline.pairs:
        left, right = features.get(pair.left), features.get(pair.right)
        if left and right and left.modality != right.modality:
            message = f"{pair.left!r} is {left.modality}, {pair.right!r} "
            message += right.modality
            yield Diagnostic("P280", message, "pairs", "read both alike")


def task(subject: Subject) -> Iterator[Diagnostic]:
    """Whether a pair matches is a binary question (P281)."""
    pipeline = subject.pipeline
    if pipeline.pairs and pipeline.task.kind != "binary":
        message = f"pairs are matched or not, but the task is {pipeline.task.kind}"
        yield Diagnostic("P281", message, "pairs", "kind binary")
