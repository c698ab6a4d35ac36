"""How predictions are scored."""

import warnings

import numpy as np
from sklearn.metrics import (
    mean_absolute_error,
    mean_squared_log_error,
    r2_score,
    root_mean_squared_error,
)

METRIC = "r2"
RESAMPLES = 300  # of the rows, for intervals


def scores(truth: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """Every metric, in units of the target where it has one."""
    return {
        "r2": r2_score(truth, predicted),
        "rmse": root_mean_squared_error(truth, predicted),
        "mae": mean_absolute_error(truth, predicted),
        # It knows no negative values: they count as 0.
        "rmsle": mean_squared_log_error(truth.clip(min=0), predicted.clip(min=0))
        ** 0.5,
    }


def selection(scores: dict[str, float]) -> float:
    """What checkpoints are chosen by; higher is better."""
    return scores[METRIC]


def interval(
    truth: np.ndarray, *predictions: np.ndarray
) -> dict[str, tuple[float, float]]:
    """95 % bootstrap intervals over the rows, for every metric."""
    random = np.random.default_rng(0)
    draws = [random.integers(0, len(truth), len(truth)) for _ in range(RESAMPLES)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of too few kinds
        drawn = [scores(truth[d], *(p[d] for p in predictions)) for d in draws]
    return {
        name: tuple(np.nanquantile([draw[name] for draw in drawn], [0.025, 0.975]))
        for name in drawn[0]
    }
