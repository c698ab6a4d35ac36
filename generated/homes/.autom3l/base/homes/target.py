"""The target: from cells to what the model learns, and back from its outputs."""

import numpy as np
import pandas as pd
from torch import Tensor
from torch.nn import functional as F

from homes.columns import TARGET
from homes.errors import InputError

OUTPUTS = 1


def parse(rows: pd.DataFrame) -> np.ndarray:
    """The logarithm of 1 + target: large values must not drown the small ones."""
    return np.log1p(values(rows))


def restore(parsed: np.ndarray) -> np.ndarray:
    """The inverse of `parse`."""
    return np.expm1(parsed)


def values(rows: pd.DataFrame) -> np.ndarray:
    """The target in its own units; raises `InputError` for a cell that is no number."""
    cells = rows[TARGET]
    try:
        return pd.to_numeric(cells).to_numpy(np.float64)
    except ValueError as error:
        raise InputError(f"{TARGET}: {error}") from None


def loss(outputs: Tensor, targets: Tensor) -> Tensor:
    """Mean squared error of each member; outputs (batch, members, 1)."""
    return F.mse_loss(outputs[:, :, 0], targets[:, None].expand(outputs.shape[:2]))


def outputs(members: Tensor) -> Tensor:
    """The mean over the members: (batch,)."""
    return members.mean(dim=1)[:, 0]


def labels(predicted: np.ndarray) -> pd.DataFrame:
    """Predictions as they are written."""
    return pd.DataFrame({"prediction": predicted})
