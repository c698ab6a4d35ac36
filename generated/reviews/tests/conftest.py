"""Synthetic rows, with the holes real tables have."""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # more threads only wait for so few rows

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reviews import metrics
from reviews.columns import (
    CLASSES,
    DATETIME_FORMAT,
    NUMERIC,
    ORDINAL,
    SPLIT,
    TARGET,
    TEXT,
)
from reviews.config import PROJECT, Config, load_config

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
    days = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=i) for i in range(ROWS)]
    for column in DATETIME_FORMAT:
        table[column] = [day.isoformat() for day in days]
    for column in TEXT:
        table[column] = random.choice(["small and old", "large and new"], ROWS)
    table.iloc[0] = None  # nothing is known of the first row but its target
    table[TARGET] = [CLASSES[i % len(CLASSES)] for i in range(ROWS)]
    return table


@pytest.fixture
def table(rows: pd.DataFrame, tmp_path: Path) -> Path:
    """The rows as a file."""
    table = rows.copy()
    days = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=i) for i in range(ROWS)]
    table[SPLIT] = [day.isoformat() for day in days]
    return write_table(table, tmp_path / "train")


@pytest.fixture
def config(table: Path) -> Config:
    """The configuration of a run that takes a second."""
    overrides = [
        f"data.root={table.parent}",
        f"data.train={table.name}",
        "data.validation_fraction=0.25",
        "data.test_fraction=0.25",
        "model.members=2",
        "model.width=16",
        "model.text_buckets=64",
        "train.epochs=3",
        "train.batch_size=8",
        "boosting.rounds=3",
        "boosting.min_rows=4",
    ]
    return load_config(PROJECT / "configs/base.toml", overrides)


def write_table(rows: pd.DataFrame, stem: Path) -> Path:
    """Write the table in the format that `read_table` reads."""
    path = stem.with_suffix(".jsonl")
    rows.to_json(path, orient="records", lines=True)
    return path
