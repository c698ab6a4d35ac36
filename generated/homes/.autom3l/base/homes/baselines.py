"""What the model has to beat: a constant, and boosted trees on the table alone."""

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor

from homes import target
from homes.features import Features


def constant(train: pd.DataFrame, rows: int) -> tuple[np.ndarray]:
    """The mean of the training rows, for every row."""
    return (np.full(rows, target.values(train).mean()),)


def boosted_trees(
    features: Features, train: pd.DataFrame, rows: pd.DataFrame
) -> tuple[np.ndarray]:
    """Predictions of gradient-boosted trees fitted to the table."""
    trees = HistGradientBoostingRegressor(random_state=0)
    trees.fit(_table(features, train), target.parse(train))
    return (target.restore(trees.predict(_table(features, rows))),)


def _table(features: Features, rows: pd.DataFrame) -> np.ndarray:
    """Numbers and level codes side by side; trees split codes as well."""
    return np.hstack([tensor.numpy() for tensor in features.table(rows).values()])
