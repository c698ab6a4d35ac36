"""Synthetic rows, with the holes real tables have."""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # more threads only wait for so few rows

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import timm
from PIL import Image
from timm.models import save_for_hf

from homes import metrics
from homes.columns import CATEGORICAL, DATETIME_FORMAT, IMAGE, NUMERIC, SPLIT, TARGET
from homes.config import PROJECT, Config, load_config

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
    days = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=i) for i in range(ROWS)]
    for column, pattern in DATETIME_FORMAT.items():
        table[column] = [day.strftime(pattern) for day in days]
    for column in CATEGORICAL:
        table[column] = random.choice(["one", "two", "three"], ROWS)
    for n, column in enumerate(IMAGE):
        table[column] = [f"{n}-{i}.png" for i in range(ROWS)]
    table.iloc[0] = None  # nothing is known of the first row but its target
    table[TARGET] = random.integers(1, 1000, ROWS).astype(str)
    return table


@pytest.fixture
def table(rows: pd.DataFrame, tmp_path: Path) -> Path:
    """The rows as a file, with their photos beside it."""
    table = rows.copy()
    table[SPLIT] = [f"group {i // 4}" for i in range(ROWS)]
    return write_table(table, tmp_path / "train")


@pytest.fixture
def config(table: Path, image_backbone: Path) -> Config:
    """The configuration of a run that takes a second."""
    overrides = [
        f"data.root={table.parent}",
        f"data.train={table.name}",
        "data.test_fraction=0.25",
        f"data.cache={table.parent / 'cache'}",
        "model.members=2",
        "model.width=16",
        f"model.image_backbone=local-dir:{image_backbone}",
        "model.image_size=32",
        "train.epochs=3",
        "train.batch_size=8",
        "train.folds=2",
        "boosting.rounds=3",
        "boosting.min_rows=4",
    ]
    return load_config(PROJECT / "configs/base.toml", overrides)


@pytest.fixture(scope="session")
def image_backbone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small vision network with random weights."""
    folder = tmp_path_factory.mktemp("image_backbone")
    network = timm.create_model("test_efficientnet", num_classes=0)
    save_for_hf(network, str(folder), safe_serialization=True)
    return folder


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
