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

from shelves.columns import CATEGORICAL, FEATURES, ITEM, QUERY
from shelves.config import Config
from shelves.image import ImageBackbone
from shelves.text import TextBackbone

Batch = dict[str, Tensor]


def batch_size(batch: Batch) -> int:
    return len(next(iter(batch.values())))


def take(batch: Batch, rows: Tensor) -> Batch:
    """The rows with these numbers or flags."""
    return {name: tensor[rows] for name, tensor in batch.items()}


def apart(rows: Batch) -> Batch:
    """Every side as a row of its own, without what says who belongs together."""
    return {n: tensor.flatten(0, 1) for n, tensor in rows.items() if n != "target"}


def by_row(vectors: Tensor, rows: Batch) -> Tensor:
    """The vectors of what `apart` made of rows: (rows, sides, width)."""
    return vectors.unflatten(0, (len(rows["target"]), -1))


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

    levels: dict[str, list[str]]  # of each categorical column
    text: TextBackbone
    image: ImageBackbone

    @classmethod
    def fit(cls, rows: pd.DataFrame, config: Config) -> "Features":
        return cls(
            levels={c: _recurring(rows[c]) for c in CATEGORICAL},
            text=TextBackbone(config.model.text_backbone, config.model.text_tokens),
            image=ImageBackbone(config.model.image_backbone, config.model.image_size),
        )

    @classmethod
    def load(cls, folder: Path, config: Config) -> "Features":
        """What `save` wrote; needs nothing outside of `folder`."""
        fitted = json.loads((folder / "features.json").read_text(encoding="utf-8"))
        return cls(
            **fitted,
            text=TextBackbone(str(folder / "text_backbone"), config.model.text_tokens),
            image=ImageBackbone(
                f"local-dir:{folder / 'image_backbone'}", config.model.image_size
            ),
        )

    def save(self, folder: Path) -> None:
        fitted = {"levels": self.levels}
        text = json.dumps(fitted, ensure_ascii=False, indent=1)
        (folder / "features.json").write_text(text, encoding="utf-8")
        self.text.save(folder / "text_backbone")
        self.image.save(folder / "image_backbone")

    def transform(self, rows: pd.DataFrame, cache: Path | None = None) -> Batch:
        """The inputs of the model; what is made of a cell once is looked up in `cache`."""
        return {
            **self.table(rows),
            "text": self.text.embed(rows, cache),
            "image": self.image.embed(rows, cache),
        }

    def sides(self, rows: pd.DataFrame, cache: Path | None = None) -> Batch:
        """Queries and items, each as if nothing were known of the other: (rows, 2, ...)."""
        both = pd.concat([only(rows, QUERY), only(rows, ITEM)], ignore_index=True)
        inputs = self.transform(both, cache)
        return {n: t.unflatten(0, (2, -1)).transpose(0, 1) for n, t in inputs.items()}

    def table(self, rows: pd.DataFrame) -> Batch:
        """The inputs that are neither text nor image."""
        return {"codes": self._codes(rows)}

    def _codes(self, rows: pd.DataFrame) -> Tensor:
        """A number per level and column: 0 unseen, 1 missing; (rows, columns)."""
        codes = np.empty((len(rows), len(CATEGORICAL)), dtype=np.int64)
        for i, column in enumerate(CATEGORICAL):
            code_of = {level: n for n, level in enumerate(self.levels[column], start=2)}
            known = rows[column].map(both_spellings(code_of)).fillna(0).astype("int64")
            codes[:, i] = known.mask(rows[column].isna(), 1)
        return torch.from_numpy(codes)


def only(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """The rows as if nothing were known but these columns."""
    others = [column for column in FEATURES if column not in columns]
    return rows.assign(**dict.fromkeys(others))


def both_spellings(of_levels: Mapping[str, float]) -> dict[str, float]:
    """Levels that are whole numbers also as they are written beside holes: 3 as 3.0."""
    others = {f"{name}.0".removesuffix(".0.0"): n for name, n in of_levels.items()}
    return {**others, **of_levels}


def _recurring(cells: pd.Series) -> list[str]:
    """Levels seen at least twice; the others train what unseen ones will share."""
    counts = cells.value_counts()
    return sorted(counts.index[counts >= 2])
