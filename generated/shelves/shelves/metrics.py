"""How what is found is scored."""

import numpy as np
import torch
from torch import Tensor

from shelves.errors import InputError
from shelves.features import Batch

METRIC = "map_at_100"
RANKS = 100  # that are looked at
CHUNK = 1024  # queries at a time
RESAMPLES = 300  # of the queries, for intervals


def scores(hits: np.ndarray, relevant: np.ndarray) -> dict[str, float]:
    """Means over the queries, of what `judge` says."""
    ranks = np.arange(1, hits.shape[1] + 1)
    precision = hits.cumsum(axis=1) / ranks
    reachable = np.minimum(relevant, RANKS)
    return {
        # The mean average precision; a query counts as much as any other.
        "map_at_100": float(((precision * hits).sum(axis=1) / reachable).mean()),
        "mrr": float((hits / ranks).max(axis=1).mean()),
        # Whether anything relevant stands there.
        "recall_at_1": float(hits[:, 0].mean()),
        "recall_at_10": float(hits[:, :10].any(axis=1).mean()),
    }


def judge(vectors: Tensor, rows: Batch) -> tuple[np.ndarray, np.ndarray]:
    """Whether what stands at each rank is relevant, and how much is in all.

    Every different query of the rows searches all different items of them. `vectors`:
    (rows, sides, width). Returns (queries, ranks) and (queries,).
    """
    targets = rows["target"]
    query_rows, item_rows = first_rows(targets[:, 0]), first_rows(targets[:, 1])
    queries, items = vectors[query_rows, 0], vectors[item_rows, 1]
    hits, relevant = [], []
    for start in range(0, len(queries), CHUNK):
        likeness = queries[start : start + CHUNK] @ items.T
        together = torch.zeros_like(likeness, dtype=torch.bool)
        asked = (targets[:, 0] >= start) & (targets[:, 0] < start + CHUNK)
        together[targets[asked, 0] - start, targets[asked, 1]] = True
        best = likeness.topk(min(RANKS, len(items))).indices
        hits.append(together.gather(1, best))
        relevant.append(together.sum(dim=1))
    counts = torch.cat(relevant)
    asked_for = counts > 0
    return torch.cat(hits)[asked_for].numpy(), counts[asked_for].numpy()


def first_rows(numbers: Tensor) -> Tensor:
    """The row that has each of the numbers, from 0, first."""
    counts = numbers.bincount()
    return numbers.argsort(stable=True)[counts.cumsum(0) - counts]


def found_scores(vectors: Tensor, rows: Batch) -> dict[str, float]:
    """The scores of a search with all rows; raises `ValueError` for nothing to find."""
    hits, relevant = judge(vectors, rows)
    if not len(hits):
        raise InputError("no two of the rows belong together: they may be too few")
    return scores(hits, relevant)


def selection(scores: dict[str, float]) -> float:
    """What checkpoints are chosen by; higher is better."""
    return scores[METRIC]


def interval(hits: np.ndarray, relevant: np.ndarray) -> dict[str, tuple[float, float]]:
    """95 % bootstrap intervals over the queries, for every metric."""
    random = np.random.default_rng(0)
    draws = [random.integers(0, len(hits), len(hits)) for _ in range(RESAMPLES)]
    drawn = [scores(hits[draw], relevant[draw]) for draw in draws]
    return {
        name: tuple(np.quantile([draw[name] for draw in drawn], [0.025, 0.975]))
        for name in drawn[0]
    }
