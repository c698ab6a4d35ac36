"""Which rows belong together, and the loss that brings their vectors together."""

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from shelves.columns import ITEM, QUERY


def encode(rows: pd.DataFrame) -> Tensor:
    """A number for each query and for each item: (rows, 2).

    Who has one of them in common belongs together: an item may answer several queries.
    """
    numbers = [
        rows[side].astype(str).groupby(side, dropna=False).ngroup().to_numpy()
        for side in (QUERY, ITEM)
    ]
    return torch.from_numpy(np.stack(numbers, axis=1))


def related(rows: Tensor, others: Tensor) -> Tensor:
    """Which of both belong together, by what `encode` says: (rows, others)."""
    return (rows[:, None] == others).any(dim=2)


def first(rows: pd.DataFrame) -> Tensor:
    """Whether the item of a row is not that of an earlier one: (rows,)."""
    return torch.from_numpy(~rows[ITEM].astype(str).duplicated().to_numpy())


def loss(vectors: Tensor, targets: Tensor, log_scale: Tensor) -> Tensor:
    """InfoNCE (arXiv 1807.03748) in both directions; the others of a batch are negatives.

    `vectors`: (batch, 2, width), of queries and items. Of several that belong together,
    the mean counts.
    """
    scale = log_scale.exp().clamp(max=100.0)
    logits = scale * vectors[:, 0] @ vectors[:, 1].T
    together = related(targets, targets)
    return (_entropy(logits, together) + _entropy(logits.T, together)) / 2


def _entropy(logits: Tensor, together: Tensor) -> Tensor:
    """The mean cross-entropy of the rows that have something to find."""
    found = together.sum(dim=1)
    surprise = -(logits.log_softmax(dim=1) * together).sum(dim=1) / found.clamp(min=1)
    return surprise.sum() / (found > 0).sum().clamp(min=1)
