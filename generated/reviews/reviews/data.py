"""From files to rows: read the tables, split them."""

import json
import warnings
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from reviews.columns import FEATURES, SPLIT, TARGET
from reviews.config import PROJECT, DataConfig
from reviews.errors import InputError


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
    n_test = round(len(rows) * config.test_fraction)
    n_validation = round(len(rows) * config.validation_fraction)
    if len(rows) <= n_test + n_validation:
        raise InputError(f"{config.train} leaves no row of {len(rows)} to learn from")
    if SPLIT not in rows or rows[SPLIT].isna().all():
        raise InputError(f"{config.train} has no column {SPLIT!r} to divide it by")
    rows, test = hold_out(rows, n_test)
    rows, validation = hold_out(rows, n_validation)
    return Parts(rows, validation, test)


def read_labelled(path: Path) -> pd.DataFrame:
    """The rows of a table that have a target."""
    rows = read_table(path)
    if TARGET not in rows:
        raise InputError(f"{path} has no column {TARGET!r}, the target")
    return rows.dropna(subset=[TARGET])


def read_table(path: Path) -> pd.DataFrame:
    """The rows of a table, every cell as text."""
    try:
        with path.open(encoding="utf-8") as lines:
            texts = [
                parse_line(line, f"{path}:{number}")
                for number, line in enumerate(lines, start=1)
                if line.strip()
            ]
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: {error}") from None
    rows = pd.DataFrame(texts, dtype="str")
    absent = [column for column in FEATURES if column not in rows]
    if len(absent) == len(FEATURES):
        raise InputError(f"{path} has none of the columns {FEATURES}: another table?")
    if absent:
        warnings.warn(f"{path} has no column {absent}: taken as empty", stacklevel=2)
        rows[absent] = pd.DataFrame(index=rows.index, columns=absent, dtype="str")
    return rows


def hold_out(rows: pd.DataFrame, count: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The earlier rows and the `count` latest by `SPLIT`."""
    when = pd.to_datetime(rows[SPLIT], format="ISO8601", errors="coerce", utc=True)
    ordered = rows.loc[when.sort_values(kind="stable", na_position="first").index]
    return ordered.iloc[: len(rows) - count], ordered.iloc[len(rows) - count :]


def parse_line(line: str, where: str) -> dict[str, str | None]:
    """The cells of one object; raises `InputError` that tells where there is none."""
    try:
        record = json.loads(line)
        if not isinstance(record, dict):
            raise ValueError(f"{line.strip()[:40]!r} is no object")
        cells = {name: cell_text(value) for name, value in record.items()}
        # An escape can name half of a character, which is no text.
        "".join([*cells, *filter(None, cells.values())]).encode()
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: not a JSON object: {error}") from None
    return cells


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
