"""The target: from labels to what the model learns, and back from its outputs."""

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch.nn import functional as F

from adverts.columns import CLASSES, TARGET
from adverts.errors import InputError

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


def decide(probabilities: np.ndarray) -> np.ndarray:
    """Class numbers: the most probable."""
    return probabilities.argmax(axis=1)


def labels(decided: np.ndarray, probabilities: np.ndarray) -> pd.DataFrame:
    """Predictions as they are written: the label, and the probability of each."""
    table = pd.DataFrame(probabilities, columns=[f"p_{name}" for name in CLASSES])
    table.insert(0, "prediction", np.array(CLASSES, dtype=object)[decided])
    return table
