"""Real rows for a trial: a small sample of the user's table, written as it is."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path, PurePosixPath

from autom3l.diagnostics import DataError, Diagnostic
from autom3l.inference.lists import split_items
from autom3l.ir import Data, Pipeline
from autom3l.profile import TableSource
from autom3l.tables import find_files, read_sample_rows

Rows = dict[str, tuple[str | None, ...]]

_POOL = 20_000  # rows that those of the trial are chosen from
_ROWS_PER_KIND = 10


def trial_rows(pipeline: Pipeline, root: Path, count: int) -> Rows:
    """At most `count` labelled rows of the training table, in table order.

    The most frequent classes (and parts of a split given by a column) are represented
    as evenly as can be, so that none is too rare to be split. `root` is the folder that
    the paths of `pipeline.data` start at. Raises `DataError`.
    """
    data = pipeline.data
    paths = find_files(data.train, str(root), "data.train")
    source = TableSource(paths, data.format, data.separator, data.encoding, data.quote)
    rows = read_sample_rows(source, _POOL)
    needed = (*pipeline.task.targets, *filter(None, [pipeline.split.column]))
    absent = [name for name in needed if name not in rows]
    if absent:
        raise DataError(
            Diagnostic("D014", f"the table has no column {name!r}", paths[0])
            for name in absent
        )
    chosen = _choose(pipeline, rows, count)
    return {name: tuple(cells[i] for i in chosen) for name, cells in rows.items()}


def write_table(path: Path, rows: Rows, data: Data) -> None:
    """Write rows in the format of the user's table."""
    if data.format == "csv":
        _write_csv(path, rows, data)
    elif data.format == "jsonl":
        with path.open("w", encoding=data.encoding, newline="\n") as file:
            for record in _records(rows):
                file.write(json.dumps(dict(zip(rows, record, strict=True))) + "\n")
    else:
        _write_parquet(path, rows)


def link_images(pipeline: Pipeline, rows: Rows, images: Path, folder: Path) -> None:
    """Let the relative image paths of `rows` lead from `folder` to the real images."""
    for column in pipeline.features("image"):
        items = column.items
        for cell in filter(None, rows.get(column.name, ())):
            for path in split_items(cell, items) if items else [cell]:
                top = PurePosixPath(path.strip()).parts[:1]
                link = folder.joinpath(*top)
                if top not in ((), ("/",), ("..",)) and not link.exists():
                    link.symlink_to(images.joinpath(*top))


def _choose(pipeline: Pipeline, rows: Rows, count: int) -> list[int]:
    """Rows of the most frequent kinds, one of each kind in turn."""
    task, split = pipeline.task, pipeline.split
    unlabelled = {None, *task.missing}
    told_apart = bool(task.classes or (task.kind == "retrieval" and task.targets))
    parts = rows[split.column] if split.kind == "column" else None
    kinds: defaultdict[tuple[str | None, ...], list[int]] = defaultdict(list)
    count_of_rows = len(next(iter(rows.values()), ()))
    labelled = _records({t: rows[t] for t in task.targets})
    for index, labels in enumerate(labelled if task.targets else [()] * count_of_rows):
        if not unlabelled & {*labels}:
            part = parts[index] if parts else None
            kinds[(part, *labels) if told_apart else (part,)].append(index)
    frequent = sorted(kinds.values(), key=len, reverse=True)
    turns = zip_longest(*frequent[: max(1, count // _ROWS_PER_KIND)])
    chosen = [index for turn in turns for index in turn if index is not None]
    return sorted(chosen[:count])


def _records(rows: Rows) -> Iterator[tuple[str | None, ...]]:
    return zip(*rows.values(), strict=True)


def _write_csv(path: Path, rows: Rows, data: Data) -> None:
    with path.open("w", encoding=data.encoding, newline="") as file:
        writer = csv.writer(
            file,
            delimiter=data.separator,
            quotechar=data.quote or None,
            quoting=csv.QUOTE_MINIMAL if data.quote else csv.QUOTE_NONE,
            lineterminator="\n",
        )
        writer.writerow(rows)
        writer.writerows(_records(rows))


def _write_parquet(path: Path, rows: Rows) -> None:
    import pyarrow as pa  # noqa: PLC0415 (only for tables of this format)
    import pyarrow.parquet as pq  # noqa: PLC0415

    columns = {name: pa.array(cells, pa.string()) for name, cells in rows.items()}
    pq.write_table(pa.table(columns), path)
