"""Columns and tables for tests, with the facts that profiling would find."""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from autom3l.profile import ColumnProfile, DataProfile, TableSource
from autom3l.spec import Spec, SpecData

Cell = str | None
ROWS = 200
_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*")


def profile_of(name: str, cells: Sequence[Cell]) -> ColumnProfile:
    """The facts of one column, counted in plain Python; `None` is an empty cell."""
    values = tuple(cell for cell in cells if cell is not None)
    numbers = [float(v) for v in values if _NUMBER.fullmatch(v)]
    numbers = [number for number in numbers if math.isfinite(number)]
    words = sorted(len(value.split()) for value in values) or [0]
    return ColumnProfile(
        name=name,
        rows=len(cells),
        missing=len(cells) - len(values),
        distinct=len(set(values)),
        values=values,
        top=tuple(
            sorted(Counter(values).items(), key=lambda item: (-item[1], item[0]))
        ),
        numeric=len(numbers),
        integer=sum(number.is_integer() for number in numbers),
        minimum=min(numbers, default=None),
        maximum=max(numbers, default=None),
        mean=sum(numbers) / len(numbers) if numbers else None,
        std=None,
        words_mean=sum(words) / len(words),
        words_p95=float(words[int(0.95 * (len(words) - 1))]),
        chars_mean=sum(map(len, values)) / max(1, len(values)),
    )


def table_of(
    columns: Mapping[str, Sequence[Cell]], folder: Path | str = "/data"
) -> DataProfile:
    """The profile of a table whose sample holds every row."""
    sample = {name: tuple(cells) for name, cells in columns.items()}
    rows = len(next(iter(sample.values())))
    return DataProfile(
        source=TableSource((f"{folder}/train.csv",), "csv"),
        rows=rows,
        columns=tuple(profile_of(name, cells) for name, cells in sample.items()),
        sample=sample,
    )


def spec_of(target: str, folder: Path | str = "/data") -> Spec:
    """A spec with defaults for a table in `folder`."""
    return Spec(str(folder), "test", SpecData("train.csv"), (target,))


def cycle(text: str, rows: int = ROWS, separator: str = " ") -> list[Cell]:
    """The parts of `text` in turn."""
    parts = text.split(separator)
    return [parts[row % len(parts)] for row in range(rows)]


def draw(
    make: Callable[[random.Random], object], rows: int = ROWS, seed: int = 0
) -> list[Cell]:
    """Cells drawn at random, the same ones in every run."""
    source = random.Random(seed)  # noqa: S311
    return [str(make(source)) for _ in range(rows)]


def whole(low: int, high: int, rows: int = ROWS, seed: int = 0) -> list[Cell]:
    """Whole numbers from `low` to `high`, each as likely."""
    return draw(lambda source: source.randint(low, high), rows, seed)


def each(make: Callable[[int], object], rows: int = ROWS) -> list[Cell]:
    """One cell per row number."""
    return [str(make(row)) for row in range(rows)]


def holes(cells: Sequence[Cell], every: int = 5) -> list[Cell]:
    """The cells with every n-th one empty."""
    return [None if row % every == 0 else cell for row, cell in enumerate(cells)]


def marked(cells: Sequence[Cell], marker: str, every: int = 4) -> list[Cell]:
    """The cells with every n-th one replaced by a text."""
    return [marker if row % every == 0 else cell for row, cell in enumerate(cells)]
