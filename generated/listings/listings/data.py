"""From files to rows: read the tables, split them."""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from listings.columns import FEATURES, IMAGE, MISSING, TARGET
from listings.config import PROJECT, DataConfig
from listings.errors import InputError


@dataclass(frozen=True)
class Parts:
    """The labelled rows by what they are for."""

    train: pd.DataFrame
    test: pd.DataFrame


def load_parts(config: DataConfig, seed: int) -> Parts:
    """The two parts; the same rows for the same files, configuration and seed."""
    root = PROJECT / config.root
    rows = read_labelled(root / config.train)
    n_test = round(len(rows) * config.test_fraction)
    if len(rows) <= n_test:
        raise InputError(f"{config.train} leaves no row of {len(rows)} to learn from")
    rows, test = hold_out(rows, n_test, seed)
    return Parts(rows, test)


def read_labelled(path: Path) -> pd.DataFrame:
    """The rows of a table that have a target."""
    rows = read_table(path)
    if TARGET not in rows:
        raise InputError(f"{path} has no column {TARGET!r}, the target")
    return rows.dropna(subset=[TARGET])


def read_table(path: Path) -> pd.DataFrame:
    """The rows of a table, every cell as text; image paths start at its folder."""
    try:
        rows = pd.read_csv(
            path,
            sep=",",
            encoding="utf-8",
            dtype=str,
            keep_default_na=False,
            na_values=[""],
            index_col=False,
        )
    except ValueError as error:  # nothing in it, another encoding or separator
        raise InputError(f"{path}: {error}") from None
    absent = [column for column in FEATURES if column not in rows]
    if len(absent) == len(FEATURES):
        raise InputError(f"{path} has none of the columns {FEATURES}: another table?")
    if absent:
        warnings.warn(f"{path} has no column {absent}: taken as empty", stacklevel=2)
        rows[absent] = pd.DataFrame(index=rows.index, columns=absent, dtype="str")
    for column, markers in MISSING.items():
        rows[column] = rows[column].mask(rows[column].isin(markers))
    for column in IMAGE:
        rows[column] = rows[column].map(path.parent.joinpath, na_action="ignore")
    return rows


def hold_out(
    rows: pd.DataFrame, count: int, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rest and `count` rows, every class in its proportion."""
    ordered = rows.sample(frac=1.0, random_state=seed).sort_values(
        TARGET, kind="stable"
    )
    # Equidistant steps through the sorted labels; rare classes need no special case.
    held = ((np.arange(count) + 0.5) * len(rows) / max(count, 1)).astype(int)
    chosen = ordered.index[held]
    return rows.drop(chosen), rows.loc[chosen]


def assign_folds(rows: pd.DataFrame, count: int, seed: int) -> Tensor:
    """A fold for each row, 0 to `count` - 1, every class spread evenly."""
    shuffled = np.random.default_rng(seed).permutation(len(rows))
    # Dealt out like cards, label by label; rare classes need no special case.
    order = shuffled[rows[TARGET].to_numpy()[shuffled].argsort(kind="stable")]
    folds = np.empty(len(rows), dtype=np.int64)
    folds[order] = np.arange(len(rows)) % count
    return torch.from_numpy(folds)
