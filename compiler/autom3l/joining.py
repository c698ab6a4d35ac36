"""`autom3l join`: a list of pairs and two tables of things become one table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from autom3l.diagnostics import DataError, Diagnostic
from autom3l.inference.sides import AFFIXES
from autom3l.tables import detect_source, find_file, read_batches
from autom3l.tables.names import check_unique

Cells = list[str | None]


@dataclass(frozen=True)
class _Side:
    """Where a side's things are: `key` of the pairs names one by its `id`.

    What its columns are called beside those of the other side has `affix` before or
    behind it, as the key has.
    """

    affix: str
    key: str
    id: str

    def called(self, name: str) -> str:
        return (
            self.affix + name if self.key == self.affix + self.id else name + self.affix
        )


def join_tables(pairs: Path, left: Path, right: Path) -> str:
    """The text of a CSV file: for each pair its columns, and those of both things.

    The pairs name things by two columns which are called alike but for what tells the
    sides apart, as in `left_id` and `right_id`, where both tables have an `id`. Raises
    `DataError` (D022, D023) where no columns do, or where no thing or several have a
    key.
    """
    listed, *tables = (_read(path) for path in (pairs, left, right))
    sides = _sides(listed, tables, pairs)
    columns = {side.key: listed[side.key] for side in sides}
    names = [side.key for side in sides]
    for side, things, path in zip(sides, tables, (left, right), strict=True):
        rows = _rows(things[side.id], listed[side.key], path, side)
        for name in things:
            if name != side.id:
                names.append(side.called(name))
                columns[names[-1]] = [things[name][row] for row in rows]
    others = [name for name in listed if name not in columns]
    check_unique([*names, *others], str(pairs))
    return _csv({**columns, **{name: listed[name] for name in others}})


def _read(path: Path) -> dict[str, Cells]:
    source = detect_source((find_file(path.name, str(path.parent), str(path)),))
    batches = [pa.Table.from_batches([batch]) for batch in read_batches(source)]
    if not batches:
        raise DataError(Diagnostic("D022", "the table has no rows", str(path)))
    table = pa.concat_tables(batches, promote_options="default")
    return {name: table.column(name).to_pylist() for name in table.column_names}


def _sides(
    pairs: dict[str, Cells], tables: Sequence[dict[str, Cells]], path: Path
) -> tuple[_Side, _Side]:
    for affixes in AFFIXES:
        found = [
            list(_keys(pairs, things, affix))
            for things, affix in zip(tables, affixes, strict=True)
        ]
        if len(found[0]) == len(found[1]) == 1:
            return found[0][0], found[1][0]
        if all(found):
            raise DataError(_ambiguous(max(found, key=len), path))
    message = "no two columns name the things of either table; they are "
    hint = "call them left_id and right_id, where both tables have a column id"
    listed = ", ".join(map(repr, pairs))
    raise DataError(Diagnostic("D022", message + listed, str(path), hint))


def _ambiguous(sides: Sequence[_Side], path: Path) -> Diagnostic:
    keys = " and ".join(repr(side.key) for side in sides)
    ids = " or ".join(repr(side.id) for side in sides)
    message = f"{keys} may each name the things of a table, by their {ids}"
    hint = "leave out what the table of the things has too, or rename it"
    return Diagnostic("D022", message, str(path), hint)


def _keys(
    pairs: dict[str, Cells], things: dict[str, Cells], affix: str
) -> Iterator[_Side]:
    for name in pairs:
        for rest in dict.fromkeys((name.removeprefix(affix), name.removesuffix(affix))):
            if rest != name and rest in things:
                yield _Side(affix, name, rest)


def _rows(ids: Cells, keys: Cells, path: Path, side: _Side) -> list[int]:
    """The row of the thing that each key names."""
    row_of: dict[str | None, int] = {
        cell: row for row, cell in enumerate(ids) if cell is not None
    }
    if len(row_of) < sum(cell is not None for cell in ids):
        message = f"several rows have the same {side.id!r}"
        raise DataError(Diagnostic("D023", message, str(path), "keep one row of each"))
    strange = [key for key in keys if key not in row_of]
    if strange:
        message = f"no row has the {side.id!r} {strange[0]!r}, which {side.key!r} names"
        hint = f"so it is in {len(strange):,} of {len(keys):,} pairs"
        raise DataError(Diagnostic("D023", message, str(path), hint))
    return [row_of[key] for key in keys]


def _csv(columns: dict[str, Cells]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue()
