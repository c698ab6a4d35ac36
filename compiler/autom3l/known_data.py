"""What a compile remembers of the data, so that the next one can tell what changed.

Names of columns and how the rules read their cells; of each category four hexadecimal
digits of its hash, enough to tell a new one and too few to name one. No cell, no row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from autom3l.diagnostics import Diagnostic, EmitError
from autom3l.ir import Pipeline
from autom3l.paths import BLOCKED, fingerprint
from autom3l.profile import ColumnProfile, DataProfile
from autom3l.project import KNOWN_DATA
from autom3l.spec import Spec

_CLOSED = ConfigDict(extra="forbid", strict=True)
_LEVELS = ("categorical", "boolean", "ordinal")
_MOST_LEVELS = 1000
_DIGITS = 4
# Of the cells of a feature; a class of the target is told however rare it is.
_SHARE = 0.01


@dataclass(frozen=True, config=_CLOSED)
class KnownColumn:
    """`kind`: its modality by the rules, or `target`; empty where the spec pins it."""

    kind: str
    levels: tuple[str, ...] = Field(default=(), exclude_if=lambda v: not v)


@dataclass(frozen=True, config=_CLOSED)
class KnownData:
    """The columns of the training table, by name."""

    version: Literal[1]
    columns: dict[str, KnownColumn]


@dataclass(frozen=True, config=_CLOSED)
class DataChange:
    """What is otherwise about a column than at the last compile."""

    column: str
    change: Literal["new column", "vanished", "read otherwise", "new categories"]
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        arrow = " -> " if self.before and self.after else ""
        values = f"{self.before}{arrow}{self.after}"
        return f"{self.change}: {values}" if values else self.change


_KNOWN = TypeAdapter(KnownData)


def known_data(spec: Spec, profile: DataProfile, pipeline: Pipeline) -> KnownData:
    """What is known of the data of a pipeline that the rules made of a spec."""
    pinned = {name for name, pin in spec.columns.items() if pin.modality}
    levelled = {c.name for c in pipeline.features() if c.modality in _LEVELS}
    if pipeline.task.classes and not pipeline.task.separator:
        levelled |= {*pipeline.task.targets}
    kinds = {c.name: c.modality for c in pipeline.columns if c.name not in pinned}
    kinds_of_all = {**kinds, **dict.fromkeys(pipeline.task.targets, "target")}
    columns = {
        column.name: KnownColumn(
            kinds_of_all.get(column.name, ""),
            _levels(column) if column.name in levelled else (),
        )
        for column in profile.columns
    }
    return KnownData(1, columns)


def data_changes(
    old: KnownData, new: KnownData, profile: DataProfile
) -> tuple[DataChange, ...]:
    """What changed, column by column, in the order of the table."""
    return tuple(_changes(old.columns, new.columns, profile))


def read_known_data(target: Path) -> KnownData | None:
    """As the last compile left it, `None` where it did not; raises `EmitError`."""
    state = fingerprint(target, KNOWN_DATA)
    if not state:
        return None
    path = target / KNOWN_DATA
    hint = "restore it from version control, or remove it"
    if state == BLOCKED:
        raise EmitError(Diagnostic("E023", "no regular file", str(path), hint))
    try:
        return _KNOWN.validate_json(path.read_bytes())
    except ValidationError as error:
        message = f"says nothing of the data: {error.errors()[0]['msg']}"
        raise EmitError(Diagnostic("E023", message, str(path), hint)) from None


def to_json(known: KnownData) -> str:
    """Canonical JSON text with a final newline."""
    return _KNOWN.dump_json(known, indent=2).decode() + "\n"


def _changes(
    old: dict[str, KnownColumn], new: dict[str, KnownColumn], profile: DataProfile
) -> Iterator[DataChange]:
    for name, column in new.items():
        before = old.get(name)
        if before is None:
            yield DataChange(name, "new column", after=column.kind)
            continue
        if before.kind and column.kind and before.kind != column.kind:
            yield DataChange(name, "read otherwise", before.kind, column.kind)
        elif before.levels and column.levels:
            share = _new_share(before.levels, profile.column(name))
            if share >= _SHARE or (share and column.kind == "target"):
                text = f"{share:.1%} of the cells"
                yield DataChange(name, "new categories", after=text)
    for name, column in old.items():
        if name not in new:
            yield DataChange(name, "vanished", before=column.kind)


def _levels(column: ColumnProfile) -> tuple[str, ...]:
    if column.distinct > _MOST_LEVELS:
        return ()
    return tuple(sorted({_digits(value) for value, _ in column.top}))


def _new_share(known: tuple[str, ...], column: ColumnProfile) -> float:
    levels = frozenset(known)
    new = sum(count for value, count in column.top if _digits(value) not in levels)
    return new / max(1, column.present)


def _digits(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:_DIGITS]
