"""What the model has to beat: a constant, and boosted trees on the table alone."""

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from songs import target
from songs.features import Features


def constant(train: pd.DataFrame, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """The frequencies of the labels in the training rows, for every row."""
    frequencies = target.encode(train).numpy().mean(axis=0)
    probabilities = np.tile(frequencies, (rows, 1))
    return probabilities, (probabilities >= 0.5).astype(np.int64)


def boosted_trees(
    features: Features, train: pd.DataFrame, rows: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities and decisions of gradient-boosted trees fitted to the table."""
    flags = target.encode(train).numpy()
    probabilities = np.empty((len(rows), target.OUTPUTS))
    inputs, new = _table(features, train), _table(features, rows)
    for label in range(target.OUTPUTS):
        if len(np.unique(flags[:, label])) == 1:  # trees need both answers
            probabilities[:, label] = flags[0, label]
            continue
        trees = HistGradientBoostingClassifier(random_state=0)
        trees.fit(inputs, flags[:, label])
        probabilities[:, label] = trees.predict_proba(new)[:, 1]
    return probabilities, (probabilities >= 0.5).astype(np.int64)


def _table(features: Features, rows: pd.DataFrame) -> np.ndarray:
    """Numbers and level codes side by side; trees split codes as well."""
    return np.hstack([tensor.numpy() for tensor in features.transform(rows).values()])
