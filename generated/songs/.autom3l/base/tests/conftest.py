"""Synthetic rows, with the holes real tables have."""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # more threads only wait for so few rows

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from songs import metrics
from songs.columns import CATEGORICAL, CLASSES, LISTS, NUMERIC, ORDINAL, SPLIT, TARGET
from songs.config import PROJECT, Config, load_config

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
    for column in NUMERIC:
        table[column] = random.uniform(0, 5000, ROWS).round(2).astype(str)
    for column, levels in ORDINAL.items():
        table[column] = random.choice(levels, ROWS)
    for column in CATEGORICAL:
        table[column] = random.choice(["one", "two", "three"], ROWS)
    for column, separator in LISTS.items():
        table[column] = random.choice(
            ["one", "two", separator.join(["one", "two"])], ROWS
        )
    table.iloc[0] = None  # nothing is known of the first row but its target
    table[TARGET] = [
        "|".join([CLASSES[i % len(CLASSES)], CLASSES[0]]) for i in range(ROWS)
    ]
    return table


@pytest.fixture
def table(rows: pd.DataFrame, tmp_path: Path) -> Path:
    """The rows as a file."""
    table = rows.copy()
    parts = ["train", "validation", "test"]
    table[SPLIT] = [parts[i * len(parts) // ROWS] for i in range(ROWS)]
    return write_table(table, tmp_path / "train")


@pytest.fixture
def config(table: Path) -> Config:
    """The configuration of a run that takes a second."""
    overrides = [
        f"data.root={table.parent}",
        f"data.train={table.name}",
        "model.members=2",
        "model.width=16",
        "train.epochs=3",
        "train.batch_size=8",
    ]
    return load_config(PROJECT / "configs/base.toml", overrides)


def write_table(rows: pd.DataFrame, stem: Path) -> Path:
    """Write the table in the format that `read_table` reads."""
    path = stem.with_suffix(".parquet")
    rows.to_parquet(path, index=False)
    return path
