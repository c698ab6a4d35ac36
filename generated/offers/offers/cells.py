"""From the text of cells to values."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from offers.columns import NUMERIC


def number_table(rows: pd.DataFrame) -> np.ndarray:
    """Everything that is a number, NaN where missing: float64 (rows, numbers)."""
    return np.stack([parse_number(rows[column]) for column in NUMERIC], axis=1)


def both_spellings(of_levels: Mapping[str, float]) -> dict[str, float]:
    """Levels that are whole numbers also as they are written beside holes: 3 as 3.0."""
    others = {f"{name}.0".removesuffix(".0.0"): n for name, n in of_levels.items()}
    return {**others, **of_levels}


def parse_number(cells: pd.Series) -> pd.Series:
    """Cells as floats, NaN where they are none."""
    numbers = pd.to_numeric(cells, errors="coerce").astype("float64")
    return numbers.where(np.isfinite(numbers))
