"""From the text of cells to values."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from clinic.columns import (
    DATETIME,
    DATETIME_FORMAT,
    LISTS,
    NUMBER_MARKS,
    NUMERIC,
    ORDINAL,
)


def number_table(rows: pd.DataFrame) -> np.ndarray:
    """Everything that is a number, NaN where missing: float64 (rows, numbers)."""
    numbers = [parse_number(rows[column]) for column in NUMERIC]
    for column, levels in ORDINAL.items():
        rank = {level: float(n) for n, level in enumerate(levels)}
        numbers.append(rows[column].map(both_spellings(rank)).astype("float64"))
    for column, parts in DATETIME.items():
        when = parse_datetime(rows[column], DATETIME_FORMAT[column])
        for part in parts:
            days = part == "epoch_days"
            numbers.append(_days(when) if days else getattr(when.dt, part))
    return np.stack(numbers, axis=1, dtype=np.float64)


def both_spellings(of_levels: Mapping[str, float]) -> dict[str, float]:
    """Levels that are whole numbers also as they are written beside holes: 3 as 3.0."""
    others = {f"{name}.0".removesuffix(".0.0"): n for name, n in of_levels.items()}
    return {**others, **of_levels}


def parse_number(cells: pd.Series) -> pd.Series:
    """Cells as floats, NaN where they are none."""
    for mark in NUMBER_MARKS.get(str(cells.name), ()):
        cells = cells.str.replace(mark, "", regex=False)
    numbers = pd.to_numeric(cells, errors="coerce").astype("float64")
    return numbers.where(np.isfinite(numbers))


def split_items(cells: pd.Series) -> pd.Series:
    """The items of each cell, an empty list where it is empty."""
    separator = LISTS[str(cells.name)]
    cells = cells.fillna("")
    return cells.str.split(separator, regex=False).map(
        lambda items: [item.strip() for item in items if item.strip()]
    )


def parse_datetime(cells: pd.Series, format: str) -> pd.Series:
    """Cells as UTC timestamps, NaT where they are none."""
    return pd.to_datetime(cells, format=format, errors="coerce", utc=True)


def _days(when: pd.Series) -> pd.Series:
    return (when - pd.Timestamp("1970-01-01", tz="UTC")) / pd.Timedelta(days=1)
