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

from listings.columns import CATEGORICAL, NUMBER_MARKS, NUMERIC
from listings.config import PROJECT, Config
from listings.image import ImageBackbone
from listings.ngrams import hash_ngrams, rarity
from listings.text import TextBackbone

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
    levels: dict[str, list[str]]  # of each categorical column
    text: TextBackbone
    text_buckets: int
    text_ngrams: int
    text_rarity: list[float]  # of the n-grams in each bucket
    image: ImageBackbone

    @classmethod
    def fit(cls, rows: pd.DataFrame, config: Config) -> "Features":
        numbers = number_table(rows)
        buckets, most = config.model.text_buckets, config.model.text_ngrams
        cache = PROJECT / config.data.cache
        return cls(
            edges=[_bin_edges(n, config.model.number_bins) for n in numbers.T],
            levels={c: _recurring(rows[c]) for c in CATEGORICAL},
            text=TextBackbone(config.model.text_backbone, config.model.text_tokens),
            text_buckets=buckets,
            text_ngrams=most,
            text_rarity=rarity(hash_ngrams(rows, buckets, most, cache), buckets),
            image=ImageBackbone(config.model.image_backbone, config.model.image_size),
        )

    @classmethod
    def load(cls, folder: Path, config: Config) -> "Features":
        """What `save` wrote; needs nothing outside of `folder`."""
        fitted = json.loads((folder / "features.json").read_text(encoding="utf-8"))
        return cls(
            **fitted,
            text=TextBackbone(str(folder / "text_backbone"), config.model.text_tokens),
            text_buckets=config.model.text_buckets,
            text_ngrams=config.model.text_ngrams,
            image=ImageBackbone(
                f"local-dir:{folder / 'image_backbone'}", config.model.image_size
            ),
        )

    def save(self, folder: Path) -> None:
        fitted = {
            "edges": self.edges,
            "levels": self.levels,
            "text_rarity": self.text_rarity,
        }
        text = json.dumps(fitted, ensure_ascii=False, indent=1)
        (folder / "features.json").write_text(text, encoding="utf-8")
        self.text.save(folder / "text_backbone")
        self.image.save(folder / "image_backbone")

    def transform(self, rows: pd.DataFrame, cache: Path | None = None) -> Batch:
        """The inputs of the model; what is made of a cell once is looked up in `cache`."""
        return {
            **self.table(rows),
            "text": self.text.embed(rows, cache),
            "ngrams": hash_ngrams(rows, self.text_buckets, self.text_ngrams, cache),
            "image": self.image.embed(rows, cache),
        }

    def table(self, rows: pd.DataFrame) -> Batch:
        """The inputs that are neither text nor image."""
        return {"numbers": self._places(rows), "codes": self._codes(rows)}

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

    def _codes(self, rows: pd.DataFrame) -> Tensor:
        """A number per level and column: 0 unseen, 1 missing; (rows, columns)."""
        codes = np.empty((len(rows), len(CATEGORICAL)), dtype=np.int64)
        for i, column in enumerate(CATEGORICAL):
            code_of = {level: n for n, level in enumerate(self.levels[column], start=2)}
            known = rows[column].map(both_spellings(code_of)).fillna(0).astype("int64")
            codes[:, i] = known.mask(rows[column].isna(), 1)
        return torch.from_numpy(codes)


def number_table(rows: pd.DataFrame) -> np.ndarray:
    """Everything that is a number, NaN where missing: float64 (rows, numbers)."""
    return np.stack([parse_number(rows[column]) for column in NUMERIC], axis=1)


def both_spellings(of_levels: Mapping[str, float]) -> dict[str, float]:
    """Levels that are whole numbers also as they are written beside holes: 3 as 3.0."""
    others = {f"{name}.0".removesuffix(".0.0"): n for name, n in of_levels.items()}
    return {**others, **of_levels}


def parse_number(cells: pd.Series) -> pd.Series:
    """Cells as floats, NaN where they are none."""
    for mark in NUMBER_MARKS.get(str(cells.name), ()):
        cells = cells.str.replace(mark, "", regex=False)
    numbers = pd.to_numeric(cells, errors="coerce").astype("float64")
    return numbers.where(np.isfinite(numbers))


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


def _recurring(cells: pd.Series) -> list[str]:
    """Levels seen at least twice; the others train what unseen ones will share."""
    counts = cells.value_counts()
    return sorted(counts.index[counts >= 2])
