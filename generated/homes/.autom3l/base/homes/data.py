"""From files to rows: read the tables, split them."""

import warnings
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from sklearn.model_selection import GroupShuffleSplit

from homes.columns import FEATURES, IMAGE, SPLIT, TARGET
from homes.config import PROJECT, DataConfig


@dataclass(frozen=True)
class Parts:
    """The labelled rows by what they are for."""

    train: pd.DataFrame
    validation: pd.DataFrame
    test: pd.DataFrame


def load_parts(config: DataConfig, seed: int) -> Parts:
    """The three parts; the same rows for the same files, configuration and seed."""
    root = PROJECT / config.root
    rows = read_table(root / config.train)
    rows = rows.dropna(subset=[TARGET])
    n_test = round(len(rows) * config.test_fraction)
    n_validation = round(len(rows) * config.validation_fraction)
    rows, test = hold_out(rows, n_test, seed)
    rows, validation = hold_out(rows, n_validation, seed)
    return Parts(rows, validation, test)


def read_table(path: Path) -> pd.DataFrame:
    """The rows of a table, every cell as text; image paths start at its folder."""
    rows = pd.read_csv(
        path,
        sep=",",
        encoding="utf-8",
        dtype=str,
        keep_default_na=False,
        na_values=[""],
        index_col=False,
    )
    absent = [column for column in FEATURES if column not in rows]
    if absent:
        warnings.warn(f"{path} has no column {absent}: taken as empty", stacklevel=2)
        empty = pd.Series(index=rows.index, dtype="str")
        rows = rows.assign(**dict.fromkeys(absent, empty))
    for column in IMAGE:
        rows[column] = rows[column].map(
            lambda name: path.parent / name, na_action="ignore"
        )
    return rows


def hold_out(
    rows: pd.DataFrame, count: int, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rest and about `count` rows; no value of `SPLIT` is on both sides."""
    splitter = GroupShuffleSplit(1, test_size=count / len(rows), random_state=seed)
    rest, held = next(splitter.split(rows, groups=rows[SPLIT].fillna("")))
    return rows.iloc[rest], rows.iloc[held]
