"""The split can be made, and leaves rows to train on."""

from __future__ import annotations

from collections.abc import Iterator

from autom3l.checks.subject import Subject, divider
from autom3l.diagnostics import Diagnostic, did_you_mean


def column(subject: Subject) -> Iterator[Diagnostic]:
    """Group, time and column splits go by a column of the table (P220)."""
    split = subject.pipeline.split
    needed = split.kind in ("group", "time", "column")
    if needed != bool(split.column):
        message = f"a {split.kind} split goes by {'a' if needed else 'no'} column, "
        message += f"not {split.column!r}"
        yield Diagnostic("P220", message, "split.column")
        return
    names = [c.name for c in subject.pipeline.columns]
    if subject.pipeline.retrieval:
        names += subject.pipeline.task.targets
    if split.column and split.column not in names:
        message = f"no column {split.column!r} to split by"
        hint = did_you_mean(split.column, names)
        yield Diagnostic("P220", message, "split.column", hint)


def stays_apart(subject: Subject) -> Iterator[Diagnostic]:
    """What says the part or the group of a row does not feed the model (P221)."""
    column = divider(subject.pipeline)
    if column and column in {c.name for c in subject.pipeline.features()}:
        message = f"the rows are divided by {column!r}, so it can't be a feature"
        yield Diagnostic("P221", message, "split.column", "give it the role split")


def fractions(subject: Subject) -> Iterator[Diagnostic]:
    """A part has a share exactly when it is split off (P222)."""
    split, data = subject.pipeline.split, subject.pipeline.data
    parts = (
        ("validation", split.validation, data.validation),
        ("test", split.test, data.test),
    )
    for part, share, file in parts:
        where = f"split.{part}"
        if split.kind == "column" or file:
            if share:
                told = f"the file {file!r}" if file else f"column {split.column!r}"
                message = f"share {share!r}, though {told} says which rows those are"
                yield Diagnostic("P222", message, where)
        elif not 0 < share < 0.5:
            message = f"share {share!r} of the rows; it has to be above 0 and below 0.5"
            yield Diagnostic("P222", message, where)


def kind(subject: Subject) -> Iterator[Diagnostic]:
    """Classes are needed to stratify, files to be given parts (P223)."""
    pipeline = subject.pipeline
    if pipeline.split.kind == "stratified" and (
        pipeline.task.kind not in ("binary", "multiclass")
    ):
        message = f"rows can't be stratified by {pipeline.task.kind} targets"
        yield Diagnostic("P223", message, "split.kind", "random")
    both = bool(pipeline.data.validation and pipeline.data.test)
    if both != (pipeline.split.kind == "given"):
        message = f"split kind {pipeline.split.kind!r}, but there are "
        message += f"{'two files' if both else 'not two files'} for validation and test"
        yield Diagnostic("P223", message, "split.kind")
