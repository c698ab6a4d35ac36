"""From rows to tensors, with what was learnt from the training rows."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import torch
from torch import Tensor
from torch.utils.data import Dataset

from messages.config import Config
from messages.text import TextBackbone

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

    text: TextBackbone

    @classmethod
    def fit(cls, rows: pd.DataFrame, config: Config) -> "Features":
        return cls(
            text=TextBackbone(config.model.text_backbone, config.model.text_tokens)
        )

    @classmethod
    def load(cls, folder: Path, config: Config) -> "Features":
        """What `save` wrote; needs nothing outside of `folder`."""
        return cls(
            text=TextBackbone(str(folder / "text_backbone"), config.model.text_tokens)
        )

    def save(self, folder: Path) -> None:
        self.text.save(folder / "text_backbone")

    def transform(self, rows: pd.DataFrame, cache: Path | None = None) -> Batch:
        """The inputs of the model; what is made of a cell once is looked up in `cache`."""
        return {"text": self.text.embed(rows, cache)}
