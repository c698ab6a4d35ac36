"""What the model has to beat: a constant, and boosted trees on the table alone."""

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from offers import target
from offers.features import Features


def constant(train: pd.DataFrame, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """The frequencies of the classes in the training rows, for every row."""
    counts = np.bincount(target.encode(train).numpy(), minlength=target.OUTPUTS)
    probabilities = np.tile(counts / counts.sum(), (rows, 1))
    return probabilities, probabilities.argmax(axis=1)


def boosted_trees(
    features: Features, train: pd.DataFrame, rows: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities and decisions of gradient-boosted trees fitted to the table."""
    labels = target.encode(train).numpy()
    if len(np.unique(labels)) == 1:  # trees need two classes
        return constant(train, len(rows))
    trees = HistGradientBoostingClassifier(random_state=0)
    trees.fit(_table(features, train), labels)
    probabilities = np.zeros((len(rows), target.OUTPUTS))
    probabilities[:, trees.classes_] = trees.predict_proba(_table(features, rows))
    return probabilities, probabilities.argmax(axis=1)


def _table(features: Features, rows: pd.DataFrame) -> np.ndarray:
    """Numbers and level codes side by side; trees split codes as well."""
    return np.hstack([tensor.numpy() for tensor in features.table(rows).values()])
