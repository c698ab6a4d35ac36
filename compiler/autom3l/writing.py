"""How cells are written, as templates need to know it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from autom3l.column import Column, DatetimeFormat
from autom3l.ir import Pipeline

DateKind = Literal["epoch", "iso", "strptime"]


def marks(column: Column) -> list[str]:
    """The texts to cut from its numbers."""
    if column.number is None:
        return []
    return [mark for mark in (*column.number.affixes, column.number.thousands) if mark]


def number_example(numeric: Sequence[Column]) -> tuple[str, str] | None:
    """A column with marks or a decimal comma, and 1234.5 as its cells write it."""
    for column in numeric:
        form = column.number
        if form and (marks(column) or form.decimal == ","):
            affix = form.affixes[0] if form.affixes else ""
            return column.name, f"{affix}1{form.thousands}234{form.decimal}5"
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
