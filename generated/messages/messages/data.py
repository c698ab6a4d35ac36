"""From files to rows: read the tables, split them."""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from messages.columns import FEATURES, TARGET
from messages.config import PROJECT, DataConfig
from messages.errors import InputError


@dataclass(frozen=True)
class Parts:
    """The labelled rows by what they are for."""

    train: pd.DataFrame
    test: pd.DataFrame


def load_parts(config: DataConfig) -> Parts:
    """The two parts, as the files say."""
    root = PROJECT / config.root
    rows = read_labelled(root / config.train)
    if rows.empty:
        raise InputError(f"{config.train} has no row to learn from")
    test = read_labelled(root / config.test)
    return Parts(rows, test)


def read_labelled(path: Path) -> pd.DataFrame:
    """The rows of a table that have a target."""
    rows = read_table(path)
    if TARGET not in rows:
        raise InputError(f"{path} has no column {TARGET!r}, the target")
    return rows.dropna(subset=[TARGET])


def read_table(path: Path) -> pd.DataFrame:
    """The rows of a table, every cell as text."""
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
    return rows


def assign_folds(rows: pd.DataFrame, count: int, seed: int) -> Tensor:
    """A fold for each row, 0 to `count` - 1, every class spread evenly."""
    shuffled = np.random.default_rng(seed).permutation(len(rows))
    # Dealt out like cards, label by label; rare classes need no special case.
    order = shuffled[rows[TARGET].to_numpy()[shuffled].argsort(kind="stable")]
    folds = np.empty(len(rows), dtype=np.int64)
    folds[order] = np.arange(len(rows)) % count
    return torch.from_numpy(folds)
