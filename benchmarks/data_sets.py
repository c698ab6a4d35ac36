"""The tables of real_data.py: target, metric, floor, and what had to be said.

A pin is a line of the spec which the data can't reveal; each one is printed beside the
score. Everything else is `autom3l init` with the target alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Score = Literal[
    "roc_auc", "accuracy", "balanced_accuracy", "f1", "quadratic_kappa", "r2", "r2_log"
]


@dataclass(frozen=True)
class DataSet:
    """`folder` of the shared data; `floor`: the least score that is acceptable."""

    name: str
    target: str
    score: Score
    floor: float | None = None
    folder: str = ""
    positive: str = "1"
    pins: Mapping[str, Any] = field(default_factory=dict)


DATA_SETS = (
    DataSet("adult_income", "income >50K", "roc_auc", 0.925),
    # A metric is the wish of whoever asks; nothing in a table tells it.
    DataSet("titanic", "Survived", "accuracy", 0.80, pins={"metric": "accuracy"}),
    DataSet("sms_spam", "label", "f1", 0.93, positive="spam", pins={"metric": "f1"}),
    DataSet(
        "petfinder_mini",
        "AdoptionSpeed",
        "quadratic_kappa",
        0.31,
        pins={"metric": "quadratic_kappa"},
    ),
    # The rating stands on the same form as the recommendation, so it is not known when
    # one is to be predicted; nothing in a table tells when a cell was filled.
    DataSet(
        "womens_clothing",
        "Recommended IND",
        "roc_auc",
        0.93,
        pins={"columns": {"Rating": "drop"}},
    ),
    DataSet(
        "womens_with_rating",
        "Recommended IND",
        "roc_auc",
        folder="womens_clothing",
    ),
    DataSet("flipkart_products", "main_category", "accuracy", 0.90),
    DataSet("houses", "price", "r2_log", 0.70, pins={"metric": "rmsle"}),
    DataSet("grocery_store", "fine_class", "accuracy"),
    DataSet("grocery_coarse", "coarse_class", "accuracy", folder="grocery_store"),
    DataSet("bike_hourly", "cnt", "r2"),
    DataSet("abt_buy", "match", "f1", 0.80),
)
