"""Synthetic rows, with the holes real tables have."""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # more threads only wait for so few rows

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from leaves import metrics
from leaves.columns import CLASSES, IMAGE, TARGET
from leaves.config import PROJECT, Config, load_config

ROWS = 48


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Intervals for so few rows can do with fewer."""
    monkeypatch.setattr(metrics, "RESAMPLES", 50)


@pytest.fixture
def rows() -> pd.DataFrame:
    """Every column that the model reads, and what it predicts."""
    table = pd.DataFrame(index=range(ROWS))
    for column in IMAGE:
        table[column] = [f"{i}.png" for i in range(ROWS)]
    table.iloc[0] = None  # nothing is known of the first row but its target
    table[TARGET] = [CLASSES[i % len(CLASSES)] for i in range(ROWS)]
    return table


@pytest.fixture
def table(rows: pd.DataFrame, tmp_path: Path) -> Path:
    """The rows as a file, with their photos beside it."""
    return write_table(rows, tmp_path / "train")


@pytest.fixture
def config(table: Path) -> Config:
    """The configuration of a run that takes a second."""
    overrides = [
        f"data.root={table.parent}",
        f"data.train={table.name}",
        "data.validation_fraction=0.25",
        "data.test_fraction=0.25",
        "data.images=.",
        "model.members=2",
        "model.width=16",
        "model.image_size=32",
        "train.epochs=3",
        "train.batch_size=8",
    ]
    return load_config(PROJECT / "configs/base.toml", overrides)


def write_table(rows: pd.DataFrame, stem: Path) -> Path:
    """Write the table and a photo of random pixels for each image cell."""
    random = np.random.default_rng(0)
    for column in IMAGE:
        for name in rows[column].dropna():
            pixels = random.integers(0, 255, (40, 48, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(stem.parent / name)
    path = stem.with_suffix(".csv")
    rows.to_csv(path, index=False, sep=",", encoding="utf-8")
    return path
