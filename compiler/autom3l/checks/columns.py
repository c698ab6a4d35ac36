"""The columns are those of the table, and each says how it is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from autom3l.checks.subject import Subject
from autom3l.column import Column
from autom3l.diagnostics import Diagnostic, did_you_mean


def features(subject: Subject) -> Iterator[Diagnostic]:
    """At least one column feeds the model, if only by what is derived (P201)."""
    if not (subject.pipeline.features() or subject.pipeline.derived):
        hint = "pin a column in the spec: columns: {name: {drop: false}}"
        yield Diagnostic("P201", "no column feeds the model", "columns", hint)


def targets_apart(subject: Subject) -> Iterator[Diagnostic]:
    """No target is a column, whatever its role (P202)."""
    for column in subject.pipeline.columns:
        if column.name in subject.pipeline.task.targets:
            message = f"target {column.name!r} is among the columns"
            yield Diagnostic("P202", message, "columns", "a target feeds nothing")


def unique_names(subject: Subject) -> Iterator[Diagnostic]:
    """No column comes twice (P203)."""
    names = Counter(column.name for column in subject.pipeline.columns)
    for name, count in names.items():
        if count > 1:
            yield Diagnostic("P203", f"column {name!r} comes {count} times", "columns")


def in_table(subject: Subject) -> Iterator[Diagnostic]:
    """Every column and target is in the table (P204)."""
    if subject.profile is None:
        return
    known = [column.name for column in subject.profile.columns]
    pipeline = subject.pipeline
    for name in (*pipeline.task.targets, *(c.name for c in pipeline.columns)):
        if name not in known:
            message = f"the table has no column {name!r}"
            yield Diagnostic("P204", message, "columns", did_you_mean(name, known))


def readable(subject: Subject) -> Iterator[Diagnostic]:
    """A feature says how its cells are read (P205)."""
    for column in subject.pipeline.features():
        for lack in _lacks(column):
            where = f"columns.{column.name}"
            yield Diagnostic("P205", f"{column.modality} column {lack}", where)


def _lacks(column: Column) -> Iterator[str]:
    if column.modality == "numeric" and column.number is None:
        yield "without a number format"
    if column.modality == "datetime" and not (
        column.datetime and column.datetime.format and column.datetime.parts
    ):
        yield "without a format and parts"
    if column.modality == "multi_category" and column.items is None:
        yield "without a list format"
    if column.items and not column.items.separator:
        yield "with an empty separator"
    if column.modality == "boolean" and len(column.levels) != 2:
        yield f"with {len(column.levels)} levels, not (false, true)"
    if column.modality == "ordinal" and len(column.levels) < 2:
        yield f"with {len(column.levels)} levels, not at least 2"
    if len(set(column.levels)) < len(column.levels):
        yield f"with a level twice: {column.levels!r}"
