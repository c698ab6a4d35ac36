"""What the network learnt of likeness, beside what frozen features know by themselves."""

import torch
from torch import Tensor
from torch.nn import functional as F

from shelves import metrics
from shelves.features import Batch, by_row

FROZEN = ["image"]


def frozen_vectors(inputs: Batch) -> Tensor:
    """The mean frozen features of each row: (rows, width), 0 where there are none.

    Of length 1 at most; only features that both sides of a search have.
    """
    parts = []
    for name in FROZEN:
        columns = F.normalize(inputs[name], dim=2)  # NaN where a cell is empty
        parts.append(F.normalize(columns.nanmean(dim=1).nan_to_num(), dim=1))
    return torch.cat(parts, dim=1) / len(parts) ** 0.5


def blend(learned: Tensor, frozen: Tensor, share: float) -> Tensor:
    """Vectors whose inner product is the weighted mean of both inner products."""
    parts = [(1 - share) ** 0.5 * learned, share**0.5 * frozen]
    return torch.cat(parts, dim=-1)


def fit_share(learned: Tensor, frozen: Tensor, rows: Batch) -> float:
    """The share of the frozen features that finds best what nobody was trained on.

    Vectors are those of what `apart` makes of rows.
    """
    shares = [n / 20 for n in range(21)]
    scores = [
        metrics.selection(
            metrics.found_scores(by_row(blend(learned, frozen, share), rows), rows)
        )
        for share in shares
    ]
    return shares[scores.index(max(scores))]
