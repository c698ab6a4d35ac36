"""The target: from labels to what the model learns, and back from its outputs."""

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch.nn import functional as F

from leaves.columns import CLASSES, TARGET
from leaves.errors import InputError

OUTPUTS = len(CLASSES)


def encode(rows: pd.DataFrame) -> Tensor:
    """The position of each label in `CLASSES`; raises `InputError` for any other."""
    codes = rows[TARGET].map({label: n for n, label in enumerate(CLASSES)})
    if codes.isna().any():
        unknown = rows[TARGET][codes.isna()].unique().tolist()
        raise InputError(f"{TARGET}: labels {unknown} are not in CLASSES")
    return torch.tensor(codes.to_numpy(np.int64))


def loss(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    """Mean cross-entropy over rows and members; logits (batch, members, classes)."""
    members = logits.shape[1]
    return F.cross_entropy(
        logits.flatten(0, 1),
        targets.repeat_interleave(members),
        label_smoothing=smoothing,
    )


def outputs(logits: Tensor) -> Tensor:
    """Probabilities (batch, classes): the mean over the members."""
    return logits.softmax(dim=2).mean(dim=1)


def decide(probabilities: np.ndarray, cuts: list[float]) -> np.ndarray:
    """Class numbers: the expected class, cut where `fit_decision` says."""
    return np.searchsorted(cuts, probabilities @ np.arange(OUTPUTS))


def fit_decision(probabilities: np.ndarray, targets: np.ndarray) -> list[float]:
    """The cuts with which the predicted classes are as frequent as the true ones.

    Matching the frequencies comes close to the best quadratic kappa and, unlike a search
    for the best cuts, does not fit the noise of few rows.
    """
    expected = probabilities @ np.arange(OUTPUTS)
    shares = np.bincount(targets, minlength=OUTPUTS).cumsum()[:-1] / len(targets)
    return np.quantile(expected, shares).tolist()


def labels(decided: np.ndarray, probabilities: np.ndarray) -> pd.DataFrame:
    """Predictions as they are written: the label, and the probability of each."""
    table = pd.DataFrame(probabilities, columns=[f"p_{name}" for name in CLASSES])
    table.insert(0, "prediction", np.array(CLASSES, dtype=object)[decided])
    return table
