"""How cells are written, as templates need to know it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from autom3l.column import Column, DatetimeFormat, NumberFormat
from autom3l.ir import Pipeline, Task

DateKind = Literal["epoch", "iso", "strptime"]


def marks(form: NumberFormat | None) -> list[str]:
    """The texts to cut from numbers."""
    if form is None:
        return []
    return [mark for mark in (*form.affixes, form.thousands) if mark]


def as_written(form: NumberFormat) -> str:
    """1234.5 as cells write it."""
    affix = form.affixes[0] if form.affixes else ""
    return f"{affix}1{form.thousands}234{form.decimal}5"


def number_example(numeric: Sequence[Column]) -> tuple[str, str] | None:
    """A column with marks or a decimal comma, and 1234.5 as its cells write it."""
    for column in numeric:
        form = column.number
        if form and (marks(form) or form.decimal == ","):
            return column.name, as_written(form)
    return None


def date_kinds(dates: Sequence[DatetimeFormat]) -> tuple[DateKind, ...]:
    """How they are written, each kind once."""
    kinds: set[DateKind] = set()
    for form in dates:
        if form.format.startswith("epoch_"):
            kinds.add("epoch")
        else:
            kinds.add("iso" if form.format == "ISO8601" else "strptime")
    return tuple(sorted(kinds))


def split_format(pipeline: Pipeline) -> str:
    """How the column of a time split is parsed; `number` where it is no date."""
    for column in pipeline.columns:
        if column.name == pipeline.split.column and column.datetime:
            return column.datetime.format
    return "number"


def probability(task: Task) -> str:
    """A prefix with which no target is named like the probability of another."""
    prefix = "p_"
    while any(f"{prefix}{name}" in task.targets for name in task.targets):
        prefix = f"p{prefix}"
    return prefix
