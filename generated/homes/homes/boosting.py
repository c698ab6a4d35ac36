"""Gradient-boosted trees beside the network, and how much they count."""

import lightgbm as lgb
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from homes.config import BoostingConfig
from homes.features import Batch

INPUTS = ["numbers", "codes"]


def boost(
    config: BoostingConfig, train_rows: Batch, validation: Batch, seed: int
) -> lgb.Booster:
    """As many trees as predict the target of `validation` best."""
    settings = {
        "objective": "regression",
        "learning_rate": config.lr,
        "num_leaves": config.leaves,
        "min_data_in_leaf": config.min_rows,
        "feature_fraction": config.columns,
        "bagging_fraction": config.rows,
        "bagging_freq": 1,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,  # the other layout may be chosen by time, not by seed
        "verbosity": -1,
    }
    rows = lgb.Dataset(_table(train_rows), train_rows["target"].numpy())
    held_out = rows.create_valid(_table(validation), validation["target"].numpy())
    stop = lgb.early_stopping(config.patience, verbose=False)
    return lgb.train(
        settings, rows, config.rounds, valid_sets=[held_out], callbacks=[stop]
    )


def boosted_outputs(booster: lgb.Booster, batch: Batch) -> Tensor:
    """Standardised predictions of all rows: (rows,)."""
    return torch.tensor(booster.predict(_table(batch)), dtype=torch.float32)


def blend(outputs: Tensor, boosted: Tensor, share: float) -> Tensor:
    """The weighted mean; `share` is the weight of the trees."""
    return torch.lerp(outputs, boosted, share)


def fit_share(outputs: Tensor, boosted: Tensor, targets: Tensor) -> float:
    """The share of the trees that predicts the held-out rows best."""
    shares = [n / 20 for n in range(21)]
    return min(shares, key=lambda share: _loss(blend(outputs, boosted, share), targets))


def _loss(outputs: Tensor, targets: Tensor) -> float:
    return F.mse_loss(outputs, targets).item()


def _table(batch: Batch) -> np.ndarray:
    """All inputs of a row side by side; trees understand the NaN of missing numbers."""
    return np.hstack([batch[name].flatten(1).numpy() for name in INPUTS])
