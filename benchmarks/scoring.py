"""Scores of a predictions file against a table, by scikit-learn alone.

Nothing here reads the emitted project's own metrics, so that they can't flatter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from data_sets import DataSet, Score

REGRESSION: tuple[Score, ...] = ("r2", "r2_log")


def read_text(path: Any) -> pd.DataFrame:
    """A CSV with every cell as the text that stands there; empty cells are missing."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])


def score(data: DataSet, truth: pd.Series, predictions: pd.DataFrame) -> float:
    """The score of `predictions` (`prediction`, `p_<class>`), row by row with `truth`.

    Raises `ValueError` when there are more or fewer predictions than rows.
    """
    from sklearn import metrics  # noqa: PLC0415 (long, and --help needs none)

    if len(predictions) != len(truth):
        raise ValueError(f"{len(predictions)} predictions for {len(truth)} rows")
    guess = predictions["prediction"]
    match data.score:
        case "roc_auc":
            hit = truth == data.positive
            return float(metrics.roc_auc_score(hit, predictions[f"p_{data.positive}"]))
        case "f1":
            hit, told = truth == data.positive, guess == data.positive
            return float(metrics.f1_score(hit, told))
        case "accuracy" | "balanced_accuracy":
            scorer = getattr(metrics, f"{data.score}_score")
            return float(scorer(truth, guess))
        case "quadratic_kappa":
            kappa = metrics.cohen_kappa_score(truth, guess, weights="quadratic")
            return float(kappa)
        case "r2":
            return float(metrics.r2_score(truth.astype(float), guess.astype(float)))
        case "r2_log":
            return float(metrics.r2_score(*map(_log, (truth, guess))))


def majority(data: DataSet, train: pd.DataFrame, test: pd.DataFrame) -> float:
    """The score of the most frequent class, or of the mean (`r2_log`: of the log)."""
    known = train[data.target].dropna()
    if data.score == "r2_log":
        value: Any = float(np.exp(_log(known).mean()))
    elif data.score == "r2":
        value = known.astype(float).mean()
    else:
        value = known.mode()[0]
    columns = {"prediction": [value], f"p_{data.positive}": [0.5]}
    constant = pd.DataFrame(columns).loc[[0] * len(test)].reset_index(drop=True)
    return score(data, test[data.target], constant)


def trees(
    data: DataSet,
    train: pd.DataFrame,
    test: pd.DataFrame,
    numeric: Sequence[str],
    categorical: Sequence[str],
) -> float | None:
    """Gradient-boosted trees on the tabular columns; `None` where there are none."""
    if not numeric and not categorical:
        return None
    from sklearn import ensemble  # noqa: PLC0415 (as above)

    parts = [train[data.target].notna(), test[data.target].notna()]
    train, test = train[parts[0]], test[parts[1]]
    features = [_features(f, train, numeric, categorical) for f in (train, test)]
    flags = [False] * len(numeric) + [True] * len(categorical)
    if data.score in REGRESSION:
        model: Any = ensemble.HistGradientBoostingRegressor(categorical_features=flags)
        log = data.score == "r2_log"
        labels = _log(train[data.target]) if log else train[data.target].astype(float)
        raw = model.fit(features[0], labels).predict(features[1])
        result = pd.DataFrame({"prediction": np.exp(raw) if log else raw})
    else:
        model = ensemble.HistGradientBoostingClassifier(categorical_features=flags)
        model.fit(features[0], train[data.target])
        names = [f"p_{label}" for label in model.classes_]
        result = pd.DataFrame(model.predict_proba(features[1]), columns=names)
        result["prediction"] = model.predict(features[1])
    return score(data, test[data.target].reset_index(drop=True), result)


def _features(
    frame: pd.DataFrame,
    train: pd.DataFrame,
    numeric: Sequence[str],
    categorical: Sequence[str],
) -> np.ndarray[Any, np.dtype[np.float64]]:
    columns = [pd.to_numeric(frame[name], errors="coerce") for name in numeric]
    for name in categorical:
        # The trees take at most 255 categories; the rest are read as missing.
        known = list(train[name].value_counts().index[:250])
        codes = frame[name].map({value: i for i, value in enumerate(known)})
        columns.append(codes.astype(float))
    return np.column_stack([column.to_numpy(dtype=float) for column in columns])


def _log(values: pd.Series) -> pd.Series:
    numbers = values.astype(float).to_numpy()
    return pd.Series(np.log(np.maximum(numbers, 1e-9)), index=values.index)
