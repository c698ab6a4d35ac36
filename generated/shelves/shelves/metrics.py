"""How what is found is scored."""

import numpy as np
import torch
from torch import Tensor

from shelves.features import Batch
from shelves.target import related

METRIC = "map_at_100"
RANKS = 100  # that are looked at
CHUNK = 1024  # queries at a time


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

    Every row searches all different items of the rows; one with nothing to
    find is left out. `vectors`: (rows, sides, width). Returns (queries, ranks), (queries,).
    """
    items, targets = vectors[rows["first"]][:, -1], rows["target"][rows["first"]]
    hits, relevant = [], []
    for start in range(0, len(vectors), CHUNK):
        queries = vectors[start : start + CHUNK, 0]
        likeness = queries @ items.T
        together = related(rows["target"][start : start + CHUNK], targets)
        best = likeness.topk(min(RANKS, len(items))).indices
        hits.append(together.gather(1, best))
        relevant.append(together.sum(dim=1))
    counts = torch.cat(relevant)
    asked = counts > 0
    return torch.cat(hits)[asked].numpy(), counts[asked].numpy()


def found_scores(vectors: Tensor, rows: Batch) -> dict[str, float]:
    """The scores of a search with all rows; raises `ValueError` for nothing to find."""
    hits, relevant = judge(vectors, rows)
    if not len(hits):
        raise ValueError("no two of the rows belong together: they may be too few")
    return scores(hits, relevant)


def selection(scores: dict[str, float]) -> float:
    """What checkpoints are chosen by; higher is better."""
    return scores[METRIC]


def interval(
    hits: np.ndarray, relevant: np.ndarray, resamples: int = 300
) -> dict[str, tuple[float, float]]:
    """95 % bootstrap intervals over the queries, for every metric."""
    random = np.random.default_rng(0)
    draws = [random.integers(0, len(hits), len(hits)) for _ in range(resamples)]
    drawn = [scores(hits[draw], relevant[draw]) for draw in draws]
    return {
        name: tuple(np.quantile([draw[name] for draw in drawn], [0.025, 0.975]))
        for name in drawn[0]
    }
