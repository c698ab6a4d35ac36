"""Gradient-boosted trees beside the network, and how much they count."""

import lightgbm as lgb
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from listings.config import BoostingConfig
from listings.features import Batch
from listings.target import OUTPUTS

INPUTS = ["numbers", "codes"]


def boost(
    config: BoostingConfig, train_rows: Batch, validation: Batch, seed: int
) -> lgb.Booster:
    """As many trees as predict the target of `validation` best."""
    settings = {
        "objective": "multiclass",
        "num_class": OUTPUTS,
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
    """Probabilities of all rows: (rows, classes)."""
    predicted = torch.tensor(booster.predict(_table(batch)), dtype=torch.float32)
    return predicted.view(-1, OUTPUTS)  # also where there are no rows


def blend(outputs: Tensor, boosted: Tensor, share: float) -> Tensor:
    """The weighted geometric mean; `share` is the weight of the trees.

    Where one model is sure, an arithmetic mean would leave the order of rows to the
    other, which may know little of them.
    """
    network, trees = (p.clamp(min=1e-12).log() for p in (outputs, boosted))
    return torch.lerp(network, trees, share).softmax(dim=1)


def fit_share(outputs: Tensor, boosted: Tensor, targets: Tensor) -> float:
    """The share of the trees that predicts the held-out rows best."""
    shares = [n / 20 for n in range(21)]
    return min(shares, key=lambda share: _loss(blend(outputs, boosted, share), targets))


def _loss(outputs: Tensor, targets: Tensor) -> float:
    return F.nll_loss(outputs.clamp(min=1e-7).log(), targets).item()


def _table(batch: Batch) -> np.ndarray:
    """All inputs of a row side by side; trees understand the NaN of missing numbers."""
    return np.hstack([batch[name].flatten(1).numpy() for name in INPUTS])
