"""How predictions are scored."""

import warnings

import numpy as np
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    balanced_accuracy_score,
    f1_score,
    log_loss,
    roc_auc_score,
)

METRIC = "roc_auc"
RESAMPLES = 300  # of the rows, for intervals


def scores(
    truth: np.ndarray, probabilities: np.ndarray, decided: np.ndarray
) -> dict[str, float]:
    """Every metric; `truth` and `decided` are class numbers."""
    positive = probabilities[:, 1]
    return {
        "roc_auc": roc_auc_score(truth, positive),
        "average_precision": average_precision_score(truth, positive),
        "accuracy": accuracy_score(truth, decided),
        "balanced_accuracy": balanced_accuracy_score(truth, decided),
        "f1": f1_score(truth, decided, zero_division=0.0),
        "macro_f1": f1_score(truth, decided, average="macro", zero_division=0.0),
        "log_loss": log_loss(truth, probabilities, labels=[0, 1]),
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
