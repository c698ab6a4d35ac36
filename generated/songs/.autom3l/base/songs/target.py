"""The targets: from labels to what the model learns, and back from its outputs."""

import numpy as np
import pandas as pd
import torch
from sklearn.metrics import precision_recall_curve
from torch import Tensor
from torch.nn import functional as F

from songs.columns import CLASSES, TARGET

OUTPUTS = len(CLASSES)


def encode(rows: pd.DataFrame) -> Tensor:
    """1 where a row has the label: (rows, labels)."""
    cells = rows[TARGET].str.split("|", regex=False)
    named = [{label.strip() for label in cell} for cell in cells]
    flags = [[float(label in cell) for label in CLASSES] for cell in named]
    return torch.tensor(flags, dtype=torch.float32)


def loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Mean binary cross-entropy; logits (batch, members, labels)."""
    expanded = targets[:, None].expand_as(logits)
    return F.binary_cross_entropy_with_logits(logits, expanded)


def outputs(logits: Tensor) -> Tensor:
    """Probabilities (batch, labels): the mean over the members."""
    return logits.sigmoid().mean(dim=1)


def decide(probabilities: np.ndarray, thresholds: list[float]) -> np.ndarray:
    """1 where the probability of a label reaches its threshold."""
    return (probabilities >= thresholds).astype(np.int64)


def fit_decision(probabilities: np.ndarray, targets: np.ndarray) -> list[float]:
    """The threshold with the best F1 of each label."""
    return [_best_threshold(p, t) for p, t in zip(probabilities.T, targets.T)]


def _best_threshold(probabilities: np.ndarray, targets: np.ndarray) -> float:
    if not targets.any():
        return 0.5
    precision, recall, thresholds = precision_recall_curve(targets, probabilities)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    best = f1[:-1].argmax()
    # Midway to the next lower probability, so as to leave room on both sides.
    return float(np.insert(thresholds, 0, 0.0)[best : best + 2].mean())


def labels(decided: np.ndarray, probabilities: np.ndarray) -> pd.DataFrame:
    """Predictions as they are written: the labels, and the probability of each."""
    table = pd.DataFrame(probabilities, columns=["p_" + c for c in CLASSES])
    chosen = ["|".join(c for c, flag in zip(CLASSES, row) if flag) for row in decided]
    table.insert(0, "prediction", chosen)
    return table
