"""How predictions are scored."""

import warnings

import numpy as np
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score, log_loss

from listings import target

METRIC = "accuracy"
RESAMPLES = 300  # of the rows, for intervals


def scores(
    truth: np.ndarray, probabilities: np.ndarray, decided: np.ndarray
) -> dict[str, float]:
    """Every metric; `truth` and `decided` are class numbers."""
    classes = list(range(target.OUTPUTS))
    return {
        "accuracy": accuracy_score(truth, decided),
        "balanced_accuracy": balanced_accuracy_score(truth, decided),
        "macro_f1": f1_score(truth, decided, average="macro", zero_division=0.0),
        "log_loss": log_loss(truth, probabilities, labels=classes),
    }


def selection(scores: dict[str, float]) -> float:
    """What checkpoints are chosen by; higher is better."""
    # accuracy moves in leaps when few rows validate; the loss moves before it.
    return -scores["log_loss"]


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
