"""Whether the files that a step of a trial must leave behind are there and sane.

Each check answers in words what is wrong; with the empty string when nothing is.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any


def wrong_metrics(path: Path) -> str:
    """A JSON object with numbers, every one of them finite, is wanted."""
    try:
        metrics = read_metrics(path)
    except (OSError, ValueError) as error:
        return f"left no readable {path.name}: {error}"
    numbers = dict(_numbers(metrics, ""))
    endless = [name for name, number in numbers.items() if not math.isfinite(number)]
    if endless:
        return f"wrote metrics that are not finite: {', '.join(endless)}"
    return "" if numbers else f"wrote no number into {path.name}"


def read_metrics(path: Path) -> dict[str, Any]:
    """The object in a JSON file; raises `OSError` or `ValueError`."""
    metrics = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(metrics, dict):
        raise ValueError("it holds no object")
    return metrics


def wrong_predictions(path: Path, rows: int, copied: Collection[str]) -> str:
    """One record per row, and no column of numbers with holes in it, is wanted.

    `copied` columns are as the table has them, with any holes.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            header, *records = list(csv.reader(file, strict=True)) or [[]]
        columns = list(zip(header, *records, strict=True))
    except (OSError, ValueError, csv.Error) as error:
        return f"left no readable {path.name}: {error}"
    if len(records) != rows:
        return f"wrote {len(records)} predictions for {rows} rows"
    answers = [column for column in columns if column[0] not in copied]
    for index, (name, *cells) in enumerate(answers):
        # The first of several columns holds the answer: no label may be right.
        blank = index == 0 and len(answers) > 1 and not any(cells)
        if not blank and _has_holes(cells):
            return f"wrote predictions that are no finite numbers: {name!r}"
    return "" if columns else f"wrote nothing into {path.name}"


def wrong_reload(first: Path, second: Path) -> str:
    """The same predictions from a second process are wanted, to the byte."""
    try:
        same = first.read_bytes() == second.read_bytes()
    except OSError as error:
        return f"left no readable {second.name}: {error}"
    return "" if same else "predicted something else for the same rows"


def _numbers(value: object, name: str) -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _numbers(item, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _numbers(item, f"{name}[{index}]")
    elif isinstance(value, int | float) or value is None:  # a score nobody can tell
        yield name, math.nan if value is None else float(value)


def _has_holes(cells: list[str]) -> bool:
    """Whether some cells are no finite number, where none of them is a word."""
    try:
        return not all(math.isfinite(float(cell or "nan")) for cell in cells)
    except ValueError:
        return False
