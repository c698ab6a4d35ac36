"""Synthetic rows, with the holes real tables have."""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # more threads only wait for so few rows

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clinic import metrics
from clinic.columns import (
    CATEGORICAL,
    CLASSES,
    DATETIME_FORMAT,
    LISTS,
    NUMBER_MARKS,
    NUMERIC,
    ORDINAL,
    SOURCES,
    TARGET,
)
from clinic.config import PROJECT, Config, load_config

ROWS = 48


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Intervals for so few rows can do with fewer."""
    monkeypatch.setattr(metrics, "RESAMPLES", 50)


@pytest.fixture
def rows() -> pd.DataFrame:
    """Every column that the model reads, and what it predicts."""
    random = np.random.default_rng(0)
    table = pd.DataFrame(index=range(ROWS))
    for column in SOURCES:
        table[column] = random.choice(["1", "2", "3"], ROWS)
    for column in NUMERIC:
        numbers = pd.Series(random.uniform(0, 5000, ROWS).round(2)).astype(str)
        table[column] = NUMBER_MARKS.get(column, [""])[0] + numbers
    for column, levels in ORDINAL.items():
        table[column] = random.choice(levels, ROWS)
    days = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=i) for i in range(ROWS)]
    for column, pattern in DATETIME_FORMAT.items():
        table[column] = [written(day, pattern) for day in days]
    for column in CATEGORICAL:
        table[column] = random.choice(["one", "two", "three"], ROWS)
    for column, separator in LISTS.items():
        table[column] = random.choice(
            ["one", "two", separator.join(["one", "two"])], ROWS
        )
    table.iloc[0] = None  # nothing is known of the first row but its target
    table[TARGET] = [CLASSES[i % len(CLASSES)] for i in range(ROWS)]
    return table


@pytest.fixture
def table(rows: pd.DataFrame, tmp_path: Path) -> Path:
    """The rows as a file."""
    return write_table(rows, tmp_path / "train")


@pytest.fixture
def config(table: Path) -> Config:
    """The configuration of a run that takes a second."""
    overrides = [
        f"data.root={table.parent}",
        f"data.train={table.name}",
        "data.test_fraction=0.25",
        "model.members=2",
        "model.width=16",
        "train.epochs=3",
        "train.batch_size=8",
        "train.folds=2",
        "boosting.rounds=3",
        "boosting.min_rows=4",
    ]
    return load_config(PROJECT / "configs/base.toml", overrides)


def write_table(rows: pd.DataFrame, stem: Path) -> Path:
    """Write the table in the format that `read_table` reads."""
    path = stem.with_suffix(".csv")
    rows.to_csv(path, index=False, sep=",", encoding="utf-8")
    return path


def written(day: datetime, pattern: str) -> str:
    """A date as the table writes it."""
    return day.isoformat() if pattern == "ISO8601" else day.strftime(pattern)
