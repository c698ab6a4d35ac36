"""Which rows belong together, and the loss that brings their vectors together."""

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from shelves.columns import ITEM, QUERY


def encode(rows: pd.DataFrame) -> Tensor:
    """Numbers from 0 of each query and item: (rows, 2); those of a row belong together."""
    return torch.from_numpy(np.stack(_numbers(rows), axis=1))


def _numbers(rows: pd.DataFrame) -> list[np.ndarray]:
    sides = (rows[side].astype(str).fillna("") for side in (QUERY, ITEM))
    return [side.groupby(list(side)).ngroup().to_numpy() for side in sides]


def related(rows: Tensor, others: Tensor) -> Tensor:
    """Which belong together, as far as these rows tell: (rows, others).

    A query does with the items of all rows that ask the same, and of those with its own.
    """
    return (rows[:, None] == others).any(dim=2)


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
    """The mean cross-entropy; each row has its own other side to find."""
    surprise = -(logits.log_softmax(dim=1) * together).sum(dim=1)
    return (surprise / together.sum(dim=1)).mean()
