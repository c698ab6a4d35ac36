"""Synthetic rows, with the holes real tables have."""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # more threads only wait for so few rows
os.environ["HF_HUB_OFFLINE"] = "1"  # the tests need no network

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from messages import metrics
from messages.columns import CLASSES, TARGET, TEXT
from messages.config import PROJECT, Config, load_config

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
    for column in TEXT:
        table[column] = random.choice(["small and old", "large and new"], ROWS)
    table.iloc[0] = None  # nothing is known of the first row but its target
    table[TARGET] = [CLASSES[i % len(CLASSES)] for i in range(ROWS)]
    return table


@pytest.fixture
def table(rows: pd.DataFrame, tmp_path: Path) -> Path:
    """The rows as a file."""
    return write_table(rows, tmp_path / "train")


@pytest.fixture
def config(table: Path, text_backbone: Path) -> Config:
    """The configuration of a run that takes a second."""
    overrides = [
        f"data.root={table.parent}",
        f"data.train={table.name}",
        f"data.test={table.name}",
        f"data.cache={table.parent / 'cache'}",
        "model.members=2",
        "model.width=16",
        f"model.text_backbone={text_backbone}",
        "model.text_tokens=8",
        "train.epochs=3",
        "train.batch_size=8",
        "train.folds=2",
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


def write_table(rows: pd.DataFrame, stem: Path) -> Path:
    """Write the table in the format that `read_table` reads."""
    path = stem.with_suffix(".csv")
    rows.to_csv(path, index=False, sep=",", encoding="utf-8")
    return path
