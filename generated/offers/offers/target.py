"""The target: from labels to what the model learns, and back from its outputs."""

import numpy as np
import pandas as pd
import torch
from sklearn.metrics import roc_curve
from torch import Tensor
from torch.nn import functional as F

from offers.columns import CLASSES, TARGET
from offers.errors import InputError

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


def decide(probabilities: np.ndarray, threshold: float) -> np.ndarray:
    """Class numbers: positive where its probability reaches the threshold."""
    return (probabilities[:, 1] >= threshold).astype(np.int64)


def fit_decision(probabilities: np.ndarray, targets: np.ndarray) -> float:
    """The threshold with the best F1 of the positives, one half if a class is absent."""
    positives = targets.sum()
    negatives = len(targets) - positives
    if not positives or not negatives:
        return 0.5
    alarms, hits, thresholds = roc_curve(
        targets, probabilities[:, 1], drop_intermediate=False
    )
    true, false = hits * positives, alarms * negatives
    gain = 2 * true / (true + false + positives)
    best = 1 + gain[1:].argmax()  # the first threshold is infinite
    # Midway to the next lower probability, so as to leave room on both sides.
    return float(np.append(thresholds, 0.0)[best : best + 2].mean())


def labels(decided: np.ndarray, probabilities: np.ndarray) -> pd.DataFrame:
    """Predictions as they are written: the label, and the probability of each."""
    table = pd.DataFrame(probabilities, columns=[f"p_{name}" for name in CLASSES])
    table.insert(0, "prediction", np.array(CLASSES, dtype=object)[decided])
    return table
