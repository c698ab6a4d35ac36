"""From rows to tensors, with what was learnt from the training rows."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import torch
from torch import Tensor
from torch.utils.data import Dataset

from leaves.config import Config
from leaves.image import load_photos

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

    image_size: int

    @classmethod
    def fit(cls, rows: pd.DataFrame, config: Config) -> "Features":
        return cls(image_size=config.model.image_size)

    @classmethod
    def load(cls, folder: Path, config: Config) -> "Features":
        """What `save` wrote; needs nothing outside of `folder`."""
        return cls(image_size=config.model.image_size)

    def transform(self, rows: pd.DataFrame) -> Batch:
        """The inputs of the model."""
        photos, has_photo = load_photos(rows, self.image_size)
        return {"image": photos, "has_image": has_photo}
