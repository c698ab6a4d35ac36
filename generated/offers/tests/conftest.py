"""Synthetic rows, with the holes real tables have."""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # more threads only wait for so few rows
os.environ["HF_HUB_OFFLINE"] = "1"  # the tests need no network

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import timm
from PIL import Image
from timm.models import save_for_hf
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from offers import metrics
from offers.columns import CATEGORICAL, CLASSES, IMAGE, NUMERIC, SPLIT, TARGET, TEXT
from offers.config import PROJECT, Config, load_config

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
    for column in CATEGORICAL:
        table[column] = random.choice(["one", "two", "three"], ROWS)
    for column in TEXT:
        table[column] = random.choice(["small and old", "large and new"], ROWS)
    for n, column in enumerate(IMAGE):
        table[column] = [f"{n}-{i}.png" for i in range(ROWS)]
    table.iloc[0] = None  # nothing is known of the first row but its target
    table[TARGET] = [CLASSES[i % len(CLASSES)] for i in range(ROWS)]
    return table


@pytest.fixture
def table(rows: pd.DataFrame, tmp_path: Path) -> Path:
    """The rows as a file, with their photos beside it."""
    table = rows.copy()
    table[SPLIT] = [f"group {i // 4}" for i in range(ROWS)]
    return write_table(table, tmp_path / "train")


@pytest.fixture
def config(table: Path, text_backbone: Path, image_backbone: Path) -> Config:
    """The configuration of a run that takes a second."""
    overrides = [
        f"data.root={table.parent}",
        f"data.train={table.name}",
        "data.test_fraction=0.25",
        f"data.cache={table.parent / 'cache'}",
        "model.members=2",
        "model.width=16",
        f"model.text_backbone={text_backbone}",
        "model.text_tokens=8",
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
def text_backbone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A language model of one layer that knows six words."""
    folder = tmp_path_factory.mktemp("text_backbone")
    words = ["[PAD]", "[UNK]", "small", "large", "old", "new"]
    tokenizer = Tokenizer(WordLevel({w: i for i, w in enumerate(words)}, "[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]"
    ).save_pretrained(folder)
    settings = BertConfig(
        vocab_size=len(words),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=8,
    )
    BertModel(settings).save_pretrained(folder)
    return folder


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
