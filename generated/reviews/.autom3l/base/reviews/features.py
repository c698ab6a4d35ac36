"""From rows to tensors, with what was learnt from the training rows."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch.utils.data import Dataset

from reviews.columns import DATETIME, DATETIME_FORMAT, NUMERIC, ORDINAL
from reviews.config import Config
from reviews.text import hash_ngrams, rarity

Batch = dict[str, Tensor]


def batch_size(batch: Batch) -> int:
    return len(next(iter(batch.values())))


def take(batch: Batch, rows: Tensor) -> Batch:
    """The rows with these numbers or flags."""
    return {name: tensor[rows] for name, tensor in batch.items()}


class Rows(Dataset[Batch]):
    """Tensors of all rows; a batch is one indexing operation, not a loop over rows."""

    def __init__(self, tensors: Batch) -> None:
        self.tensors = tensors

    def __len__(self) -> int:
        return batch_size(self.tensors)

    def __getitems__(self, indices: list[int]) -> Batch:
        return take(self.tensors, torch.tensor(indices))


@dataclass(frozen=True)
class Features:
    """What rows become tensors with; `fit` looks at training rows only."""

    edges: list[list[float]]  # of the quantile bins of each number
    text_buckets: int
    text_tokens: int
    text_rarity: list[float]  # of the n-grams in each bucket

    @classmethod
    def fit(cls, rows: pd.DataFrame, config: Config) -> "Features":
        numbers = number_table(rows)
        buckets, tokens = config.model.text_buckets, config.model.text_tokens
        return cls(
            edges=[_bin_edges(n, config.model.number_bins) for n in numbers.T],
            text_buckets=buckets,
            text_tokens=tokens,
            text_rarity=rarity(hash_ngrams(rows, buckets, tokens), buckets),
        )

    @classmethod
    def load(cls, folder: Path, config: Config) -> "Features":
        """What `save` wrote; needs nothing outside of `folder`."""
        fitted = json.loads((folder / "features.json").read_text(encoding="utf-8"))
        return cls(
            **fitted,
            text_buckets=config.model.text_buckets,
            text_tokens=config.model.text_tokens,
        )

    def save(self, folder: Path) -> None:
        fitted = {"edges": self.edges, "text_rarity": self.text_rarity}
        text = json.dumps(fitted, ensure_ascii=False, indent=1)
        (folder / "features.json").write_text(text, encoding="utf-8")

    def transform(self, rows: pd.DataFrame) -> Batch:
        """The inputs of the model."""
        return {
            **self.table(rows),
            "text": hash_ngrams(rows, self.text_buckets, self.text_tokens),
        }

    def table(self, rows: pd.DataFrame) -> Batch:
        """The inputs that are neither text nor image."""
        return {"numbers": self._places(rows)}

    def _places(self, rows: pd.DataFrame) -> Tensor:
        """Where each number lies among the edges of its bins: (rows, numbers).

        2.5 is the middle of the third bin; NaN stays NaN, but for a column that was
        always empty.
        """
        places = [
            np.interp(values, edges, np.arange(len(edges)))
            for values, edges in zip(number_table(rows).T, self.edges)
        ]
        return torch.tensor(np.stack(places, axis=1), dtype=torch.float32)


def number_table(rows: pd.DataFrame) -> np.ndarray:
    """Everything that is a number, NaN where missing: float64 (rows, numbers)."""
    numbers = [parse_number(rows[column]) for column in NUMERIC]
    for column, levels in ORDINAL.items():
        rank = {level: float(n) for n, level in enumerate(levels)}
        numbers.append(rows[column].map(both_spellings(rank)).astype("float64"))
    for column, parts in DATETIME.items():
        when = pd.to_datetime(
            rows[column], format=DATETIME_FORMAT[column], errors="coerce", utc=True
        )
        for part in parts:
            days = part == "epoch_days"
            numbers.append(_days(when) if days else getattr(when.dt, part))
    return np.stack(numbers, axis=1, dtype=np.float64)


def both_spellings(of_levels: Mapping[str, float]) -> dict[str, float]:
    """Levels that are whole numbers also as they are written beside holes: 3 as 3.0."""
    others = {f"{name}.0".removesuffix(".0.0"): n for name, n in of_levels.items()}
    return {**others, **of_levels}


def parse_number(cells: pd.Series) -> pd.Series:
    """Cells as floats, NaN where they are none."""
    numbers = pd.to_numeric(cells, errors="coerce").astype("float64")
    return numbers.where(np.isfinite(numbers))


def _days(when: pd.Series) -> pd.Series:
    return (when - pd.Timestamp("1970-01-01", tz="UTC")) / pd.Timedelta(days=1)


def _bin_edges(values: np.ndarray, bins: int) -> list[float]:
    """Quantiles of the distinct values, each counted as the root of its frequency.

    Plain quantiles would spend every bin on a value that fills most of a column.
    """
    present, counts = np.unique(values[~np.isnan(values)], return_counts=True)
    if not len(present):
        return [0.0]
    if len(present) == 1:  # a bin all the same, or no cell would be missing
        return [float(present[0]), float(present[0] + max(1.0, abs(present[0])))]
    damped = np.repeat(present, np.ceil(np.sqrt(counts)).astype(int))
    return np.unique(np.quantile(damped, np.linspace(0, 1, bins + 1))).tolist()
