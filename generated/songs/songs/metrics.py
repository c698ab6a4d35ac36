"""How predictions are scored."""

import warnings
from collections.abc import Callable

import numpy as np
from sklearn.metrics import average_precision_score, f1_score, log_loss, roc_auc_score

METRIC = "macro_f1"
RESAMPLES = 300  # of the rows, for intervals


def scores(
    truth: np.ndarray, probabilities: np.ndarray, decided: np.ndarray
) -> dict[str, float]:
    """Every metric; `truth` and `decided` are 0/1 flags (rows, labels)."""
    return {
        "macro_f1": f1_score(truth, decided, average="macro", zero_division=0.0),
        "f1": f1_score(truth, decided, average="micro", zero_division=0.0),
        "average_precision": _over_labels(
            average_precision_score, truth, probabilities
        ),
        "roc_auc": _over_labels(roc_auc_score, truth, probabilities),
        "log_loss": float(
            np.mean(
                [
                    log_loss(t, p, labels=[0, 1])
                    for t, p in zip(truth.T, probabilities.T)
                ]
            )
        ),
    }


def selection(scores: dict[str, float]) -> float:
    """What checkpoints are chosen by; higher is better."""
    return scores[METRIC]


def _over_labels(
    metric: Callable[..., float], truth: np.ndarray, probabilities: np.ndarray
) -> float:
    """The mean over the labels that occur, but not in every row."""
    varied = [i for i, flags in enumerate(truth.T) if 0 < flags.sum() < len(flags)]
    return float(np.mean([metric(truth[:, i], probabilities[:, i]) for i in varied]))


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
