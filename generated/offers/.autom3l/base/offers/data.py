"""From files to rows: read the tables, split them."""

import warnings
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import torch
from sklearn.model_selection import GroupKFold
from torch import Tensor

from offers.columns import FEATURES, IMAGE, SPLIT, TARGET
from offers.config import PROJECT, DataConfig
from offers.errors import InputError


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
    if SPLIT not in rows or rows[SPLIT].isna().all():
        raise InputError(f"{config.train} has no column {SPLIT!r} to divide it by")
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
    for column in IMAGE:
        rows[column] = rows[column].map(path.parent.joinpath, na_action="ignore")
    return rows


def hold_out(
    rows: pd.DataFrame, count: int, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rest and about `count` rows; no value of `SPLIT` is on both sides.

    Groups are taken in random order, each if it brings the number of rows nearer to
    `count`.
    """
    groups = rows[SPLIT].fillna("")
    sizes = groups.value_counts().sort_index().sample(frac=1.0, random_state=seed)
    if len(sizes) < 2:
        raise InputError(f"{SPLIT!r} has too few values: none can be held out")
    held: list[object] = []
    short = count
    for group, size in sizes[:-1].items():  # one is left in any case
        if abs(short - size) < short:
            held.append(group)
            short -= size
    chosen = groups.isin(held or [sizes.idxmin()])
    return rows[~chosen], rows[chosen]


def assign_folds(rows: pd.DataFrame, count: int, seed: int) -> Tensor:
    """A fold for each row, 0 to `count` - 1; no value of `SPLIT` is in two of them."""
    groups = rows[SPLIT].fillna("")
    folds = torch.empty(len(rows), dtype=torch.int64)
    splitter = GroupKFold(count, shuffle=True, random_state=seed)
    for fold, (_, held) in enumerate(splitter.split(rows, groups=groups)):
        folds[held] = fold
    return folds
