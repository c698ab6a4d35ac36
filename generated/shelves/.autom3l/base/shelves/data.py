"""From files to rows: read the tables, split them."""

import warnings
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from shelves.columns import FEATURES, IMAGE, ITEM, QUERY, SPLIT
from shelves.config import PROJECT, DataConfig
from shelves.errors import InputError


@dataclass(frozen=True)
class Parts:
    """The labelled rows by what they are for."""

    train: pd.DataFrame
    validation: pd.DataFrame
    test: pd.DataFrame


def load_parts(config: DataConfig, seed: int) -> Parts:
    """The three parts; the same rows for the same files, configuration and seed."""
    root = PROJECT / config.root
    rows = read_labelled(root / config.train)
    n_test = round(len(rows) * config.test_fraction)
    n_validation = round(len(rows) * config.validation_fraction)
    if len(rows) <= n_test + n_validation:
        raise InputError(f"{config.train} leaves no row of {len(rows)} to learn from")
    if SPLIT not in rows or rows[SPLIT].isna().all():
        raise InputError(f"{config.train} has no column {SPLIT!r} to divide it by")
    rows, test = hold_out(rows, n_test, seed)
    rows, validation = hold_out(rows, n_validation, seed)
    return Parts(rows, validation, test)


def read_labelled(path: Path) -> pd.DataFrame:
    """The rows of a table of which neither side is empty."""
    return with_sides(read_table(path)).reset_index(drop=True)


def with_sides(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of which neither side is empty."""
    return rows.dropna(subset=QUERY, how="all").dropna(subset=ITEM, how="all")


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
    for side in (QUERY, ITEM):
        lacking = [column for column in side if column in absent]
        if lacking and lacking != side:  # of the other side, nothing need be known
            warnings.warn(
                f"{path} has no column {lacking}: taken as empty", stacklevel=2
            )
    if absent:
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
