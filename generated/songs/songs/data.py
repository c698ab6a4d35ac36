"""From files to rows: read the tables, split them."""

import json
import warnings
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from songs.columns import FEATURES, SPLIT, TARGET
from songs.config import PROJECT, DataConfig
from songs.errors import InputError


@dataclass(frozen=True)
class Parts:
    """The labelled rows by what they are for."""

    train: pd.DataFrame
    validation: pd.DataFrame
    test: pd.DataFrame


def load_parts(config: DataConfig) -> Parts:
    """The three parts, as the files say."""
    root = PROJECT / config.root
    rows = read_labelled(root / config.train)
    if rows.empty:
        raise InputError(f"{config.train} has no row to learn from")
    if SPLIT not in rows or rows[SPLIT].isna().all():
        raise InputError(f"{config.train} has no column {SPLIT!r} to divide it by")
    part = rows[SPLIT].str.lower()
    return Parts(
        train=rows[part == "train"],
        validation=rows[part.isin(["val", "valid", "validation", "dev"])],
        test=rows[part == "test"],
    )


def read_labelled(path: Path) -> pd.DataFrame:
    """The rows of a table that have a target."""
    rows = read_table(path)
    if TARGET not in rows:
        raise InputError(f"{path} has no column {TARGET!r}, the target")
    return rows.dropna(subset=[TARGET])


def read_table(path: Path) -> pd.DataFrame:
    """The rows of a table, every cell as text."""
    try:
        table = pq.read_table(path)
    except ValueError as error:
        raise InputError(f"{path}: {error}") from None
    texts = [
        {name: cell_text(v) for name, v in record.items()}
        for record in table.to_pylist()
    ]
    rows = pd.DataFrame(texts, columns=table.column_names, dtype="str")
    absent = [column for column in FEATURES if column not in rows]
    if len(absent) == len(FEATURES):
        raise InputError(f"{path} has none of the columns {FEATURES}: another table?")
    if absent:
        warnings.warn(f"{path} has no column {absent}: taken as empty", stacklevel=2)
        rows[absent] = pd.DataFrame(index=rows.index, columns=absent, dtype="str")
    return rows


def cell_text(value: object) -> str | None:
    """A cell as the text that a CSV file would hold; lists as JSON."""
    if isinstance(value, str):
        return value or None
    if value is None or value != value or isinstance(value, bytes):  # also NaN
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # an integer column with holes is stored as floats
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
